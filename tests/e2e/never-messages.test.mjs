/** What must never happen to messages: rules 4, 6, 12, 13 and 14 of the design page. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("4. never does a queued message whose send throws keep open from firing, or send earlier ones again", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, fast, next }) => {
    // No server can make `send` throw.
    class Picky extends WebSocket {
      send(data) {
        if (data === "poison") throw new Error("not this one");
        super.send(data);
      }
    }
    await control("next", { dial: "/refuse" });
    const socket = new Socket(url("/record"), { ...fast, WebSocket: Picky });
    const seen = journal(socket);
    for (const message of ["one", "poison", "two"]) equal(socket.send(message), "queued");
    await next(socket, "open");
    await control("wait", { received: 2 });
    equal(seen.of("drop"), [{ type: "drop", message: "poison", reason: "refused" }]);

    for (const message of ["three", "four"]) {
      const reopened = next(socket, "open");
      await control("kill");
      await reopened;
      socket.send(message);
      await control("wait", { live: 1 });
    }
    const { received } = await control("wait", { received: 4 });
    equal(received, ["one", "two", "three", "four"], "each once, in order");
    equal(seen.of("open").length, 3, "opens");
    equal(seen.of("drop").length, 1, "drops");
    socket.close();
  }),
);

test("4. never does a message that cannot be encoded harm the ones around it", limit, () =>
  inPage(async ({ Socket, url, control, equal, thrown, fast }) => {
    const circular = {};
    circular.self = circular;
    await control("next", { dial: "/refuse" });
    const socket = new Socket(url("/record"), { ...fast, codec: "json" });
    socket.send({ n: 1 });
    const refusals = [circular, 1n, undefined, () => {}].map((message) => thrown(() => socket.send(message)).code);
    equal(refusals, Array(4).fill("encode-failed"));
    socket.send({ n: 2 });
    await socket.opened;
    equal(thrown(() => socket.send(circular)).code, "encode-failed");
    socket.send({ n: 3 });
    const { received } = await control("wait", { received: 3 });
    equal(received, ['{"n":1}', '{"n":2}', '{"n":3}']);
    socket.close();
  }),
);

test("6. never do sends made in open overtake the queue", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, fast }) => {
    await control("next", { dial: "/refuse" });
    const socket = new Socket(url("/record"), fast);
    const expected = [];
    for (let n = 0; n < 50; n += 1) expected.push(`queued ${n}`);
    for (const message of expected) socket.send(message);
    socket.addEventListener("open", () => socket.send("in the first listener"));
    socket.onopen = () => socket.send("in onopen");
    socket.opened.then(() => socket.send("after opened"));
    expected.push("in the first listener", "in onopen", "after opened");
    const { received } = await control("wait", { received: expected.length });
    equal(received, expected);
    socket.close();
  }),
);

test("6. never does a message that is sent while a queued one is handed over overtake it", limit, () =>
  inPage(async ({ Socket, url, control, equal, fast }) => {
    // Nothing of the browser's own calls back from `send`.
    class Talkative extends WebSocket {
      send(data) {
        if (data === "queued") socket.send("within");
        if (data === "past the queue") equal(socket.state, "open");
        super.send(data);
      }
    }
    await control("next", { dial: "/refuse" });
    const socket = new Socket(url("/record"), { ...fast, WebSocket: Talkative });
    equal(socket.send("queued"), "queued");
    await socket.opened;
    for (let count = 0; count < 3; count++) equal(socket.send("past the queue"), "sent");
    const past = "past the queue";
    const { received } = await control("wait", { received: 5 });
    equal(received, ["queued", "within", past, past, past], "each once, in order");
    equal(socket.stats.sent, 5);
    socket.close();
  }),
);

test("6. never do sends made in open overtake a queue that the high-water mark holds back", limit, () =>
  inPage(async ({ Socket, url, control, equal, fast }) => {
    await control("next", { dial: "/refuse" });
    const socket = new Socket(url("/record"), { ...fast, highWaterMark: 32 * 1024 });
    const sizes = Array.from({ length: 40 }, (_, n) => 60_000 + n);
    for (const size of sizes) socket.send("x".repeat(size));
    socket.addEventListener("open", () => equal(socket.send("last"), "queued"));
    const { received } = await control("wait", { received: sizes.length + 1 });
    equal(
      received.map((message) => message.bytes ?? message),
      [...sizes, "last"],
    );
    socket.close();
  }),
);

test("6. never does a socket that is closed inside open with a full queue loop for ever", limit, () =>
  inPage(async ({ Socket, url, control, equal, ok, journal, next, fast }) => {
    const full = 500;
    const socket = new Socket(url("/record"), { ...fast, queue: { maxMessages: full }, autoOpen: false });
    const seen = journal(socket);
    for (let n = 0; n < full; n += 1) socket.send(`${n}`);
    socket.addEventListener("open", () => socket.close());
    socket.open();
    await next(socket, "close");
    const { received, dials } = await control("wait", { live: 0, closes: 1 });
    equal(socket.state, "closed");
    equal(dials.length, 1, "dials");
    equal(seen.of("open").length, 1, "opens");
    equal(
      seen.of("close").map((entry) => entry.willRetry),
      [false],
    );
    equal(received.length + seen.of("drop").length, full, "messages that arrived or were reported");
    ok(
      seen.of("drop").every((entry) => entry.reason === "closed"),
      "the reason of the drops",
    );
    equal(socket.queue, { count: 0, bytes: 0 });
  }),
);

test("6. never does a reconnect() inside open with a full queue lose or repeat a message", limit, () =>
  inPage(async ({ Socket, url, control, equal, eventually, fast }) => {
    const expected = Array.from({ length: 200 }, (_, n) => `${n}`);
    const socket = new Socket(url("/record"), { ...fast, autoOpen: false });
    for (const message of expected) socket.send(message);
    let opens = 0;
    socket.addEventListener("open", () => {
      opens += 1;
      if (opens <= 3) socket.reconnect();
    });
    socket.open();
    const { received } = await control("wait", { received: expected.length, live: 1, opens: 4 });
    equal(received, expected, "each once, in order");
    await eventually(() => opens === 4, "the last `open`");
    socket.close();
  }),
);

test("12. never is a heartbeat kept from being sent by inbound traffic", limit, () =>
  inPage(async ({ Socket, url, control, equal, eventually }) => {
    const interval = 100;
    let lastInbound = 0;
    const quietBefore = [];
    const message = () => {
      quietBefore.push(performance.now() - lastInbound);
      return "ping";
    };
    const socket = new Socket(url("/echo"), { heartbeat: { message, interval, timeout: 60_000 } });
    await socket.opened;
    let flowing = true;
    socket.addEventListener("message", () => {
      lastInbound = performance.now();
      if (flowing) socket.send("traffic");
    });
    for (let streams = 0; streams < 5; streams += 1) socket.send("traffic");
    await eventually(
      () => quietBefore.filter((quiet) => quiet < interval / 2).length >= 3,
      () => `heartbeats amid traffic, not after a silence of ${quietBefore} ms`,
    );
    flowing = false;
    equal((await control("stats")).dials.length, 1, "dials");
    socket.close();
  }),
);

test("12. never does the timeout of an old heartbeat kill the next connection", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, journal, fast }) => {
    // The old timeout would be over before the next connection's first heartbeat.
    const heartbeat = { message: "ping", answer: "pong", interval: 1500, timeout: 1400 };
    const socket = new Socket(url("/heartbeat"), { ...fast, heartbeat });
    const seen = journal(socket);
    await control("mute");
    await control("wait", { received: 1 });
    await control("unmute");
    const reopened = next(socket, "open");
    await control("kill");
    await reopened;
    const { dials } = await control("wait", { received: 2 });
    equal(dials.length, 2, "dials");
    equal(dials[1].received, ["ping"], "what the second connection carried");
    const missed = seen.of("error").filter((entry) => entry.code === "heartbeat-timeout");
    equal(missed, [], "heartbeats that were missed");
    socket.close();
  }),
);

test("12. never does a half-open connection outlive its heartbeat", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, journal, settle, fast }) => {
    const heartbeat = { message: "ping", interval: 50, timeout: 3000 };
    await control("next", { dial: "/heartbeat" });
    const socket = new Socket(url("/echo"), { ...fast, heartbeat });
    const seen = journal(socket);
    await socket.opened;
    await control("stall");
    const { code, wasClean, willRetry } = await next(socket, "close");
    equal({ code, wasClean, willRetry }, { code: 1006, wasClean: false, willRetry: true });
    equal(
      seen.of("error").map((entry) => entry.code),
      ["heartbeat-timeout"],
    );
    if (socket.state !== "open") await next(socket, "open");
    await settle(socket, 3);
    equal((await control("stats")).dials.length, 2, "dials");
    socket.close();
    await control("unstall");
  }),
);

test("13. never is a message flushed to a server long after it lost its meaning", limit, () =>
  inPage(async ({ Socket, url, control, equal, eventually, journal, fast }) => {
    const socket = new Socket(url("/record"), { ...fast, autoOpen: false, queue: { ttl: 5 } });
    const seen = journal(socket);
    socket.send("stale by the queue's default");
    socket.send("stale by its own", { ttl: 1 });
    socket.send("good for long", { ttl: 3_600_000 });
    socket.send("good for ever", { ttl: Infinity });
    const start = performance.now();
    await eventually(() => performance.now() > start + 10, "the messages to grow stale");
    socket.open();
    const { received } = await control("wait", { received: 2 });
    equal(received, ["good for long", "good for ever"]);
    equal(
      seen
        .of("drop")
        .map(({ message, reason }) => [message, reason])
        .sort(),
      [
        ["stale by its own", "expired"],
        ["stale by the queue's default", "expired"],
      ],
    );
    socket.close();
  }),
);

test("13. never is the queue lost on reconnect", limit, () =>
  inPage(async ({ Socket, url, control, equal, eventually, fast }) => {
    await control("next", { dial: "/hang" });
    const socket = new Socket(url("/record"), { ...fast, connectTimeout: 60_000 });
    const expected = Array.from({ length: 20 }, (_, n) => `kept ${n}`);
    for (const message of expected) equal(socket.send(message), "queued");
    await control("wait", { dials: 1 });
    await control("next", { dial: ["/refuse", "/reset", "/refuse"] });
    socket.reconnect();
    const { received, dials } = await control("wait", { received: expected.length });
    equal(received, expected, "each once, in order");
    equal(dials.length, 5, "dials");
    await eventually(() => socket.queue.count === 0, "an empty queue");
    socket.close();
  }),
);

test("14. never is bufferedAmount in string length instead of bytes", limit, () =>
  inPage(async ({ Socket, url, equal }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const messages = [
      ["ascii", 5],
      ["€", 3],
      ["ü", 2],
      ["👩‍🚀", 11],
      ["\uD800", 3],
      ["a\uDC00b", 5],
      ["", 0],
      [new ArrayBuffer(7), 7],
      [new Uint16Array(5).subarray(1, 3), 4],
      [new DataView(new ArrayBuffer(9), 2), 7],
      [new Blob(["€uro"]), 6],
    ];
    let total = 0;
    for (const [index, [message, bytes]] of messages.entries()) {
      total += bytes;
      socket.send(message);
      equal(socket.bufferedAmount, total, `bufferedAmount after message ${index}`);
      equal(socket.queue, { count: index + 1, bytes: total }, `queue after message ${index}`);
    }
    socket.close();
    equal(socket.bufferedAmount, 0, "after close()");
  }),
);

test("14. never does bufferedAmount differ from the native socket's while the connection is open", limit, () =>
  inPage(async ({ Socket, url, equal, next, roundTrip }) => {
    const native = new WebSocket(url("/echo"));
    await next(native, "open");
    const socket = new Socket(url("/echo"), { highWaterMark: 2 ** 30, queue: { maxBytes: 2 ** 30 } });
    await socket.opened;
    const message = "€".repeat(100_000);
    for (let n = 1; n <= 3; n += 1) {
      native.send(message);
      socket.send(message);
      equal(socket.bufferedAmount, native.bufferedAmount, `after ${n} sends`);
      equal(socket.bufferedAmount, n * 300_000, `after ${n} sends`);
    }
    await roundTrip(socket);
    equal(socket.bufferedAmount, 0, "after all came back");
    native.close();
    socket.close();
  }),
);
