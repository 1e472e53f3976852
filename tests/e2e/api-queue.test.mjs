/** What send() answers, the order of messages, and the queue with its bounds. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("send() says what became of the message", limit, () =>
  inPage(async ({ Socket, url, control, equal, thrown, next }) => {
    const socket = new Socket(url("/record"), { autoOpen: false, queue: { maxMessages: 1, overflow: "drop-newest" } });
    equal(socket.send("a"), "queued");
    equal(socket.send("b"), "dropped");
    socket.open();
    await socket.opened;
    equal(socket.send("c"), "sent");
    equal((await control("wait", { received: 2 })).received, ["a", "c"]);
    socket.close();
    equal(thrown(() => socket.send("d")).code, "closed", "closing");
    await next(socket, "close");
    equal(thrown(() => socket.send("e")).code, "closed", "closed");
    equal(socket.queue, { count: 0, bytes: 0 });
  }),
);

test("order is kept across the queue, priorities and losses", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, fast }) => {
    const socket = new Socket(url("/record"), { ...fast, autoOpen: false });
    const sends = [
      ["normal 1"],
      ["urgent 1", 5],
      ["normal 2", 0],
      ["late 1", -1],
      ["urgent 2", 5],
      ["most urgent", 9],
      ["normal 3"],
      ["late 2", -1],
    ];
    for (const [message, priority] of sends) socket.send(message, { priority });
    socket.open();
    const expected = ["most urgent", "urgent 1", "urgent 2", "normal 1", "normal 2", "normal 3", "late 1", "late 2"];
    equal((await control("wait", { received: expected.length })).received, expected);
    for (let n = 0; n < 100; n += 1) {
      socket.send(`burst ${n}`);
      expected.push(`burst ${n}`);
    }
    equal((await control("wait", { received: expected.length })).received, expected);
    socket.close();
  }),
);

test("the queue is bounded by count and by bytes, and what overflows is told", limit, () =>
  inPage(async ({ Socket, url, control, id, equal, thrown, journal, turn }) => {
    const bounds = { count: { maxMessages: 3 }, bytes: { maxBytes: 3 } };
    const outcomes = {
      reject: { send: "queue-full", drops: [], kept: ["1", "2", "3"] },
      "drop-newest": { send: "dropped", drops: ["4"], kept: ["1", "2", "3"] },
      "drop-oldest": { send: "queued", drops: ["1"], kept: ["2", "3", "4"] },
    };
    for (const [bound, queue] of Object.entries(bounds)) {
      for (const [overflow, expected] of Object.entries(outcomes)) {
        const own = { id: `${id}-${bound}-${overflow}` };
        const socket = new Socket(url("/record", own), { autoOpen: false, queue: { ...queue, overflow } });
        const seen = journal(socket);
        for (const message of ["1", "2", "3"]) equal(socket.send(message), "queued");
        const outcome = overflow === "reject" ? thrown(() => socket.send("4")).code : socket.send("4");
        equal([outcome, socket.queue], [expected.send, { count: 3, bytes: 3 }], `${bound}, ${overflow}`);
        await turn();
        equal(
          seen.of("drop"),
          expected.drops.map((message) => ({ type: "drop", message, reason: "overflow" })),
        );
        socket.open();
        equal((await control("wait", { ...own, received: 3 })).received, expected.kept);
        socket.close();
      }
    }
  }),
);

test("a message above the queue's bytes never gets in, and pushes nothing out", limit, () =>
  inPage(async ({ Socket, url, equal, thrown, journal, turn }) => {
    for (const overflow of ["reject", "drop-newest", "drop-oldest"]) {
      const socket = new Socket(url("/record"), { autoOpen: false, queue: { maxBytes: 10, overflow } });
      const seen = journal(socket);
      socket.send("kept");
      const big = "€€€€";
      if (overflow === "reject") equal(thrown(() => socket.send(big)).code, "queue-full");
      else equal(socket.send(big), "dropped", overflow);
      equal(socket.queue, { count: 1, bytes: 4 }, overflow);
      await turn();
      equal(
        seen.of("drop").map((entry) => entry.message),
        overflow === "reject" ? [] : [big],
        overflow,
      );
      socket.close();
    }
  }),
);

test("drop-oldest makes room from the lowest priority up", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal }) => {
    const socket = new Socket(url("/record"), { autoOpen: false, queue: { maxMessages: 2, overflow: "drop-oldest" } });
    const seen = journal(socket);
    socket.send("important", { priority: 1 });
    socket.send("old");
    socket.send("new");
    socket.open();
    equal((await control("wait", { received: 2 })).received, ["important", "new"]);
    equal(seen.of("drop"), [{ type: "drop", message: "old", reason: "overflow" }]);
    socket.close();
  }),
);

test("a newer message with the same key replaces the queued one, and that is told", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const seen = journal(socket);
    socket.send("first");
    for (let n = 1; n <= 3; n += 1) socket.send(`cursor ${n}`, { key: "cursor" });
    socket.send("other", { key: "other" });
    socket.send("no key");
    equal(socket.queue.count, 4);
    socket.open();
    const { received } = await control("wait", { received: 4 });
    equal([...received].sort(), ["cursor 3", "first", "no key", "other"]);
    equal(received.indexOf("first") < received.indexOf("other"), true);
    equal(
      seen.of("drop"),
      ["cursor 1", "cursor 2"].map((message) => ({ type: "drop", message, reason: "replaced" })),
    );
    socket.close();
  }),
);

test("a message whose time is over is told as expired, without waiting for a connection", limit, () =>
  inPage(async ({ Socket, url, equal, next }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const dropped = next(socket, "drop");
    socket.send("kept");
    socket.send("gone", { ttl: 1 });
    const { message, reason } = await dropped;
    equal([message, reason, socket.queue.count], ["gone", "expired", 1]);
    socket.close();
  }),
);

test("a message that has no time is sent now, or told as expired and never sent", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, thrown }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const dropped = next(socket, "drop");
    equal(socket.send("late", { ttl: 0 }), "queued");
    const { message, reason } = await dropped;
    equal([message, reason], ["late", "expired"]);
    socket.open();
    await socket.opened;
    equal(socket.send("now", { ttl: 0 }), "sent");
    equal((await control("wait", { received: 1 })).received, ["now"]);
    socket.close();

    const full = new Socket(url("/record"), { autoOpen: false, queue: { maxMessages: 0 } });
    equal(thrown(() => full.send("x", { ttl: 0 })).code, "queue-full");
    full.close();
  }),
);

test("a message that waits as long as it takes is queued without a look at the clock", limit, () =>
  inPage(async ({ Socket, url, equal }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    let looks = 0;
    for (const clock of [performance, Date]) {
      const now = clock.now;
      clock.now = () => (looks += 1) && now.call(clock);
    }
    for (let n = 0; n < 10; n += 1) socket.send(`message ${n}`);
    equal([looks, socket.queue.count], [0, 10]);
    socket.send("impatient", { ttl: 1_000 });
    equal(looks > 0, true);
    socket.close();
  }),
);

test("what has run out of time takes no room, though no timer could run", limit, () =>
  inPage(async ({ Socket, url, equal, journal, next }) => {
    for (const overflow of ["reject", "drop-newest", "drop-oldest"]) {
      const socket = new Socket(url("/record"), { autoOpen: false, queue: { maxMessages: 2, overflow } });
      const seen = journal(socket);
      socket.send("lasting");
      socket.send("stale", { ttl: 1 });
      const began = performance.now();
      while (performance.now() - began < 5);
      equal(socket.send("fresh"), "queued", overflow);
      await next(socket, "drop");
      equal(
        seen.of("drop").map(({ message, reason }) => [message, reason]),
        [["stale", "expired"]],
      );
      socket.close();
    }
  }),
);

test("a message's time begins when it is sent, however long the page was busy before", limit, () =>
  inPage(async ({ Socket, url, equal, next }) => {
    const time = 100;
    const busy = () => {
      const began = performance.now();
      while (performance.now() - began < 2 * time);
    };
    // Whatever the machine does, a timer of half the time that is set at once with it comes first.
    const order = async (options, end) => {
      const socket = new Socket(url("/record"), { autoOpen: false, ...options });
      busy();
      const ended = end(socket);
      const half = new Promise((over) => setTimeout(over, time / 2));
      const order = [];
      await Promise.all([ended.then(() => order.push("ended")), half.then(() => order.push("half of it"))]);
      socket.close();
      return order;
    };
    const dropped = async (socket, options) => {
      const drop = next(socket, "drop");
      socket.send("a message", options);
      equal((await drop).reason, "expired");
    };
    const inTurn = ["half of it", "ended"];
    equal(await order({ queue: { ttl: time } }, dropped), inTurn);
    equal(await order({}, (socket) => dropped(socket, { ttl: time })), inTurn);
    const asked = async (socket) => {
      const failed = await socket.request({}, { timeout: time }).catch((error) => error);
      equal(failed.code, "request-timeout");
    };
    equal(await order({ codec: "json" }, asked), inTurn);
  }),
);

test("what is queued when the socket is closed is told, message by message", limit, () =>
  inPage(async ({ Socket, url, equal, next, journal }) => {
    const socket = new Socket(url("/hang"));
    const seen = journal(socket);
    for (const message of ["a", "b", "c"]) socket.send(message);
    socket.close();
    await next(socket, "close");
    equal(
      seen.of("drop"),
      ["a", "b", "c"].map((message) => ({ type: "drop", message, reason: "closed" })),
    );
    equal([socket.queue, socket.bufferedAmount], [{ count: 0, bytes: 0 }, 0]);
  }),
);

test("close() on an open connection sends what was accepted before it", limit, () =>
  inPage(async ({ Socket, url, control, equal, ok, journal, next }) => {
    const socket = new Socket(url("/record"), { highWaterMark: 64 * 1024 });
    await socket.opened;
    const seen = journal(socket);
    const sizes = Array.from({ length: 20 }, (_, n) => 50_000 + n);
    for (const size of sizes) socket.send("x".repeat(size));
    ok(socket.queue.count > 0, "the high-water mark holds some back");
    socket.close(4000, "all said");
    await next(socket, "close");
    const { received, dials } = await control("wait", { closes: 1 });
    equal(
      received.map((message) => message.bytes),
      sizes,
    );
    equal(dials[0].close.code, 4000);
    equal(seen.of("drop"), []);
  }),
);

test("wrong options of send() throw, and nothing is sent", limit, () =>
  inPage(({ Socket, url, equal, ok, thrown }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const wrong = {
      ttl: [-1, NaN, "5", null],
      key: [5, {}, null, Symbol("key")],
      priority: [1.5, NaN, Infinity, "high", null],
      prioriti: [1],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const error = thrown(() => socket.send("message", { [name]: value }), `${name}: ${String(value)}`);
        ok(error instanceof TypeError, `${name}: ${String(value)} is a TypeError, not ${error}`);
        ok(error.message.includes(name), error.message);
      }
    }
    equal(socket.queue.count, 0);
    socket.close();
  }),
);
