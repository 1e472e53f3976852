/** What is left behind: after a thousand sockets, after a hundred thousand messages. And the time to the dial, printed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepAccounts } from "../faults/counters.mjs";
import { limit, pageTests } from "./harness.mjs";
import { inspected } from "./inspect.mjs";

const { inPage, withPage } = await pageTests();

/** Counts over the DevTools protocol, after a garbage collection, of what JavaScript itself cannot see. */
const counts = (page) =>
  inspected(page, async ({ instances, listeners }) => ({
    nativeSockets: await instances("WebSocket"),
    sockets: await instances("everwireSocket"),
    listeners: (await listeners("window")) + (await listeners("document")),
  }));

test("a thousand sockets, opened and closed, leave no listener, timer, closure or memory behind", limit, () =>
  withPage(
    async ({ page, call }) => {
      const round = (count) =>
        call(async ({ Socket, url, control, next, turn }, count) => {
          window.everwireSocket = Socket;
          const { dials } = await control("stats");
          const life = async (index) => {
            const socket = new Socket(url("/echo"), { heartbeat: { message: "ping" }, stableAfter: 60_000 });
            socket.addEventListener("message", () => {});
            socket.onclose = () => {};
            await socket.opened;
            socket.send(`message ${index}`);
            if (index % 5 === 0) socket.send(new Uint8Array(10));
            const closed = next(socket, "close");
            if (index % 3 === 0) socket[Symbol.dispose]();
            else socket.close();
            await closed;
          };
          // Chromium holds back a page that dials more at once.
          const batch = 10;
          for (let first = 0; first < count; first += batch) {
            await Promise.all(Array.from({ length: batch }, (_, index) => life(first + index)));
          }
          await control("wait", { live: 0, opens: dials.length + count });
          await turn();
          return window.accounts();
        }, count);
      // The memory of a socket that was dropped is free once the garbage collector has seen it.
      const settled = async (count) => ({ ...(await round(count)), ...(await counts(page)) });
      const first = await settled(100);
      let last;
      for (let sockets = 100; sockets < 1000; sockets += 100) last = await settled(100);
      assert.deepEqual(last, first, "as after the first hundred");
      const { timers, sockets, nativeSockets } = last;
      assert.deepEqual({ timers, sockets, nativeSockets }, { timers: 0, sockets: 0, nativeSockets: 0 });
    },
    { before: keepAccounts },
  ),
);

test("sockets that reconnect again and again leave nothing behind", limit, () =>
  withPage(
    async ({ page, call }) => {
      const story = (times) =>
        call(async ({ Socket, url, next, control, turn, fast }, times) => {
          window.everwireSocket = Socket;
          const socket = new Socket(url("/accept-then-close"), fast);
          for (let n = 0; n < times; n += 1) await next(socket, "close");
          socket.close();
          await control("wait", { live: 0 });
          await turn();
          return window.accounts();
        }, times);
      await story(20);
      const before = await counts(page);
      const first = await story(200);
      const second = await story(200);
      assert.deepEqual(await counts(page), before);
      assert.deepEqual(second, first);
      assert.equal(second.timers, 0);
    },
    { before: keepAccounts },
  ),
);

test("sockets listen to the page together, and the last that is closed ends it", limit, () =>
  withPage(async ({ page, call }) => {
    await call(({ Socket }) => {
      window.everwireSocket = Socket;
    });
    const open = (count) =>
      call(async ({ Socket, url }, count) => {
        const opened = Array.from({ length: count }, () => new Socket(url("/echo")));
        await Promise.all(opened.map((socket) => socket.opened));
        window.held = [...(window.held ?? []), ...opened];
      }, count);
    const close = (at) =>
      call(async ({ next }, at) => {
        const [socket] = window.held.splice(at, 1);
        const closed = next(socket, "close");
        socket.close();
        await closed;
      }, at);
    const listeners = async () => (await counts(page)).listeners;
    const before = await listeners();
    await open(1);
    const one = await listeners();
    assert.ok(one > before);
    await open(3);
    assert.equal(await listeners(), one);
    await close(0);
    await close(2);
    assert.equal(await listeners(), one);
    await call(async ({ equal, next }) => {
      document.dispatchEvent(new Event("freeze"));
      equal(
        window.held.map((socket) => socket.send("as long as the page sleeps")),
        ["queued", "queued"],
      );
      document.dispatchEvent(new Event("resume"));
      await Promise.all(window.held.map((socket) => next(socket, "message")));
    });
    await close(0);
    await close(0);
    assert.equal(await listeners(), before);
  }),
);

test("a socket that another one stops while both are told of the page is not told", limit, () =>
  inPage(async ({ Socket, url, equal, next, eventually }) => {
    const [first, second] = [1, 2].map(() => new Socket(url("/refuse"), { backoff: { min: 60_000, max: 60_000 } }));
    await eventually(() => first.state === "waiting" && second.state === "waiting", "both wait");
    let closed;
    first.onstatechange = ({ state }) => {
      if (state !== "suspended") return;
      closed = next(second, "close");
      second.close();
    };
    window.dispatchEvent(new Event("offline"));
    await closed;
    second.open();
    equal([first.state, second.state], ["suspended", "connecting"]);
    await eventually(() => second.state !== "connecting", "the end of the dial");
    equal(second.state, "waiting");
    first.close();
    second.close();
  }),
);

test("a socket that nobody holds and that is not open is collected", limit, () =>
  withPage(async ({ page, call }) => {
    await call(({ Socket }) => {
      window.everwireSocket = Socket;
    });
    const before = await counts(page);
    await call(async ({ Socket, url }) => {
      window.held = new Socket(url("/echo"));
      await window.held.opened;
      for (let n = 0; n < 50; n += 1) {
        const idle = new Socket(url("/echo"), { autoOpen: false });
        idle.addEventListener("open", () => idle.send("never"));
        const closed = new Socket(url("/echo"), { autoOpen: false });
        closed.close();
      }
    });
    const { sockets, nativeSockets, listeners } = await counts(page);
    assert.deepEqual({ sockets, nativeSockets }, { sockets: 1, nativeSockets: 1 }, "the one that is open and held");
    assert.ok(listeners > before.listeners, "an open socket's listeners on the page are seen by the count");
  }),
);

test("a closed socket keeps nothing of what else it is closed with", limit, () =>
  withPage(async ({ page, call }) => {
    await call(({ Socket, url }) => {
      window.held = new Socket(url("/echo"), { autoOpen: false });
      window.held.close();
    });
    const closeAgain = () =>
      call(() => {
        for (let n = 0; n < 50_000; n += 1) window.held.close(4000, `reason ${n}`.padEnd(100, "."));
      });
    const session = await page.context().newCDPSession(page);
    const used = async () => {
      await session.send("HeapProfiler.collectGarbage");
      return (await session.send("Runtime.getHeapUsage")).usedSize;
    };
    await closeAgain();
    const before = await used();
    await closeAgain();
    const grown = (await used()) - before;
    assert.ok(grown < 1_000_000, `${grown} bytes more`);
  }),
);

test("however a message, a request or a subscription ends, its frame is let go of", limit, () =>
  withPage(async ({ page, call }) => {
    const blobs = () => inspected(page, ({ instances }) => instances("Blob"));
    await call(async ({ Socket, url, next, rejection, fast }) => {
      const codec = {
        encode: (message) => new Blob([JSON.stringify(message)]),
        decode: (frame) => JSON.parse(new TextDecoder().decode(frame)),
      };
      // Held, so that what it holds is held.
      const socket = (window.held = new Socket(url("/echo"), { ...fast, codec, correlation: "id", autoOpen: false }));
      const queued = (options) => socket.send({ queued: true }, options);
      queued({ key: "same" });
      queued({ key: "same" });
      queued({ ttl: 1 });
      const aborted = new AbortController();
      queued({ signal: aborted.signal });
      const requests = [{ timeout: 1 }, { timeout: 1, repeat: true }, { signal: aborted.signal }, { ttl: 1 }];
      const ended = requests.map((options) => rejection(socket.request({ what: "no answer" }, options)));
      aborted.abort();
      await Promise.all(ended);
      const feed = socket.subscribe({ what: "news" });
      const [answered, repeatable] = [false, true].map((repeat) => socket.request({ what: "answer" }, { repeat }));
      window.kept = [feed];
      socket.open();
      await Promise.all([answered, repeatable]);
      socket.reconnect();
      await next(socket, "open");
      await socket.request({ what: "answer" });
    });
    assert.equal(await blobs(), 1, "that of the subscription, which the next connection is told of");
    await call(() => window.kept[0].return());
    assert.equal(await blobs(), 0);
  }),
);

test("100,000 queued small messages go out, and the queue's memory comes back", limit, () =>
  withPage(
    async ({ call }) => {
      const round = () =>
        call(async ({ Socket, url, control, equal, eventually, next }) => {
          const count = 100_000;
          const { received } = await control("stats");
          const socket = new Socket(url("/record"), { autoOpen: false });
          let bytes = 0;
          for (let n = 0; n < count; n += 1) {
            const message = `${n}`;
            bytes += message.length;
            socket.send(message);
          }
          equal([socket.queue, socket.bufferedAmount], [{ count, bytes }, bytes]);
          socket.open();
          const stats = await control("wait", { received: received.length + count });
          equal(
            stats.received.slice(received.length).every((message, n) => message === `${n}`),
            true,
            "in order",
          );
          await eventually(() => socket.bufferedAmount === 0, "an empty queue");
          equal(socket.queue, { count: 0, bytes: 0 });
          const over = next(socket, "close");
          socket.close();
          await over;
          await control("wait", { live: 0 });
          return window.accounts();
        });
      const first = await round();
      const second = await round();
      assert.equal(second.wasmMemory, first.wasmMemory, "wasm memory is used again");
      assert.equal(second.tableSlots, first.tableSlots, "table slots are used again");
      assert.equal(second.timers, 0);
    },
    { before: keepAccounts },
  ),
);

test("from new Socket() to the dial there is no visible delay", limit, async (t) => {
  const { cold, warm } = await inPage(async ({ Socket, url }) => {
    const dialAfter = () => {
      let dialled;
      class Timed extends WebSocket {
        constructor(...call) {
          dialled = performance.now();
          super(...call);
        }
      }
      const start = performance.now();
      const socket = new Socket(url("/echo"), { WebSocket: Timed });
      socket.close();
      return dialled - start;
    };
    const cold = dialAfter();
    const warm = Array.from({ length: 50 }, dialAfter).sort((a, b) => a - b)[25];
    return { cold, warm };
  });
  t.diagnostic(
    `from new Socket() to the dial: ${cold.toFixed(2)} ms for the first, ${warm.toFixed(3)} ms after (median)`,
  );
  assert.ok(Number.isFinite(cold) && Number.isFinite(warm), "the dial happens inside the constructor");
});
