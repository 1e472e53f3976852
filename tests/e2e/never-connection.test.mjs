/** What must never happen to the connection: rules 1, 2, 3, 7, 8, 9 and 16 of the design page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

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

/** Counts the timers of the page that are set and have neither fired nor been cleared. */
const countTimers = () => {
  const running = new Set();
  const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
  window.setTimeout = (act, delay, ...rest) => {
    const timer = setTimeout(() => {
      running.delete(timer);
      act(...rest);
    }, delay);
    running.add(timer);
    return timer;
  };
  window.clearTimeout = (timer) => {
    running.delete(timer);
    clearTimeout(timer);
  };
  window.setInterval = (...call) => {
    const timer = setInterval(...call);
    running.add(timer);
    return timer;
  };
  window.clearInterval = (timer) => {
    running.delete(timer);
    clearInterval(timer);
  };
  window.timersRunning = () => running.size;
};

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
      equal(window.timersRunning() > 0, true, "the wait has a timer");
      socket.close();
      await closed;
      await turn();
      equal(socket.state, "closed");
      equal(window.timersRunning(), 0, "timers after close()");
      equal((await control("stats")).dials.length, 1);
    },
    { args: patient, before: countTimers },
  ),
);

test("8. never a retry without delay, whatever ended the connection", limit, () =>
  inPage(async ({ Socket, url, equal, next, ok }) => {
    const codes = [1000, 1001, 1011, 1012, 1013, 1014, 3000, 4000, 4999];
    const endings = [
      "/refuse",
      "/refuse?status=401",
      "/reset",
      "/drop",
      "/close",
      ...codes.map((code) => `/close?code=${code}`),
    ];
    const backoff = { min: 1000, base: 1, max: 2000 };
    for (const ending of endings) {
      const [path, query] = ending.split("?");
      const socket = new Socket(url(path, Object.fromEntries(new URLSearchParams(query))), { backoff });
      const { delay, attempt } = await next(socket, "retry");
      ok(delay >= backoff.min, `${ending}: the wait is ${delay}`);
      equal(socket.state, "waiting", ending);
      ok(attempt >= 1, `${ending}: attempt ${attempt}`);
      socket.close();
    }
  }),
);

const paths = {
  "a refused handshake": ["/refuse"],
  "a cut handshake": ["/reset"],
  "an unanswered handshake": ["/hang", { connectTimeout: 100 }],
  "a server that accepts and closes": ["/accept-then-close"],
  "a server that accepts and cuts": ["/drop"],
  "a dead heartbeat": ["/silent", { heartbeat: { message: "ping", interval: 20, timeout: 20 } }],
};

for (const [name, [path, options]] of Object.entries(paths)) {
  test(`8. never is the retry limit ignored by ${name}`, limit, () =>
    inPage(
      async ({ Socket, url, control, equal, ok, journal, fast, eventually, rejection }, { path, options }) => {
        const socket = new Socket(url(path), { ...fast, ...options, maxAttempts: 3 });
        const seen = journal(socket);
        await eventually(() => socket.state === "closed", "the socket to give up");
        await control("wait", { dials: 3 });
        equal((await control("stats")).dials.length, 3, "dials");
        equal(seen.of("retry").length, 2, "retries");
        equal(
          seen.of("close").map((entry) => entry.willRetry),
          [true, true, false],
        );
        equal(seen.of("error").at(-1).code, "gave-up");
        equal((await rejection(socket.opened)).code, "closed");
      },
      { args: { path, options } },
    ),
  );
}

test("8. never is the retry limit ignored by a provider that fails", limit, () =>
  inPage(async ({ Socket, equal, eventually, journal, fast }) => {
    let calls = 0;
    const provider = async () => {
      calls += 1;
      throw new Error("never a token");
    };
    const socket = new Socket(provider, { ...fast, maxAttempts: 3 });
    const seen = journal(socket);
    await eventually(() => socket.state === "closed", "the socket to give up");
    equal(calls, 3, "calls of the provider");
    equal(seen.of("error").at(-1).code, "gave-up");
  }),
);

test("8. never does the retry counter reset on open, only when the connection proved stable", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, journal, fast, eventually }) => {
    const socket = new Socket(url("/accept-then-close"), fast);
    const seen = journal(socket);
    await eventually(() => seen.of("retry").length >= 5, "five retries");
    const attempts = seen
      .of("retry")
      .map((entry) => entry.attempt)
      .slice(0, 5);
    equal(
      attempts,
      attempts.map((_attempt, index) => attempts[0] + index),
      "attempts go on counting",
    );
    socket.close();

    const stable = new Socket(url("/echo", { id: "stable" }), { ...fast, stableAfter: 20 });
    await stable.opened;
    await eventually(() => stable.attempt === 0, "the connection to be called stable");
    stable.close();
  }),
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
  "a server that is gone": { path: "/drop" },
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

/** The longest wait before a dial: min + U(0, min(max, base · 2ⁿ⁻¹)) before dial n. */
const longestWait = ({ min, base, max }, attempt) => min + Math.min(max, base * 2 ** (attempt - 1));

test("16. never does every client of a fleet come back on one fixed curve", limit, async () => {
  const waits = await inPage(async ({ Socket, url, next }) => {
    const firstWait = async () => {
      const socket = new Socket(url("/accept-then-close"));
      const { attempt, delay } = await next(socket, "retry");
      socket.close();
      return { attempt, delay };
    };
    const waits = [];
    // Chromium holds back a page that dials more than a few at once.
    while (waits.length < 30) waits.push(...(await Promise.all(Array.from({ length: 10 }, firstWait))));
    return waits;
  });
  const standard = { min: 100, base: 1000, max: 30_000 };
  for (const { attempt, delay } of waits) {
    assert.ok(delay >= 100 && delay <= longestWait(standard, attempt), `${delay} ms before dial ${attempt}`);
  }
  const delays = waits.map(({ delay }) => delay);
  assert.ok(new Set(delays).size >= 20, `30 first waits differ: ${delays}`);
  assert.ok(Math.max(...delays) - Math.min(...delays) > 400, `30 first waits are spread: ${delays}`);
});

test("16. never is the growth of the waits fixed, in a socket or between pages", limit, async () => {
  const backoff = { min: 2, base: 8, max: 64 };
  const curve = () =>
    inPage(
      async ({ Socket, url, journal, eventually }, options) => {
        const socket = new Socket(url("/accept-then-close"), options);
        const seen = journal(socket);
        await eventually(() => seen.of("retry").length >= 10, "ten retries");
        socket.close();
        return seen.of("retry").slice(0, 10);
      },
      { args: { backoff } },
    );
  const curves = [await curve(), await curve(), await curve()];
  for (const { attempt, delay } of curves.flat()) {
    const longest = longestWait(backoff, attempt);
    assert.ok(delay >= backoff.min && delay <= longest, `${delay} ms before dial ${attempt}`);
  }
  const distinct = new Set(curves.map((waits) => waits.map(({ delay }) => delay).join()));
  assert.equal(distinct.size, curves.length, "a page's randomness is its own");
});
