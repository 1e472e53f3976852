/** Options are checked when they are given, and read once. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("a wrong option is a TypeError that names the option, what it got and what it takes", limit, () =>
  inPage(({ Socket, url, equal, ok, thrown }) => {
    const wrongTimes = [-1, NaN, Infinity, -Infinity, "100", null, true, {}];
    const wrongCounts = [-1, 1.5, NaN, "3", null];
    const wrongFlags = ["yes", 1, null];
    const wrongObjects = ["fast", 5, true, []];
    const paths = (holder) => Object.assign(holder, { outgoing: "id", incoming: "id" });
    const wrong = {
      connectTimeout: wrongTimes,
      closeTimeout: wrongTimes,
      stableAfter: wrongTimes,
      backoff: wrongObjects,
      "backoff.min": wrongTimes,
      "backoff.base": wrongTimes,
      "backoff.max": wrongTimes,
      maxAttempts: [...wrongCounts, 0],
      retryOnNormalClose: wrongFlags,
      autoOpen: wrongFlags,
      fatalCodes: [4000, "4000", [999], [5000], ["4000"], [4000.5], [NaN]],
      shouldRetry: [true, "no", {}],
      queue: wrongObjects,
      "queue.maxMessages": wrongCounts,
      "queue.maxBytes": wrongCounts,
      "queue.overflow": ["drop", "", 1, null],
      "queue.ttl": [-1, NaN, "1", null],
      highWaterMark: wrongCounts,
      heartbeat: wrongObjects,
      "heartbeat.message": [42, null, {}, true],
      "heartbeat.interval": [...wrongTimes, 0],
      "heartbeat.timeout": [...wrongTimes, 0],
      binaryType: ["buffer", "", 1, null],
      codec: ["xml", "msgpack", "", 1, {}, { encode() {} }, { decode() {} }, { encode: 1, decode() {} }],
      protocols: [1, {}, ["a", "a"], ["a b"], [""], [1], "not a token"],
      maxMessageBytes: wrongCounts,
      incoming: ["zod", 1, {}, { "~standard": {} }],
      outgoing: ["zod", 1, {}, { "~standard": {} }],
      tag: [1, null, {}],
      correlation: [1, "", {}, { outgoing: "id" }, { outgoing: "id", incoming: "" }, paths([]), paths(() => {})],
      inbox: wrongObjects,
      "inbox.maxMessages": wrongCounts,
      "inbox.overflow": ["drop", "reject", "", 1, null],
      WebSocket: ["WebSocket", {}, 1],
    };
    const shown = (value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");
    for (const [path, values] of Object.entries(wrong)) {
      const [outer, inner] = path.split(".");
      const around = outer === "heartbeat" ? { message: "ping" } : {};
      for (const value of values) {
        const options = inner ? { [outer]: { ...around, [inner]: value } } : { [outer]: value };
        const what = `${path}: ${typeof value === "number" ? value : JSON.stringify(value)}`;
        const error = thrown(() => new Socket(url("/echo"), options), what);
        ok(error instanceof TypeError, `${what} is a TypeError, not ${error}`);
        equal(error.code, "invalid-option", what);
        ok(error.message.includes(path), `${what} names the option: ${error.message}`);
        // People put tokens into protocols.
        if (path !== "protocols")
          ok(error.message.includes(shown(value)), `${what} says what it got: ${error.message}`);
        ok(/takes .{3,}/.test(error.message), `${what} says what it takes: ${error.message}`);
      }
    }
  }),
);

test("a time and a number of any size will do, as long as it is finite", limit, () =>
  inPage(async ({ Socket, url, equal, control, eventually, next }) => {
    for (const most of [Number.MAX_SAFE_INTEGER, 2 ** 63, Number.MAX_VALUE]) {
      const socket = new Socket(url("/answer"), {
        codec: "json",
        connectTimeout: most,
        closeTimeout: most,
        stableAfter: most,
        maxAttempts: most,
        highWaterMark: most,
        backoff: { min: 0, base: most, max: most },
        queue: { maxMessages: most, maxBytes: most, ttl: most },
        heartbeat: { message: "ping", interval: most, timeout: most },
        maxMessageBytes: most,
        inbox: { maxMessages: most },
      });
      equal(await socket.request("queued", { timeout: most, ttl: most }), "queued");
      await eventually(() => socket.state === "open" && socket.queue.count === 0, "an open socket");
      const lost = next(socket, "retry");
      await control("kill");
      const { delay } = await lost;
      equal([delay >= 0, Number.isFinite(delay), socket.state], [true, true, "waiting"], `${most}`);
      socket.close();
    }
  }),
);

test("options that contradict each other, or lack a part, are refused", limit, () =>
  inPage(({ Socket, url, equal, ok, thrown }) => {
    const wrong = [
      [{ backoff: { min: 500, max: 100 } }, "backoff"],
      [{ backoff: { min: 50_000 } }, "backoff"],
      [{ heartbeat: {} }, "heartbeat.message"],
      [{ heartbeat: { interval: 1000 } }, "heartbeat.message"],
      [{ connectTimeout: 0 }, "connectTimeout"],
    ];
    for (const [options, name] of wrong) {
      const error = thrown(() => new Socket(url("/echo"), options), JSON.stringify(options));
      equal([error instanceof TypeError, error.code], [true, "invalid-option"]);
      ok(error.message.includes(name), error.message);
    }
  }),
);

test("an option that takes no 0 says so, and a bound of the queue reaches it", limit, () =>
  inPage(({ Socket, url, equal, ok, thrown }) => {
    const heartbeat = { message: "ping" };
    const wrong = {
      connectTimeout: { connectTimeout: 0 },
      closeTimeout: { closeTimeout: 0 },
      "backoff.base": { backoff: { base: 0 } },
      "backoff.max": { backoff: { max: 0 } },
      maxAttempts: { maxAttempts: 0 },
      highWaterMark: { highWaterMark: 0 },
      "heartbeat.interval": { heartbeat: { ...heartbeat, interval: 0 } },
      "heartbeat.timeout": { heartbeat: { ...heartbeat, timeout: 0 } },
    };
    for (const [name, options] of Object.entries(wrong)) {
      const { message } = thrown(() => new Socket(url("/echo"), options), name);
      ok(message.startsWith(`option \`${name}\`: `) && message.endsWith("got 0"), message);
    }

    const second = (queue) => {
      const socket = new Socket(url("/echo"), { autoOpen: false, queue });
      socket.send("first");
      const { code } = thrown(() => socket.send("second"));
      socket.close();
      return code;
    };
    equal([second({ maxMessages: 1 }), second({ maxBytes: 6 })], ["queue-full", "queue-full"]);
  }),
);

test("an unknown option is an error, not a silent default", limit, () =>
  inPage(({ Socket, url, ok, equal, thrown }) => {
    const typos = [
      [{ conectTimeout: 5 }, "conectTimeout"],
      [{ autoopen: false }, "autoopen"],
      [{ backoff: { minimum: 5 } }, "backoff.minimum"],
      [{ queue: { maxMessage: 5 } }, "queue.maxMessage"],
      [{ heartbeat: { message: "ping", every: 5 } }, "heartbeat.every"],
      [{ toString: 1 }, "toString"],
      [JSON.parse('{"__proto__":1}'), "__proto__"],
    ];
    for (const [options, name] of typos) {
      const error = thrown(() => new Socket(url("/echo"), options), name);
      equal([error instanceof TypeError, error.code], [true, "invalid-option"], name);
      ok(error.message.includes(name), `${name}: ${error.message}`);
    }
    for (const options of [null, 5, "json", true, [], () => {}]) {
      const error = thrown(() => new Socket(url("/echo"), options), String(options));
      ok(error instanceof TypeError, `options ${String(options)}: ${error}`);
    }
    for (const options of [undefined, {}, { codec: undefined, queue: undefined, backoff: { min: undefined } }]) {
      new Socket(url("/echo"), { ...options, autoOpen: false }).close();
    }
  }),
);

test("a wrong URL is an error that does not repeat the URL", limit, () =>
  inPage(({ Socket, equal, ok, thrown }) => {
    const wrong = [
      "ftp://example.com/?token=secret",
      "ws://example.com/?token=secret#part",
      "ws://",
      "http://[secret",
      undefined,
      null,
      5,
      {},
      "ws://example.com:99999/secret",
    ];
    for (const given of wrong) {
      const error = thrown(() => new Socket(given), String(given));
      equal([error instanceof TypeError, error.code], [true, "invalid-option"], String(given));
      ok(!error.message.includes("secret"), error.message);
      ok(/url/i.test(error.message), error.message);
    }
  }),
);

test("options are read once: what becomes of the objects later changes nothing", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, roundTrip }) => {
    const address = new URL(url("/echo"));
    const options = {
      protocols: ["chat"],
      codec: "text",
      fatalCodes: [4001],
      backoff: { min: 0, base: 1, max: 4 },
      heartbeat: { message: "ping", answer: "ping", interval: 10, timeout: 10_000 },
      maxMessageBytes: 100,
      WebSocket,
    };
    const socket = new Socket(address, options);
    address.protocol = "wss:";
    options.protocols.push("not a token");
    options.fatalCodes.push(1006);
    options.backoff.min = 3_600_000;
    Object.assign(options.heartbeat, { message: null, answer: () => true });
    Object.assign(options, { codec: "xml", maxMessageBytes: 0, WebSocket: null, shouldRetry: () => false });
    await socket.opened;
    const reopened = next(socket, "open");
    await control("kill");
    await reopened;
    await roundTrip(socket);
    equal(socket.protocol, "chat");
    const { received, dials } = await control("wait", { received: 5 });
    equal(
      received.filter((message) => typeof message !== "string"),
      [],
      "heartbeats of another kind",
    );
    equal(
      dials.map((dial) => dial.protocols),
      [["chat"], ["chat"]],
    );
    socket.close();
  }),
);

test("a heartbeat may be a list, an empty one too", limit, () =>
  inPage(async ({ Socket, url, control, equal }) => {
    // A long sleep is over at once, and as much time has passed.
    const { setTimeout } = globalThis;
    const now = performance.now.bind(performance);
    let passed = 0;
    performance.now = () => now() + passed;
    globalThis.setTimeout = (wake, time) => {
      if (!(time > 20_000)) return setTimeout(wake, time);
      return setTimeout(() => {
        passed += time;
        wake();
      });
    };
    for (const message of [[], [[]], ["ping"]]) {
      const own = { id: JSON.stringify(message) };
      const socket = new Socket(url("/record", own), { codec: "json", heartbeat: { message }, stableAfter: 0 });
      equal((await control("wait", { received: 1, ...own })).received, [JSON.stringify(message)]);
      socket.close();
    }
  }),
);

test("options may be inherited, or have getters, which are asked once", limit, () =>
  inPage(async ({ Socket, url, control, equal, thrown }) => {
    const socket = new Socket(url("/record"), Object.create({ autoOpen: false, queue: { maxMessages: 1 } }));
    equal(socket.state, "idle");
    class Message {
      times = [60_000, "soon"];
      get ttl() {
        return this.times.shift();
      }
    }
    equal(socket.send("queued", Object.defineProperty(new Message(), "times", { enumerable: false })), "queued");
    equal(thrown(() => socket.send("one too many")).code, "queue-full");
    equal(thrown(() => socket.send("x", Object.create({ ttl: -5 }))).code, "invalid-option");
    equal(thrown(() => new Socket(url("/record"), Object.create({ connectTimeout: -5 }))).code, "invalid-option");
    socket.open();
    equal((await control("wait", { received: 1 })).received, ["queued"]);
    socket.close();
  }),
);

test("no protocols may be said by null too", limit, () =>
  inPage(async ({ Socket, url, control, equal }) => {
    for (const protocols of [null, undefined, [], () => null, async () => undefined]) {
      const own = { id: `none-${Math.random()}` };
      const socket = new Socket(url("/echo", own), { protocols });
      await socket.opened;
      equal((await control("stats", own)).dials[0].protocols, []);
      socket.close();
    }
  }),
);

test("times beyond what a timer can count are long, not over at once", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, next, settle }) => {
    const centuries = 2 ** 43;
    const socket = new Socket(url("/echo"), {
      connectTimeout: centuries,
      closeTimeout: centuries,
      stableAfter: centuries,
      heartbeat: { message: "ping", interval: centuries, timeout: centuries },
      queue: { ttl: centuries },
      backoff: { min: centuries, base: centuries, max: centuries },
    });
    const seen = journal(socket);
    socket.send("queued", { ttl: centuries });
    await next(socket, "message");
    await settle(socket, 5);
    const retry = next(socket, "retry");
    await control("kill");
    await retry;
    const other = new Socket(url("/echo", { id: "other" }));
    await other.opened;
    await settle(other, 5);
    equal((await control("stats")).dials.length, 1, "dials");
    equal(seen.of("drop").length, 0, "drops");
    socket.close();
    other.close();
  }),
);
