/**
 * What Chromium does to a page: frozen, put into the back-forward cache, hidden, held up; all of it real. A machine that
 * sleeps is simulated by a `Date.now` that jumps, since nothing else tells a page that it slept.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";
import { launchUnhinderedChromium } from "./puppeteer.mjs";

const { inPage, withPage, server } = await pageTests({ launch: launchUnhinderedChromium });

const ONE_HOUR = 3_600_000;
const patient = { backoff: { min: ONE_HOUR, base: 1, max: ONE_HOUR } };
const calmHeartbeat = { message: "ping", answer: "ping", interval: ONE_HOUR, timeout: ONE_HOUR };

/** A socket that is open, as `socket`, and what it tells from then on, as `seen`. */
async function openSocket({ Socket, url, roundTrip, journal }, options) {
  window.socket = new Socket(url("/echo"), options);
  await window.socket.opened;
  await roundTrip(window.socket);
  window.seen = journal(window.socket);
}

/** Sends the name of each of these events from inside it, and keeps what became of it in `sent`. */
function sendInside(_kit, types) {
  window.sent = {};
  for (const type of types) {
    const listener = () => (window.sent[type] = window.socket.send(`sent in ${type}`));
    (/page/.test(type) ? window : document).addEventListener(type, listener);
  }
}

/** What the server saw: one more connection, with all that was sent meanwhile, once and in order. */
async function requireReplaced(id, messages) {
  const { received } = await server.control(id, "wait", { received: messages.length + 1, live: 1, within: 60_000 });
  assert.deepEqual(received.slice(1), messages);
}

test("a page that was frozen gives its connection nothing, and replaces it once when it goes on", limit, () =>
  withPage(async ({ page, call, id }) => {
    const devtools = await page.createCDPSession();
    const lifecycle = (state) => devtools.send("Page.setWebLifecycleState", { state });
    await call(openSocket, patient);
    await call(sendInside, ["freeze", "resume"]);
    await lifecycle("frozen");
    await lifecycle("active");
    await requireReplaced(id, ["sent in freeze", "sent in resume"]);
    await call(async ({ control, equal, ok, settle }) => {
      await settle(window.socket, 3);
      equal((await control("stats")).dials.length, 2);
      equal(window.sent, { freeze: "queued", resume: "queued" });
      equal(
        window.seen.of("close").map(({ code, willRetry }) => [code, willRetry]),
        [[1006, true]],
      );
      ok(
        window.seen.of("retry").every(({ delay }) => delay <= 250),
        "not after an hour",
      );
      window.socket.close();
    });
  }),
);

test("a page that comes back from the back-forward cache replaces its connection, once each time", limit, () =>
  withPage(async ({ page, call, id }) => {
    await call(openSocket, patient);
    await call(sendInside, ["pagehide", "freeze", "resume", "pageshow"]);
    const expected = [];
    for (let times = 1; times <= 2; times += 1) {
      await page.goto(`${page.url()}kit.js`);
      await page.goBack();
      expected.push("sent in pagehide", "sent in freeze", "sent in resume", "sent in pageshow");
      await requireReplaced(id, expected);
      await call(async ({ control, equal, roundTrip, eventually }, times) => {
        await eventually(() => window.socket.state === "open", "an open socket");
        equal((await control("stats")).dials.length, times + 1);
        equal(window.sent, { pagehide: "queued", freeze: "queued", resume: "queued", pageshow: "queued" });
        equal(
          window.seen.of("error").map(({ code }) => code),
          Array(times).fill("page-frozen"),
        );
        equal(
          window.seen.of("close").map(({ code, willRetry }) => [code, willRetry]),
          Array(times).fill([1006, true]),
        );
        await roundTrip(window.socket, `round trip ${times}`);
      }, times);
      expected.push(`round trip ${times}`);
    }
    await call(() => window.socket.close());
  }),
);

test("close() in pagehide is final: a page that comes back from the cache does not dial", limit, () =>
  withPage(async ({ page, call }) => {
    await call(openSocket, {});
    await call(() => {
      window.addEventListener("pagehide", () => window.socket.close(4000, "bye"));
    });
    await page.goto(`${page.url()}kit.js`);
    await page.goBack();
    await call(async ({ Socket, control, equal, eventually, settle, url }) => {
      await eventually(() => window.socket.state === "closed", "the end");
      equal(
        window.seen.of("close").map(({ willRetry }) => willRetry),
        [false],
      );
      // So much later that a dial after the wake-up would have shown itself.
      const other = new Socket(url("/echo", { id: "later" }));
      await settle(other);
      other.close();
      const { dials, live } = await control("wait", { live: 0 });
      equal([dials.length, live, window.seen.of("retry").length], [1, 0, 0]);
    });
  }),
);

/** Hides a page behind another tab, acts, and shows it again. */
async function whileHidden(page, act) {
  const tab = await page.context().newPage();
  try {
    await tab.bringToFront();
    await page.waitForFunction(() => document.visibilityState === "hidden");
    await act();
    await page.bringToFront();
    await page.waitForFunction(() => document.visibilityState === "visible");
  } finally {
    await tab.close();
  }
}

test("a hidden page receives; when it is seen again its connection is probed, and replaced only if dead", limit, () =>
  withPage(async ({ page, call, id }) => {
    const control = (action, query) => server.control(id, action, { within: 60_000, ...query });
    await call(async ({ Socket, url, journal, fast }, heartbeat) => {
      window.socket = new Socket(url("/echo"), { ...fast, heartbeat });
      await window.socket.opened;
      window.seen = journal(window.socket);
    }, calmHeartbeat);
    await whileHidden(page, async () => {
      await control("send", { text: "while hidden" });
      await call(({ eventually }) => eventually(() => window.seen.messages()[0] === "while hidden", "the message"));
    });
    await control("wait", { received: 1 });
    await call(async ({ equal, eventually }) => {
      await eventually(() => window.socket.latency !== null, "the answer to the probe");
      equal([window.socket.state, window.seen.types()], ["open", ["message"]]);
    });
    await control("mute");
    await whileHidden(page, () => {});
    // Not after the hour that a heartbeat may take.
    await control("wait", { opens: 2 });
    await control("unmute");
    await call(({ equal }) => {
      equal(
        window.seen.of("error").map(({ code }) => code),
        ["heartbeat-timeout"],
      );
      window.socket.close();
    });
  }),
);

test("a page that is seen again dials soon, however long it had still to wait", limit, () =>
  withPage(async ({ page, call }) => {
    await call(openSocket, patient);
    await whileHidden(page, () =>
      call(async ({ control, next, equal }) => {
        const retry = next(window.socket, "retry");
        await control("kill");
        equal((await retry).delay >= 3_600_000, true, "an hour to wait");
      }),
    );
    await call(async ({ equal, roundTrip }) => {
      await window.socket.opened;
      await roundTrip(window.socket);
      equal(window.seen.of("retry")[1].delay <= 250, true, "soon");
      window.socket.close();
    });
  }),
);

/** Keeps the page from doing anything else, as a long task does. */
const HOLD_UP = (millis) => {
  const end = performance.now() + millis;
  while (performance.now() < end);
};

test(
  "a page that is held up blames nobody: neither a heartbeat nor a dial whose deadline passed meanwhile",
  limit,
  () =>
    inPage(
      `async ({ Socket, url, control, equal, journal, fast, eventually, settle }) => {
      const holdUp = ${HOLD_UP};
      const heartbeat = { message: "ping", answer: "ping", interval: 20, timeout: 400 };
      const socket = new Socket(url("/echo"), { ...fast, connectTimeout: 400, heartbeat });
      const seen = journal(socket);
      holdUp(1000);
      await socket.opened;
      for (let times = 0; times < 3; times += 1) {
        const { received } = await control("stats");
        await control("wait", { received: received.length + 2 });
        holdUp(1000);
      }
      await settle(socket, 3);
      equal(seen.of("error"), []);
      equal((await control("stats")).dials.length, 1);
      // The one that is dead all the same is found out.
      await control("mute");
      holdUp(1000);
      await eventually(() => seen.of("error").length > 0, "the dead connection to be given up");
      equal(seen.of("error")[0].code, "heartbeat-timeout");
      socket.close();
    }`,
    ),
);

test("after a jump of the clock, as sleep makes it, the connection is probed and replaced only if dead", limit, () =>
  inPage(
    async ({ Socket, url, control, equal, eventually, journal, next, fast }, heartbeat) => {
      const now = Date.now.bind(Date);
      let jumped = 0;
      Date.now = () => now() + jumped;
      await control("next", { dial: ["/silent", "/heartbeat"] });
      const socket = new Socket(url("/echo"), { ...fast, heartbeat: { ...heartbeat, answer: "pong", interval: 50 } });
      const seen = journal(socket);
      await socket.opened;
      const lost = next(socket, "error");
      jumped += 7_200_000;
      // Its server is silent: without the jump it would have an hour.
      equal((await lost).error.code, "heartbeat-timeout");
      await next(socket, "open");
      for (const jump of [7_200_000, -14_400_000, 86_400_000]) {
        const { received } = await control("stats");
        jumped += jump;
        await control("wait", { received: received.length + 3 });
      }
      await eventually(
        () => socket.latency < 60_000,
        () => `a latency without a jump in it, not ${socket.latency}`,
      );
      equal([(await control("stats")).dials.length, seen.of("error").length, socket.state], [2, 1, "open"]);
      socket.close();
    },
    { args: calmHeartbeat },
  ),
);
