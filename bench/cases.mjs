/**
 * What is measured. `rows` are the values that it gives, by the end of the row's name, with their unit. `way` is how, a
 * file in measures/; by samples unless it says otherwise, and then `body` is a function in page/, samples are `longer` by a
 * factor, and a body that is `fixed` decides by itself how much it does in a sample. What is `thorough` is left out of a
 * quick run.
 */
const stubbed = ["native", "reconnecting-websocket", "partysocket", "websocket-ts", "robust-websocket", "everwire"];
// The native socket once more is the control: what lies between it and itself, the bench cannot tell.
const connected = ["native-again", ...stubbed.slice(0, -1), "socket.io-client", "everwire"];
export const rustContenders = ["gloo-net", "ws_stream_wasm", "tokio-tungstenite-wasm", "everwire-rust"];
// A library without a queue of its own has none to measure.
const queueing = ["native-again", ...stubbed].filter((name) => name !== "robust-websocket");

const sizes = [
  [16, "16", "16 B"],
  [1024, "1k", "1 KiB"],
  [65_536, "64k", "64 KiB"],
];

const overStub = (direction, verb) =>
  ["text", "binary"].flatMap((kind) =>
    sizes.map(([size, short, words]) => ({
      name: `${direction}-null-${kind}-${short}`,
      title: `${verb} ${kind} of ${words} over a null transport`,
      body: direction,
      params: { kind, size },
      contenders: stubbed,
      stub: true,
      rows: { "": "ns", allocated: "B" },
      allocates: true,
      thorough: kind !== "text" || short !== "16",
    })),
  );

const json = [
  ["send-null-json", "sendJson", "send an object as JSON over a null transport"],
  ["receive-null-json", "receiveJson", "receive JSON as an object over a null transport"],
].map(([name, body, title]) => ({ name, title, body, contenders: stubbed, stub: true, rows: { "": "ns" } }));

const inRust = [
  ["send", "streamSend"],
  ["receive", "streamReceive"],
].flatMap(([direction, body]) =>
  ["text", "binary"].flatMap((kind) =>
    sizes.map(([size, short, words]) => ({
      name: `rust-${direction}-${kind}-${short}`,
      title: `${direction} ${kind} of ${words} over a null transport in Rust, by sink and stream; native in JavaScript`,
      body,
      params: { kind, size },
      contenders: ["native", ...rustContenders],
      stub: true,
      rows: { "": "ns" },
      // The crates take a minute to build.
      thorough: true,
    })),
  ),
);

const overNetwork = [
  ...[
    ["echo-text-16", "text", 16],
    ["echo-text-1k", "text", 1024],
    ["echo-binary-1k", "binary", 1024],
  ].map(([name, kind, size]) => ({
    name,
    title: `echo of ${kind}, 64 messages of ${size} B under way`,
    body: "echo",
    params: { kind, size, window: 64 },
    rows: { "": "msg/s" },
    thorough: name !== "echo-text-16",
  })),
  {
    name: "echo-json",
    title: "echo of an object as JSON, 64 messages under way",
    body: "echoJson",
    params: { window: 64 },
    rows: { "": "msg/s" },
    thorough: true,
  },
  ...[
    ["flood-text-16", "text", 16],
    ["flood-text-1k", "text", 1024],
  ].map(([name, kind, size]) => ({
    name,
    title: `flood of ${kind} of ${size} B from the server; the page's main thread per 10,000 messages`,
    body: "flood",
    params: { kind, size },
    rows: { "": "msg/s", "long-tasks": "long tasks", "main-thread": "ms" },
    mainThread: true,
    thorough: size !== 16,
  })),
  {
    name: "round-trip-text-16",
    title: "one message of 16 B at a time, there and back",
    body: "roundTrip",
    params: { kind: "text", size: 16 },
    rows: { p50: "µs", p99: "µs" },
  },
  // The 99th percentile, and a stream in full flow, need more messages than the cost of one.
].map((definition) => ({ ...definition, contenders: connected, longer: 8 }));

const short = { kind: "text", size: 16 };

export const cases = [
  ...overStub("send", "send"),
  ...overStub("receive", "receive"),
  ...json,
  ...inRust,
  {
    name: "queue-100000",
    title: "100,000 messages of 16 B queued while offline, then sent; memory each beside the payload",
    body: "queue",
    params: { count: 100_000 },
    contenders: queueing,
    stub: true,
    fixed: true,
    rows: { fill: "ns", flush: "ns", memory: "B" },
  },
  {
    name: "offline-100000",
    title: "100,000 messages of 16 B queued before the connection opens: from then until the server has the last",
    body: "queued",
    params: { kind: "text", size: 16, count: 100_000 },
    contenders: queueing,
    fixed: true,
    rows: { "": "ms" },
    thorough: true,
  },
  ...overNetwork,
  ...[
    ["echo-together", "echo", "echo of text, 64 messages of 16 B under way", { ...short, window: 64 }, 3200],
    ["echo-json-together", "echoJson", "echo of an object as JSON, 64 messages under way", { window: 64 }, 3200],
    ["round-trip-together", "echo", "one message of 16 B at a time", { ...short, window: 1 }, 800],
    ["flood-together", "flood", "flood of text of 16 B from the server", short, 12_800],
  ].map(([name, body, what, params, count]) => ({
    name,
    title: `${what}, all in one page in turns`,
    way: "together",
    body,
    params,
    // Of a turn: a quarter of a second.
    count,
    contenders: ["native-again", "native", "partysocket", "everwire"],
    rows: { "": "msg/s" },
    thorough: true,
  })),
  {
    name: "start",
    title: "from the start of the page's script to the first dial, cold and warm",
    way: "starts",
    contenders: [...connected.slice(1), "everwire-async"],
    rows: { cold: "ms", "cold-run": "ms", warm: "ms", "warm-run": "ms" },
  },
  {
    name: "many-200",
    thorough: true,
    title: "200 open sockets in a page, memory each",
    way: "many",
    params: { sockets: 200 },
    contenders: connected.slice(1),
    rows: { "": "KiB" },
  },
  {
    name: "coming-back",
    title: "from the server's return to the first message, after outages, with each library's defaults",
    way: "outages",
    // The native socket does not come back, websocket-ts not by default, and robust-websocket stops after 13 s.
    contenders: ["reconnecting-websocket", "partysocket", "socket.io-client", "everwire"],
    rows: { "": "s" },
  },
];

export const isMoreBetter = (unit) => unit === "msg/s";
