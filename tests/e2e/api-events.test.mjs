/** The events of a socket: their order, what they carry, and that they come after the call. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("state changes at once, and the events of a call come after it, in order", limit, () =>
  inPage(async ({ Socket, url, equal, journal, next }) => {
    const socket = new Socket(url("/echo"), { autoOpen: false });
    const seen = journal(socket);
    equal(
      [socket.state, socket.url, socket.protocol, socket.extensions, socket.attempt, socket.latency],
      ["idle", "", "", "", 0, null],
    );
    socket.open();
    equal([socket.state, socket.attempt, seen.length], ["connecting", 1, 0], "inside the call of open()");
    await Promise.resolve();
    equal(seen, [{ type: "statechange", state: "connecting", previous: "idle" }], "after it");
    await socket.opened;
    equal([socket.state, socket.url], ["open", url("/echo")]);
    socket.close(4000, "enough");
    equal([socket.state, seen.of("close").length], ["closing", 0], "inside the call of close()");
    await next(socket, "close");
    equal(socket.state, "closed");
    equal(seen.of("close"), [{ type: "close", code: 4000, reason: "enough", wasClean: true, willRetry: false }]);
  }),
);

test("a socket tells its whole life in order", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, next, fast }) => {
    await control("next", { dial: ["/refuse", "/close?after=1&code=4001&reason=again"] });
    const socket = new Socket(url("/echo"), fast);
    const seen = journal(socket);
    const states = [];
    for (const type of ["open", "close", "retry"])
      socket.addEventListener(type, () => states.push(`${type}: ${socket.state}`));
    await next(socket, "open");
    socket.send("the message that ends it");
    await next(socket, "open");
    socket.close();
    await next(socket, "close");
    equal(seen.types(["statechange"]), ["error", "close", "retry", "open", "close", "retry", "open", "close"]);
    equal(
      seen.of("statechange").map((entry) => entry.state),
      ["connecting", "waiting", "connecting", "open", "waiting", "connecting", "open", "closing", "closed"],
    );
    seen.of("statechange").reduce((previous, entry) => {
      equal(entry.previous, previous, "previous");
      return entry.state;
    }, "idle");
    equal(
      states,
      [
        "close: waiting",
        "retry: waiting",
        "open: open",
        "close: waiting",
        "retry: waiting",
        "open: open",
        "close: closed",
      ],
      "the state that a listener sees",
    );
    equal(
      seen.of("close").map(({ code, reason, wasClean, willRetry }) => [code, reason, wasClean, willRetry]),
      [
        [1006, "", false, true],
        [4001, "again", true, true],
        [1005, "", true, false],
      ],
    );
    equal(seen.of("error"), [{ type: "error", code: "connect-failed" }]);
  }),
);

test("events are of the browser's own classes", limit, () =>
  inPage(async ({ Socket, SocketError, url, control, equal, ok, next, fast }) => {
    await control("next", { dial: "/refuse" });
    const socket = new Socket(url("/greet", { text: "hi" }), fast);
    ok(socket instanceof EventTarget, "a socket is an EventTarget");
    const [error, retry, state, message, open] = await Promise.all(
      ["error", "retry", "statechange", "message", "open"].map((type) => next(socket, type)),
    );
    for (const event of [error, retry, state, message, open]) {
      ok(event instanceof Event, `${event.type} is an Event`);
      equal([event.target === socket, event.bubbles, event.cancelable], [true, false, false], event.type);
    }
    ok(message instanceof MessageEvent, "message is a MessageEvent");
    equal(message.data, "hi");
    ok(error.error instanceof SocketError && error.error instanceof Error, "what an error event carries");
    equal(
      [error.error.name, error.message === error.error.message, error.message.length > 5],
      ["SocketError", true, true],
    );
    equal([retry.attempt, typeof retry.delay], [2, "number"]);
    const closed = next(socket, "close");
    socket.close();
    ok((await closed) instanceof CloseEvent, "close is a CloseEvent");
  }),
);

test("every close code and reason of a server arrives", limit, () =>
  inPage(async ({ Socket, url, equal, next }) => {
    const codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
    await Promise.all(
      codes.map(async (sent) => {
        const given = "é".repeat(61);
        const socket = new Socket(url("/close", { code: sent, reason: given }));
        const { code, reason, wasClean, willRetry } = await next(socket, "close");
        const fatal = [1002, 1003, 1007, 1008, 1009, 1010].includes(sent);
        equal([code, reason, wasClean, willRetry], [sent, given, true, !fatal]);
        equal(socket.state, fatal ? "closed" : "waiting", `after ${sent}`);
        socket.close();
      }),
    );
  }),
);

test("the code and the reason of close() arrive at the server", limit, () =>
  inPage(async ({ Socket, id, url, control, equal }) => {
    const calls = [[], [1000], [3000, ""], [4999, "ü".repeat(61)], [4000, "why"]];
    for (const [index, call] of calls.entries()) {
      const own = { id: `${id}-${index}` };
      const socket = new Socket(url("/echo", own));
      await socket.opened;
      socket.close(...call);
      const { dials } = await control("wait", { ...own, closes: 1 });
      equal([dials[0].close.code, dials[0].close.reason], [call[0] ?? 1005, call[1] ?? ""]);
    }
  }),
);

test("a wrong code or reason of close() throws, and changes nothing", limit, () =>
  inPage(async ({ Socket, url, equal, thrown, roundTrip }) => {
    const wrong = [
      [999],
      [1001],
      [1005],
      [1006],
      [2999],
      [5000],
      [0],
      [-1],
      [NaN],
      ["abc"],
      [65536 + 1000],
      [1000, "x".repeat(124)],
      [4000, "€".repeat(42)],
    ];
    const idle = new Socket(url("/echo"), { autoOpen: false });
    const open = new Socket(url("/echo"));
    await open.opened;
    for (const call of wrong) {
      equal(thrown(() => idle.close(...call)).code, "invalid-argument", `close(${call}) when idle`);
      equal(thrown(() => open.close(...call)).code, "invalid-argument", `close(${call}) when open`);
    }
    equal([idle.state, open.state], ["idle", "open"]);
    await roundTrip(open);
    open.close();
  }),
);

test("close() is final in every state, and exactly one close says so", limit, () =>
  inPage(async ({ Socket, id, url, control, equal, eventually, journal, next, thrown, turn }) => {
    const slow = { backoff: { min: 1000, base: 1000, max: 1000 } };
    const states = {
      idle: ["/echo", { autoOpen: false }, () => {}],
      connecting: ["/hang", {}, (own) => control("wait", { ...own, dials: 1 })],
      open: ["/echo", {}, (_own, socket) => socket.opened],
      waiting: ["/refuse", slow, (_own, socket) => next(socket, "retry")],
    };
    for (const [state, [path, options, reach]] of Object.entries(states)) {
      const own = { id: `${id}-${state}` };
      const socket = new Socket(url(path, own), options);
      await reach(own, socket);
      equal(socket.state, state);
      const seen = journal(socket);
      socket.close();
      socket.close();
      socket.close(4000, "again");
      await eventually(() => seen.of("close").length > 0, `a close from ${state}`);
      await turn();
      socket.close();
      await turn();
      equal(
        seen.of("close").map((entry) => entry.willRetry),
        [false],
        `closes from ${state}`,
      );
      equal(seen.of("error"), [], `errors from ${state}`);
      equal(seen.of("statechange").at(-1).state, "closed");
      equal(thrown(() => socket.send("too late")).code, "closed");
      equal((await control("wait", { ...own, live: 0 })).live, 0);
    }
  }),
);

test("open() and reconnect() after close() start fresh", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, roundTrip }) => {
    const socket = new Socket(url("/echo"));
    await socket.opened;
    for (const method of ["open", "reconnect"]) {
      const closed = next(socket, "close");
      socket.close();
      await closed;
      socket[method]();
      equal([socket.state, socket.attempt], ["connecting", 1]);
      await socket.opened;
      await roundTrip(socket);
    }
    socket.open();
    await roundTrip(socket);
    equal((await control("stats")).dials.length, 3, "open() on an open socket does nothing");
    socket.close();
  }),
);

test("reconnect() replaces the connection and says so with one close that retries", limit, () =>
  inPage(async ({ Socket, url, equal, journal, next, roundTrip }) => {
    const socket = new Socket(url("/echo"));
    await socket.opened;
    const seen = journal(socket);
    socket.reconnect();
    await next(socket, "open");
    await roundTrip(socket);
    equal(
      seen.of("close").map((entry) => entry.willRetry),
      [true],
    );
    equal(seen.of("error"), []);
    socket.close();
  }),
);

test("opened resolves when open, anew after each loss, and rejects when closed for good", limit, () =>
  inPage(async ({ Socket, SocketError, url, control, equal, ok, next, rejection, fast }) => {
    await control("next", { dial: ["/refuse", "/refuse", "/echo"] });
    const socket = new Socket(url("/echo"), fast);
    const first = socket.opened;
    ok(first === socket.opened, "one promise for one opening");
    equal(await first, undefined);
    equal(socket.state, "open");
    const lost = next(socket, "close");
    await control("kill");
    await lost;
    ok(socket.opened !== first, "a new promise after a loss");
    await socket.opened;
    equal(socket.state, "open");
    const closed = next(socket, "close");
    socket.close();
    await closed;
    const error = await rejection(socket.opened, "opened after close()");
    ok(error instanceof SocketError, "a SocketError");
    equal(error.code, "closed");
    socket.open();
    await socket.opened;
    socket.close();
  }),
);

test("an opened promise that nobody looks at is no unhandled rejection", limit, () =>
  inPage(async ({ Socket, url, equal, next, turn, fast }) => {
    const socket = new Socket(url("/refuse"), { ...fast, maxAttempts: 1 });
    void socket.opened;
    const { willRetry } = await next(socket, "close");
    equal(willRetry, false);
    await turn();
    await turn();
  }),
);

test("async iteration gives every message in order and ends when the socket closes for good", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, fast }) => {
    await control("next", { dial: ["/push?count=3", "/push?count=2"] });
    const socket = new Socket(url("/push"), fast);
    const collect = async (read) => {
      const messages = [];
      for await (const message of socket) {
        messages.push(message);
        if (messages.length === read) break;
      }
      return messages;
    };
    const all = collect();
    const some = collect(2);
    equal(await some, ["0", "1"]);
    equal(socket.state, "open", "leaving a loop does not close the socket");
    await next(socket, "message", (event) => event.data === "2");
    const again = next(socket, "message", (event) => event.data === "1");
    await control("kill");
    await again;
    socket.close();
    equal(await all, ["0", "1", "2", "0", "1"]);
    equal(await collect(), [], "iterating over a closed socket ends at once");
  }),
);

test("Symbol.dispose closes the socket and ends its iterations", limit, () =>
  inPage(async ({ Socket, url, control, equal, turn, thrown }) => {
    const socket = new Socket(url("/echo"));
    await socket.opened;
    const iterator = socket[Symbol.asyncIterator]();
    const pending = iterator.next();
    socket[Symbol.dispose]();
    equal((await pending).done, true, "a waiting iteration ends");
    await control("wait", { live: 0 });
    await turn();
    equal(socket.state, "closed");
    equal(thrown(() => socket.send("too late")).code, "closed");
  }),
);
