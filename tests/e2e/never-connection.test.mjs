/** What must never happen to the connection: rules 1, 2, 3, 7 and 9 of the design page. */
import { test } from "node:test";
import { keepAccounts } from "../faults/counters.mjs";
import { browser, limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("1. never two live connections after an error and a close both schedule a retry", limit, () =>
  inPage(async ({ Socket, url, control, next, settle, equal, fast, journal }) => {
    await control("next", { dial: ["/refuse", "/reset", "/accept-then-close", "/drop", "/echo"] });
    const socket = new Socket(url("/echo"), fast);
    const seen = journal(socket);
    await control("wait", { dials: 5, live: 1 });
    if (socket.state !== "open") await next(socket, "open");
    await settle(socket);
    const { dials, live, maxLive } = await control("stats");
    equal({ dials: dials.length, live, maxLive }, { dials: 5, live: 1, maxLive: 1 });
    equal(seen.of("retry").length, 4, "retries");
    socket.close();
  }),
);

test("1. never two live connections after two quick reconnect() calls", limit, () =>
  inPage(async ({ Socket, url, control, next, settle, equal, fast }) => {
    const socket = new Socket(url("/echo"), fast);
    await socket.opened;
    socket.reconnect();
    socket.reconnect();
    await next(socket, "open");
    await settle(socket);
    const { live, maxLive, opens } = await control("stats");
    equal({ live, maxLive }, { live: 1, maxLive: 1 });
    equal(opens, 2, "connections that opened: the first, and one for both calls");
    socket.close();
  }),
);

test("1. never two live connections after close() and open() in one tick", limit, () =>
  inPage(async ({ Socket, url, control, next, settle, equal, fast }) => {
    const socket = new Socket(url("/echo"), fast);
    await socket.opened;
    for (const restart of ["open", "reconnect"]) {
      socket.close();
      socket[restart]();
      await next(socket, "open");
      await settle(socket);
      const { live, maxLive } = await control("stats");
      equal({ live, maxLive }, { live: 1, maxLive: 1 }, `after close() and ${restart}()`);
    }
    socket.close();
    await control("wait", { live: 0 });
  }),
);

test("2. never does a close() while connecting keep a later reconnect() from opening", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, settle, fast }) => {
    for (const restart of ["reconnect", "open"]) {
      for (const first of ["/hang", "/echo"]) {
        for (const wait of [false, true]) {
          await control("next", { dial: [first, "/echo"], forget: 1 });
          const socket = new Socket(url("/echo"), fast);
          equal(socket.state, "connecting");
          const dialled = (await control("stats")).dials.length;
          socket.close();
          if (wait) await next(socket, "close");
          socket[restart]();
          await socket.opened;
          await settle(socket, 3);
          equal(socket.state, "open", `${first}, close(), ${restart}() ${wait ? "later" : "at once"}`);
          socket.close();
          await next(socket, "close");
          await control("wait", { live: 0, dials: dialled });
        }
      }
    }
  }),
);

const providers = {
  rejects: [() => Promise.reject(new Error("no token today")), "provider-failed"],
  throws: [
    () => {
      throw new Error("no token today");
    },
    "provider-failed",
  ],
  hangs: [() => new Promise(() => {}), "connect-timeout"],
  "returns nonsense": [() => 42, "provider-failed"],
  "returns what is no URL": [() => "ftp://example.com/", "provider-failed"],
};

for (const [failure, [provider, code]] of Object.entries(providers)) {
  test(`3. never is a socket dead for ever when its URL provider once ${failure}`, limit, () =>
    inPage(
      `async ({ Socket, url, control, equal, journal, roundTrip, fast }, code) => {
      const fail = ${provider};
      let calls = 0;
      const socket = new Socket(() => (++calls === 1 ? fail() : url("/echo")), { ...fast, connectTimeout: 3000 });
      const seen = journal(socket);
      await socket.opened;
      await roundTrip(socket);
      equal(calls, 2, "calls of the provider");
      equal(seen.of("error").map((entry) => entry.code), [code]);
      equal(seen.of("close").map((entry) => entry.willRetry), [true]);
      equal((await control("stats")).dials.length, 1, "dials that reached the server");
      socket.close();
    }`,
      { args: code },
    ),
  );
}

test("3. never is a rejection unhandled when both providers fail, each in its way", limit, () =>
  inPage(async ({ Socket, url, equal, next, turn }) => {
    const late = () => Promise.reject(new Error("a rejection"));
    const now = () => {
      throw new Error("an exception");
    };
    for (const [provider, protocols] of [
      [late, late],
      [late, now],
      [now, late],
      [now, now],
      [() => url("/echo"), late],
    ]) {
      const socket = new Socket(provider, { protocols });
      equal((await next(socket, "error")).error.code, "provider-failed");
      await turn();
      socket.close();
    }
    await turn();
  }),
);

test("3. never is the reason for which a provider failed kept from its owner", limit, () =>
  inPage(async ({ Socket, equal, next }) => {
    const reason = new Error("no token today");
    for (const provider of [
      async () => Promise.reject(reason),
      () => {
        throw reason;
      },
    ]) {
      const socket = new Socket(provider);
      const { error } = await next(socket, "error");
      equal([error.code, error.cause === reason], ["provider-failed", true]);
      socket.close();
    }
  }),
);

test("3. never is a socket dead for ever when its protocols provider once rejects", limit, () =>
  inPage(async ({ Socket, url, equal, journal, fast }) => {
    let calls = 0;
    const protocols = async () => {
      calls += 1;
      if (calls === 1) throw new Error("not yet");
      return ["chat"];
    };
    const socket = new Socket(url("/protocols"), { ...fast, protocols });
    const seen = journal(socket);
    await socket.opened;
    equal(socket.protocol, "chat");
    equal(
      seen.of("error").map((entry) => entry.code),
      ["provider-failed"],
    );
    socket.close();
  }),
);

const ONE_HOUR = 3_600_000;
const patient = { backoff: { min: ONE_HOUR, base: 1, max: ONE_HOUR } };

test("7. never does reconnect() during a wait sit out the old timer", limit, () =>
  inPage(
    async ({ Socket, url, control, equal, next, roundTrip }, options) => {
      await control("next", { dial: "/refuse" });
      const socket = new Socket(url("/echo"), options);
      const { delay } = await next(socket, "retry");
      equal(delay >= options.backoff.min, true, "the wait is an hour");
      equal(socket.state, "waiting");
      socket.reconnect();
      await next(socket, "open");
      await roundTrip(socket);
      equal((await control("stats")).dials.length, 2);
      socket.close();
    },
    { args: patient },
  ),
);

test("7. never does close() during a wait leave its timer running", limit, () =>
  inPage(
    async ({ Socket, url, control, equal, next, turn }, options) => {
      await control("next", { dial: "/refuse" });
      const socket = new Socket(url("/echo"), options);
      const retry = new Promise((resolve) => socket.addEventListener("retry", resolve, { once: true }));
      const closed = new Promise((resolve) =>
        socket.addEventListener("close", (event) => event.willRetry || resolve(event)),
      );
      await retry;
      await turn();
      equal(window.accounts().timers > 0, true, "the wait has a timer");
      socket.close();
      await closed;
      await turn();
      equal(socket.state, "closed");
      equal(window.accounts().timers, 0, "timers after close()");
      equal((await control("stats")).dials.length, 1);
    },
    { args: patient, before: keepAccounts },
  ),
);

/** What a native socket and ours report of the same dial, in the same page. */
const compareWithNative = async ({ Socket, url, control, equal, next }, { path, query, protocols = [], act }) => {
  const describe = ({ type, code, reason, wasClean }) =>
    type === "close" ? { type, code, reason, wasClean } : { type };
  const watch = async (socket) => {
    const events = [];
    const ended = next(socket, "close");
    for (const type of ["open", "error", "close"]) {
      socket.addEventListener(type, (event) => events.push(describe(event)));
    }
    if (act) {
      await next(socket, "open");
      await control(...act);
    }
    await ended;
    return events;
  };
  const native = await watch(new WebSocket(url(path, query), protocols));
  const socket = new Socket(url(path, query), { protocols, shouldRetry: () => false });
  const ours = await watch(socket);
  equal(ours, native, "events, as the browser's own socket reports them");
  equal(socket.state, "closed");
};

for (const [what, dial] of Object.entries({
  "a refused dial": { path: "/refuse" },
  "a dial that is cut": { path: "/reset" },
  // Of a connection that is gone as soon as it is there Firefox says now one thing, now another.
  ...(browser.name === "Firefox" ? {} : { "a server that is gone": { path: "/drop" } }),
  "a close without a code": { path: "/close" },
  "a normal close": { path: "/close", query: { code: 1000, reason: "done" } },
  "a close of the application": { path: "/close", query: { code: 4001, reason: "bitte später: ⏳" } },
  "a protocol that was not offered": { path: "/protocols", query: { pick: "chat" }, protocols: ["news"] },
  "a connection that is killed": { path: "/echo", act: ["kill"] },
  "a service restart": { path: "/echo", act: ["close", { code: 1012, reason: "deploy" }] },
})) {
  test(`9. never does ${what} look different from the browser's own report`, limit, () =>
    inPage(compareWithNative, { args: dial }),
  );
}
