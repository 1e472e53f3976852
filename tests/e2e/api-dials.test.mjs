/** What each option of a connection does: where it dials, how long it waits, when it ends, how it is kept alive. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("a URL may be a string, relative, of http, an object, or a function of any of these", limit, () =>
  inPage(async ({ Socket, port, id, equal, fast }) => {
    const plain = `ws://127.0.0.1:${port}/echo?id=${id}`;
    const forms = {
      string: plain,
      http: plain.replace("ws:", "http:"),
      object: new URL(plain),
      function: () => plain,
      "function of an object": () => new URL(plain),
      "function of a promise": async () => plain,
      "function of a promise of an object": async () => new URL(plain),
    };
    for (const [form, given] of Object.entries(forms)) {
      const socket = new Socket(given, fast);
      await socket.opened;
      equal(socket.url, plain, form);
      socket.close();
    }
    const relative = new Socket("/live", { autoOpen: false });
    relative.open();
    equal(relative.url, `ws://${location.host}/live`);
    relative.close();
  }),
);

test("URL and protocols are asked for anew before every attempt", limit, () =>
  inPage(async ({ Socket, id, url, control, equal, next, fast }) => {
    await control("next", { dial: ["/refuse", "/echo", "/echo"] });
    let token = 0;
    const socket = new Socket(() => url("/echo", { token: ++token }), { ...fast, protocols: async () => `v${token}` });
    await socket.opened;
    equal([new URL(socket.url).searchParams.get("token"), socket.protocol], ["2", "v2"]);
    const reopened = next(socket, "open");
    await control("kill");
    await reopened;
    equal([new URL(socket.url).searchParams.get("token"), socket.protocol], ["3", "v3"]);
    const { dials } = await control("stats");
    equal(
      dials.map((dial) => [new URLSearchParams(dial.path.split("?")[1]).get("token"), dial.protocols[0]]),
      [
        ["1", "v1"],
        ["2", "v2"],
        ["3", "v3"],
      ],
    );
    socket.close();
  }),
);

test("a provider whose answer comes too late dials nothing", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, settle, fast }) => {
    const answers = [];
    const provider = () => new Promise((resolve) => answers.push(resolve));
    const socket = new Socket(provider, { ...fast, connectTimeout: 50 });
    const { error } = await next(socket, "error");
    equal(error.code, "connect-timeout");
    socket.close();
    const second = new Socket(url("/echo"), fast);
    await second.opened;
    for (const answer of answers) answer(url("/echo"));
    await settle(second);
    equal((await control("stats")).dials.length, 1, "only the second socket's dial");
    second.close();
  }),
);

test("protocols may be a string, an array, or a function of these", limit, () =>
  inPage(async ({ Socket, id, url, control, equal }) => {
    const forms = [
      [undefined, []],
      [[], []],
      ["chat", ["chat"]],
      [
        ["chat", "news"],
        ["chat", "news"],
      ],
      [() => "chat", ["chat"]],
      [async () => ["news", "chat"], ["news", "chat"]],
    ];
    for (const [index, [protocols, offered]] of forms.entries()) {
      const own = { id: `${id}-${index}` };
      const socket = new Socket(url("/protocols", own), { protocols });
      await socket.opened;
      equal((await control("stats", own)).dials[0].protocols, offered);
      equal(socket.protocol, offered[0] ?? "");
      socket.close();
    }
  }),
);

test("connectTimeout gives an unanswered dial up at once", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, next, fast }) => {
    await control("next", { dial: "/hang" });
    const socket = new Socket(url("/echo"), { ...fast, connectTimeout: 2000 });
    const seen = journal(socket);
    await next(socket, "open");
    equal(
      seen.of("error").map((entry) => entry.code),
      ["connect-timeout"],
    );
    equal(seen.of("close"), [{ type: "close", code: 1006, reason: "", wasClean: false, willRetry: true }]);
    // Firefox withdraws a dial in its own time.
    if (!("InternalError" in globalThis)) await control("wait", { abandoned: 1 });
    socket.close();
  }),
);

test("closeTimeout ends a close() that the peer does not answer", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, next }) => {
    const socket = new Socket(url("/echo"), { closeTimeout: 50 });
    await socket.opened;
    const seen = journal(socket);
    await control("stall");
    socket.close(4000, "nobody hears");
    const { code, wasClean, willRetry } = await next(socket, "close");
    equal({ code, wasClean, willRetry }, { code: 1006, wasClean: false, willRetry: false });
    equal(socket.state, "closed");
    equal(seen.of("close").length, 1);
    await control("unstall");
    await control("wait", { closes: 1 });
    equal(seen.of("close").length, 1, "the late answer is no second close");
  }),
);

test("close codes end it or not, as the options say", limit, () =>
  inPage(async ({ Socket, id, url, equal, next }) => {
    const cases = [
      [1000, {}, true],
      [1000, { retryOnNormalClose: false }, false],
      [1001, { retryOnNormalClose: false }, true],
      [4001, { fatalCodes: [4001, 4002] }, false],
      [4003, { fatalCodes: [4001, 4002] }, true],
      [1011, { fatalCodes: [1011] }, false],
      [1008, {}, false],
      [1008, { shouldRetry: () => true }, true],
      [4001, { shouldRetry: ({ code }) => code !== 4001 }, false],
      [4001, { shouldRetry: () => undefined, fatalCodes: [4001] }, false],
    ];
    for (const [code, options, retries] of cases) {
      const socket = new Socket(url("/close", { code }), options);
      const { willRetry } = await next(socket, "close");
      equal(
        [code, Object.keys(options), willRetry, socket.state],
        [code, Object.keys(options), retries, retries ? "waiting" : "closed"],
      );
      socket.close();
    }
  }),
);

test(
  "shouldRetry gets the close and may give a delay; what it throws is reported, and the default holds",
  limit,
  () => {
    const message = "shouldRetry, on purpose";
    return inPage(
      async ({ Socket, url, equal, ok, next }, message) => {
        let asked;
        const socket = new Socket(url("/close", { code: 4005, reason: "busy" }), {
          shouldRetry(close) {
            asked = { ...close };
            return 60_000;
          },
        });
        const { delay } = await next(socket, "retry");
        equal(asked, { code: 4005, reason: "busy", wasClean: true, attempt: 1 });
        ok(delay >= 60_000, `not before the delay: ${delay}`);
        socket.close();
        const nonsense = [
          () => {
            throw new Error(message);
          },
          () => NaN,
          () => -5,
          () => "soon",
          () => Promise.resolve(false),
        ];
        for (const shouldRetry of nonsense) {
          const another = new Socket(url("/close", { code: 4005 }), { shouldRetry });
          const { willRetry } = await next(another, "close");
          equal(willRetry, true, `${shouldRetry}`);
          another.close();
        }
      },
      { args: message, uncaught: [message, ...Array(4).fill(/shouldRetry/)] },
    );
  },
);

test("a server's own delay is kept to, with jitter", limit, () =>
  inPage(async ({ Socket, url, ok, next }) => {
    const delays = [];
    for (let n = 0; n < 5; n += 1) {
      const socket = new Socket(url("/close", { code: 1013, reason: "retry-after=25000" }));
      delays.push((await next(socket, "retry")).delay);
      socket.close();
    }
    ok(
      delays.every((delay) => delay >= 25_000),
      `not before 25 s: ${delays}`,
    );
    ok(new Set(delays).size > 1, `not all at once: ${delays}`);
  }),
);

test("autoOpen: false waits for open(), and keeps what was sent", limit, () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    equal(socket.send("early"), "queued");
    equal([socket.state, (await control("stats")).dials.length], ["idle", 0]);
    socket.open();
    equal((await control("wait", { received: 1 })).received, ["early"]);
    socket.close();
  }),
);

test("binaryType is the one asked for, and a wrong one is ignored as the standard says", limit, () =>
  inPage(async ({ Socket, url, equal, next }) => {
    for (const [given, kind] of [
      [undefined, "Blob"],
      ["blob", "Blob"],
      ["arraybuffer", "ArrayBuffer"],
    ]) {
      const socket = new Socket(url("/echo"), { binaryType: given });
      await socket.opened;
      for (const wrong of ["buffer", "", null, 5]) {
        socket.binaryType = wrong;
        equal(socket.binaryType, given ?? "blob");
      }
      const echo = next(socket, "message");
      socket.send(new Uint8Array([1, 2]).subarray(1));
      const { data } = await echo;
      equal(data.constructor.name, kind);
      equal([...new Uint8Array(await new Response(data).arrayBuffer())], [2]);
      socket.close();
    }
  }),
);

test("a heartbeat is sent, its answer is measured, and a dead peer is given up at once", limit, () =>
  inPage(async ({ Socket, url, control, equal, ok, eventually, journal, next, fast }) => {
    const forms = [
      { message: "ping" },
      { message: "ping", answer: "pong" },
      { message: () => "ping", answer: (message) => message === "pong" },
    ];
    for (const [index, form] of forms.entries()) {
      const socket = new Socket(url("/heartbeat"), { ...fast, heartbeat: { ...form, interval: 20, timeout: 5000 } });
      equal(socket.latency, null);
      await control("wait", { received: (index + 1) * 3 });
      if (form.answer) {
        await eventually(() => socket.latency !== null, "a latency");
        ok(socket.latency >= 0 && socket.latency < 60_000, `latency ${socket.latency}`);
      }
      socket.close();
      await next(socket, "close");
    }
    const { dials } = await control("stats");
    equal(dials.length, forms.length, "no connection was given up");
    const silent = new Socket(url("/silent"), {
      ...fast,
      maxAttempts: 1,
      heartbeat: { message: "ping", interval: 20, timeout: 20 },
    });
    const seen = journal(silent);
    await next(silent, "close");
    equal(
      seen
        .of("error")
        .map((entry) => entry.code)
        .includes("heartbeat-timeout"),
      true,
    );
    equal(seen.of("close")[0].code, 1006);
  }),
);

test("the option WebSocket replaces the global one", limit, () =>
  inPage(async ({ Socket, url, equal, roundTrip }) => {
    const made = [];
    class Counted extends WebSocket {
      constructor(...call) {
        super(...call);
        made.push(call);
      }
    }
    const socket = new Socket(url("/echo"), { WebSocket: Counted, protocols: "chat" });
    await socket.opened;
    await roundTrip(socket);
    equal(
      made.map(([address, protocols]) => [String(address), [protocols].flat()]),
      [[url("/echo"), ["chat"]]],
    );
    socket.close();
  }),
);

test("a WebSocket constructor that throws is a dial that failed, not an exception of open()", limit, () =>
  inPage(async ({ Socket, url, equal, ok, eventually, journal, fast }) => {
    class Broken {
      constructor() {
        throw new Error("broken constructor");
      }
    }
    const socket = new Socket(url("/echo"), { ...fast, WebSocket: Broken, maxAttempts: 3 });
    const seen = journal(socket);
    await eventually(() => socket.state === "closed", "it to give up");
    ok(seen.of("error").length >= 1, "an error says so");
    equal(seen.of("close").at(-1).willRetry, false);
    equal(seen.of("open"), []);
  }),
);

test("a heartbeat's message that throws is reported, and the socket lives on", limit, () =>
  inPage(
    async ({ Socket, url, control, equal }) => {
      let calls = 0;
      const message = () => {
        calls += 1;
        if (calls === 1) throw new Error("no ping, on purpose");
        return "ping";
      };
      const socket = new Socket(url("/echo"), { heartbeat: { message, interval: 20, timeout: 500 } });
      const { dials } = await control("wait", { received: 1 });
      equal(dials.length <= 2, true, "at worst the connection is replaced");
      socket.close();
    },
    { uncaught: [/no ping, on purpose/] },
  ),
);
