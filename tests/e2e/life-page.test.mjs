/** What Chromium does to a page: frozen, put into the back-forward cache, hidden; all of it real. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";
import { launchUnhinderedChromium } from "./puppeteer.mjs";

const { withPage, server } = await pageTests({ launch: launchUnhinderedChromium });

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
