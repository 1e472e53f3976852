/** What must never happen to retries: rules 8 and 16 of the design page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

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

test("a listener that reconnects whenever a dial fails at once leaves the page its turns", limit, () =>
  inPage(async ({ Socket, url, equal, eventually }) => {
    let dials = 0;
    class Forbidden {
      constructor() {
        dials += 1;
        throw new DOMException("not here", "SecurityError");
      }
    }
    const socket = new Socket(url("/echo"), { WebSocket: Forbidden });
    const again = () => socket.reconnect();
    socket.addEventListener("close", again);
    // By timers, which have their turn between the dials or never.
    await eventually(() => dials >= 3, "three dials");
    socket.removeEventListener("close", again);
    socket.close();
    equal(socket.state, "closed");
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
