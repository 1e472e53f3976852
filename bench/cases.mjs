/**
 * What is measured. `body` is a function in page/; `rows` are the values that it gives, by the end of the row's name,
 * with their unit. `fixed` bodies decide by themselves how much they do in a sample.
 */
const stubbed = ["native", "reconnecting-websocket", "partysocket", "websocket-ts", "robust-websocket", "everwire"];
const connected = [...stubbed.slice(0, -1), "socket.io-client", "everwire"];
// A library without a queue of its own has none to measure.
const queueing = stubbed.filter((name) => name !== "robust-websocket");

const sizes = [
  [16, "16"],
  [1024, "1k"],
  [65_536, "64k"],
];

const overStub = (direction, verb) =>
  ["text", "binary"].flatMap((kind) =>
    sizes.map(([size, short]) => ({
      name: `${direction}-null-${kind}-${short}`,
      title: `${verb} ${kind} of ${short} B over a null transport`,
      body: direction,
      params: { kind, size },
      contenders: stubbed,
      stub: true,
      rows: { "": "ns" },
      allocates: true,
    })),
  );

const json = [
  ["send-null-json", "sendJson", "send an object as JSON over a null transport"],
  ["receive-null-json", "receiveJson", "receive JSON as an object over a null transport"],
].map(([name, body, title]) => ({ name, title, body, contenders: stubbed, stub: true, rows: { "": "ns" } }));

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
  })),
  ...[
    ["flood-text-16", "text", 16],
    ["flood-text-1k", "text", 1024],
  ].map(([name, kind, size]) => ({
    name,
    title: `flood of ${kind} of ${size} B from the server; the page's main thread per 10,000 messages`,
    body: "flood",
    params: { kind, size },
    rows: { "": "msg/s", "long-tasks": "long tasks" },
    mainThread: true,
  })),
  {
    name: "round-trip-text-16",
    title: "one message of 16 B at a time, there and back",
    body: "roundTrip",
    params: { kind: "text", size: 16 },
    rows: { p50: "µs", p99: "µs" },
  },
].map((definition) => ({ ...definition, contenders: connected }));

export const cases = [
  ...overStub("send", "send"),
  ...overStub("receive", "receive"),
  ...json,
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
  ...overNetwork,
];

export const contenders = connected;
export const isMoreBetter = (unit) => unit === "msg/s";
