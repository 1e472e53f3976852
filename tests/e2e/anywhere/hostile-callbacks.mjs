/** Callers' code that throws, returns nonsense or never settles, and what it does from inside a handler. */

/** Counts what nobody caught in the page and keeps it from the test, which expects it. */
const UNCAUGHT = `const uncaught = [];
  window.addEventListener("error", (event) => (uncaught.push(event.error), event.preventDefault()));
  window.addEventListener("unhandledrejection", (event) => (uncaught.push(event.reason), event.preventDefault()));`;

export function hostileCallbacks({ test, inPage }) {
  test("whatever a listener throws, in whatever event, the others hear it and the socket goes on", () =>
    inPage(`async ({ Socket, id, url, control, equal, eventually, fast, turn }) => {
    ${UNCAUGHT}
    const things = [null, undefined, "text", Symbol("symbol"), new DOMException("no"), Object.freeze(new Error("frozen"))];
    const types = ["statechange", "drop", "error", "close", "retry", "open", "message"];
    for (const type of types) {
      const own = { id: id + type };
      await control("next", { ...own, dial: "/refuse" });
      const socket = new Socket(url("/echo", own), { ...fast, autoOpen: false });
      let thrown = 0;
      let heard = 0;
      const throwing = (thing) => () => {
        if (heard > 0) return;
        thrown += 1;
        throw thing;
      };
      for (const thing of things) socket.addEventListener(type, throwing(thing));
      socket["on" + type] = throwing(new Error("in the handler"));
      const inGetter = throwing(new TypeError("in a getter"));
      socket.addEventListener(type, { get handleEvent() { return inGetter() ?? (() => {}); } });
      socket.addEventListener(type, () => (heard += 1));
      const before = uncaught.length;
      socket.send("old", { key: "k" });
      socket.send("new", { key: "k" });
      socket.open();
      await eventually(() => heard > 0, type);
      const reported = () => "the report of each of " + thrown + " in " + type + ", not " + uncaught.slice(before).map(String);
      await eventually(() => uncaught.length === before + thrown, reported);
      equal(thrown, things.length + 2, "thrown in " + type);
      await socket.opened;
      await control("wait", { ...own, received: 1 });
      socket.close();
      await eventually(() => socket.state === "closed", "closed after " + type);
      await turn();
    }
  }`));

  test("a listener that takes others away inside any event is the last that hears it", () =>
    inPage(async ({ Socket, id, url, control, equal, eventually, next, fast }) => {
      for (const type of ["statechange", "drop", "error", "close", "retry", "open", "message"]) {
        const own = { id: id + type };
        await control("next", { ...own, dial: "/refuse" });
        const socket = new Socket(url("/echo", own), { ...fast, autoOpen: false });
        const calls = [];
        const controller = new AbortController();
        const removed = () => calls.push("removed");
        const cleaner = () => {
          calls.push("cleaner");
          socket.removeEventListener(type, cleaner);
          socket.removeEventListener(type, removed);
          socket[`on${type}`] = null;
          controller.abort();
        };
        socket.addEventListener(type, cleaner);
        socket.addEventListener(type, removed);
        socket[`on${type}`] = () => calls.push("handler");
        socket.addEventListener(type, () => calls.push("aborted"), { signal: controller.signal });
        for (const message of ["one", "two", "three"]) socket.send(message, { key: "k" });
        socket.open();
        await socket.opened;
        await control("wait", { ...own, received: 1 });
        const again = next(socket, "open");
        await control("kill", own);
        await again;
        const echo = next(socket, "message");
        socket.send("four");
        await echo;
        socket.close();
        await eventually(() => socket.state === "closed", "closed");
        equal(calls, ["cleaner"], type);
      }
    }));

  test("whatever a provider of the URL gives, the next dial asks again", () =>
    inPage(`async ({ Socket, id, url, control, equal, journal, fast }) => {
    ${UNCAUGHT}
    const broken = { get href() { throw new Error("no href"); } };
    const nonsense = {
      "nothing": () => undefined,
      "null": () => null,
      "a symbol": () => Symbol("url"),
      "a function": () => () => url("/echo"),
      "a URL whose getter throws": () => broken,
      "a promise of nothing": async () => {},
      "a promise of a promise that rejects with nothing": () => Promise.resolve().then(() => Promise.reject()),
      "a thenable that throws": () => ({ then() { throw new Error("no then"); } }),
      "a thenable whose getter throws": () => ({ get then() { throw new Error("no then"); } }),
      "a thenable that settles twice": () => ({ then(resolve, reject) { resolve("ftp://x/"); reject(new Error()); resolve(url("/echo")); } }),
      "a thrown null": () => { throw null; },
      "an endless URL": () => "ws://127.0.0.1:0/" + "x".repeat(1_000_000) + "#",
      "a promise for ever": () => new Promise(() => {}),
      "a thenable for ever": () => ({ then() {} }),
    };
    for (const [name, provide] of Object.entries(nonsense)) {
      const own = { id: id + name };
      let calls = 0;
      const socket = new Socket(() => (++calls === 1 ? provide() : url("/echo", own)), { ...fast, connectTimeout: 500 });
      const seen = journal(socket);
      await socket.opened;
      const errors = seen.of("error").map(({ code }) => code);
      equal(errors[0], name.endsWith("for ever") ? "connect-timeout" : "provider-failed", name);
      equal(seen.of("close").every(({ code, willRetry }) => code === 1006 && willRetry), true, name);
      socket.close();
    }
    equal(uncaught.length, 0, "what nobody caught");
  }`));

  test("whatever a provider of the protocols gives, the next dial asks again", () =>
    inPage(`async ({ Socket, id, url, equal, journal, fast }) => {
    ${UNCAUGHT}
    const nonsense = [5, {}, ["a", "a"], ["a b"], [""], "a,b", ["chat", Symbol("p")], new Set(["chat"]), () => "chat"];
    for (const [index, given] of nonsense.entries()) {
      for (const asynchronous of [false, true]) {
        let calls = 0;
        const protocols = () => (++calls === 1 ? (asynchronous ? Promise.resolve(given) : given) : "chat");
        const socket = new Socket(url("/protocols", { id: [id, index, asynchronous].join() }), { ...fast, protocols });
        const seen = journal(socket);
        await socket.opened;
        equal([seen.of("error")[0]?.code, socket.protocol], ["provider-failed", "chat"], index);
        socket.close();
      }
    }
    equal(uncaught.length, 0, "what nobody caught");
  }`));

  test("a codec may decode to anything, and throw anything", () =>
    inPage(async ({ Socket, url, control, equal, thrown, next, roundTrip }) => {
      // (`undefined` is left out: the platform's own MessageEvent makes it null.)
      const things = [null, NaN, Symbol("s"), Promise.reject(new Error("decoded")), () => {}, { then() {} }];
      things[3].catch(() => {});
      const frozen = Object.freeze(new Error("frozen"));
      const throwing = [null, undefined, "text", frozen];
      const codec = {
        encode(message) {
          if (typeof message === "object") throw throwing[message.throws];
          return message;
        },
        decode(frame) {
          const [what, index] = frame.split(" ");
          if (what === "throw") throw throwing[index];
          return what === "thing" ? things[index] : frame;
        },
      };
      const socket = new Socket(url("/silent"), { codec });
      await socket.opened;
      for (const index of things.keys()) {
        const message = next(socket, "message");
        await control("send", { text: `thing ${index}` });
        equal(Object.is((await message).data, things[index]), true, `thing ${index}`);
      }
      for (const index of throwing.keys()) {
        const failed = next(socket, "error");
        await control("send", { text: `throw ${index}` });
        const { error } = await failed;
        equal([error.code, Object.is(error.cause, throwing[index])], ["decode-failed", true]);
        const refusal = thrown(() => socket.send({ throws: index }));
        equal([refusal.code, Object.is(refusal.cause, throwing[index])], ["encode-failed", true]);
      }
      socket.close();
      const echo = new Socket(url("/echo"), { codec });
      await echo.opened;
      await roundTrip(echo, "still works");
      echo.close();
    }));

  test("a heartbeat that cannot be made is reported or refused, and the socket lives on", () =>
    inPage(`async ({ Socket, SocketError, id, url, control, equal, ok, eventually, journal, thrown, fast }) => {
    ${UNCAUGHT}
    for (const [index, message] of [5, null, {}, [1], true].entries()) {
      const error = thrown(() => new Socket(url("/echo"), { autoOpen: false, heartbeat: { message } }), "message " + index);
      ok(error instanceof TypeError || error instanceof SocketError, error);
    }
    const detached = new ArrayBuffer(4);
    structuredClone(detached, { transfer: [detached] });
    for (const [index, nonsense] of [undefined, null, 5, {}, Promise.resolve("ping"), detached].entries()) {
      const own = { id: id + index };
      let calls = 0;
      const message = () => (++calls === 1 ? nonsense : "ping");
      const heartbeat = { message, answer: "pong", interval: 20, timeout: 300 };
      const socket = new Socket(url("/heartbeat", own), { ...fast, heartbeat });
      const seen = journal(socket);
      await eventually(() => socket.latency !== null, "an answer to a good heartbeat, after " + index);
      ok(seen.of("error").every(({ code }) => code === "heartbeat-timeout"), JSON.stringify(seen));
      const { received } = await control("stats", own);
      ok(received.every((sent) => sent === "ping"), "no nonsense reached the server: " + JSON.stringify(received));
      socket.close();
    }
  }`));

  test("a matcher of answers that throws is reported, and its message is delivered", () =>
    inPage(`async ({ Socket, url, control, equal, journal, next }) => {
    ${UNCAUGHT}
    const answer = (message) => {
      if (message === "throw") throw new Error("on purpose");
      return message === "null" ? null : message === "truthy" ? {} : false;
    };
    const socket = new Socket(url("/silent"), { heartbeat: { message: "ping", answer, interval: 60_000, timeout: 60_000 } });
    await socket.opened;
    const seen = journal(socket);
    const last = next(socket, "message", (event) => event.data === "last");
    for (const text of ["throw", "null", "truthy", "last"]) await control("send", { text });
    await last;
    equal(seen.messages(), ["throw", "null", "last"]);
    equal(uncaught.map(String), ["Error: on purpose"]);
    socket.close();
  }`));

  test("a delay of shouldRetry beyond all measure is a wait that can be cut short", () =>
    inPage(async ({ Socket, url, control, equal, ok, next, roundTrip }) => {
      for (const delay of [Infinity, Number.MAX_VALUE, 2 ** 53, 2 ** 31]) {
        await control("next", { dial: "/refuse", forget: 1 });
        const socket = new Socket(url("/echo"), { shouldRetry: () => delay });
        const retry = await next(socket, "retry");
        ok(retry.delay >= 2 ** 31, `${delay}: ${retry.delay}`);
        equal(socket.state, "waiting");
        socket.reconnect();
        await roundTrip(socket);
        socket.close();
      }
    }));

  test("what a WebSocket constructor throws or returns is told as a failed dial, and ends it only where a policy forbids", () =>
    inPage(`async ({ Socket, url, equal, next, journal, fast }) => {
    ${UNCAUGHT}
    const named = (name) => Object.assign(new Error("no"), { name });
    const constructors = {
      "a SecurityError, as for a page's policy or mixed content": [() => { throw new DOMException("no", "SecurityError"); }, "blocked"],
      "what Firefox throws for a page's policy": [() => { throw named("NS_ERROR_CONTENT_BLOCKED"); }, "blocked"],
      "any error": [() => { throw new Error("no"); }],
      "null": [() => { throw null; }],
      "an error whose name throws": [() => { throw { get name() { throw new Error("no name"); } }; }],
      "an object that does nothing": [() => ({})],
      "an object that takes no handler": [() => Object.freeze({})],
      "an object whose setter throws": [() => ({ set onmessage(_) { throw new Error("no"); } })],
    };
    for (const [name, [make, fatal]] of Object.entries(constructors)) {
      function Made() {
        return make();
      }
      const socket = new Socket(url("/echo"), { ...fast, WebSocket: Made, connectTimeout: 50, maxAttempts: 3 });
      const seen = journal(socket);
      await next(socket, "close", (event) => !event.willRetry);
      const codes = seen.of("error").map(({ code }) => code);
      if (fatal) equal(codes, [fatal], name);
      else equal([codes.at(-1), seen.of("close").length, codes.includes("blocked")], ["gave-up", 3, false], name);
      equal(socket.state, "closed");
    }
    equal(uncaught.length, 0, "what nobody caught");
  }`));

  test("close, send, reconnect and dispose from inside a loop over messages and from after opened", () =>
    inPage(async ({ Socket, id, url, control, equal, eventually, fast, turn }) => {
      const actions = {
        close: [(socket) => socket.close(), 3],
        send: [(socket) => socket.send("from inside"), 50],
        // The new connection pushes all 50 again.
        reconnect: [(socket) => socket.reconnect(), 3 + 50],
        dispose: [(socket) => socket[Symbol.dispose](), 3],
      };
      for (const [name, [action, count]] of Object.entries(actions)) {
        const own = { id: id + name };
        const socket = new Socket(url("/push", { ...own, count: 50 }), fast);
        const heard = [];
        for await (const message of socket) {
          heard.push(message);
          if (heard.length === 3) action(socket);
          if (message === "49") break;
        }
        equal(heard.length, count, name);
        socket.close();
        const after = new Socket(url("/echo", own), fast);
        await after.opened.then(() => action(after));
        await turn();
        after.close();
        await eventually(() => after.state === "closed", `closed after ${name}`);
        await control("wait", { ...own, live: 0 });
      }
    }));

  test("a loop that is behind by 100,000 messages catches up with all of them", () =>
    inPage(async ({ Socket, equal, turn }) => {
      // No server and no network: what counts is the loop.
      class Flooding extends EventTarget {
        readyState = 1;
        bufferedAmount = 0;
        send() {}
        close() {}
      }
      let native;
      const socket = new Socket("ws://127.0.0.1:0/", {
        WebSocket: class extends Flooding {
          constructor() {
            super();
            native = this;
          }
        },
      });
      native.onopen(new Event("open"));
      const loop = socket[Symbol.asyncIterator]();
      const count = 100_000;
      for (let n = 0; n < count; n += 1) native.onmessage(new MessageEvent("message", { data: `${n}` }));
      await turn();
      for (let n = 0; n < count; n += 1) {
        const { value } = await loop.next();
        if (value !== `${n}`) equal(value, `${n}`);
      }
      await loop.return();
      socket.close();
    }));
}
