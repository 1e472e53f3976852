/** The life of a socket in a page: the network, policies, late timers, servers that stop, die and come back. */
import assert from "node:assert/strict";
import { serverProcess } from "../server-process.mjs";

const ONE_HOUR = 3_600_000;
const patient = { backoff: { min: ONE_HOUR, base: 1, max: ONE_HOUR } };

/** Keeps the page from doing anything else, as a long task does. */
const HOLD_UP = (millis) => {
  const end = performance.now() + millis;
  while (performance.now() < end);
};

/** `setOffline(page, is)` is how the browser's driver cuts the page off. */
export function life({ test, inPage, withPage, server, setOffline }) {
  test("offline does not kill an open socket", () =>
    withPage(async ({ page, call, id }) => {
      await call(async ({ Socket, url, roundTrip, journal }) => {
        window.socket = new Socket(url("/echo"));
        await window.socket.opened;
        await roundTrip(window.socket);
        window.seen = journal(window.socket);
      });
      await setOffline(page, true);
      try {
        await call(({ eventually }) => eventually(() => navigator.onLine === false, "the browser to say offline"));
        await call(({ equal }) => {
          equal(window.socket.state, "open");
          window.socket.send("sent while offline");
        });
      } finally {
        await setOffline(page, false);
      }
      await server.control(id, "wait", { received: 2, within: 60_000 });
      await call(async ({ control, equal, settle }) => {
        await settle(window.socket, 3);
        const { dials, received } = await control("stats");
        equal([dials.length, received[1]], [1, "sent while offline"]);
        equal(window.seen.types(["message"]), [], "events");
        window.socket.close();
      });
    }));

  test("without a network a lost socket waits suspended, and online brings the next dial forward, with jitter", () =>
    withPage(async ({ page, call, id }) => {
      await call(async ({ Socket, id, url, journal }, options) => {
        // Three clients, to see that they do not come back as one.
        window.sockets = [0, 1, 2].map((n) => new Socket(url("/echo", { id: n === 0 ? id : `${id}-${n}` }), options));
        window.seen = window.sockets.map(journal);
        await Promise.all(window.sockets.map((socket) => socket.opened));
      }, patient);
      await call(async ({ id, control, eventually, equal }) => {
        for (const own of [id, `${id}-1`, `${id}-2`]) await control("kill", { id: own });
        await eventually(() => window.sockets.every(({ state }) => state === "waiting"), "all to wait");
        for (const seen of window.seen) {
          const [retry] = seen.of("retry");
          equal([retry.delay >= 3_600_000, seen.of("retry").length], [true, 1], "an hour to wait");
        }
      });
      await setOffline(page, true);
      try {
        await call(({ eventually }) =>
          eventually(() => window.sockets.every(({ state }) => state === "suspended"), "all to be suspended"),
        );
      } finally {
        await setOffline(page, false);
      }
      await call(async ({ equal, ok, roundTrip }) => {
        await Promise.all(window.sockets.map((socket) => socket.opened));
        for (const socket of window.sockets) await roundTrip(socket);
        const delays = window.seen.map((seen) => seen.of("retry").map(({ delay }) => delay));
        for (const each of delays) equal([each.length, each[1] <= 250], [2, true], `delays ${each}`);
        ok(new Set(delays.map((each) => each[1])).size > 1, `not all at once: ${delays}`);
        for (const socket of window.sockets) socket.close();
      });
      const { dials, maxLive } = await server.control(id, "wait", { live: 0, within: 60_000 });
      assert.deepEqual([dials.length, maxLive], [2, 1]);
    }));

  test("a dial without a network fails as any other, and online is the time for the next", () =>
    withPage(async ({ page, call }) => {
      await call(({ Socket, url, journal }, options) => {
        window.socket = new Socket(url("/echo"), { ...options, autoOpen: false });
        window.seen = journal(window.socket);
        window.socket.send("queued");
      }, patient);
      await setOffline(page, true);
      try {
        await call(async ({ eventually, equal }) => {
          window.socket.open();
          await eventually(() => window.seen.of("retry").length > 0, "the dial to fail");
          equal(window.socket.state, "suspended");
          equal(window.seen.types(["statechange"]), ["error", "close", "retry"]);
          equal(window.seen.of("error")[0].code, "connect-failed");
        });
      } finally {
        await setOffline(page, false);
      }
      await call(async ({ control, equal }) => {
        equal((await control("wait", { received: 1 })).received, ["queued"]);
        window.socket.close();
      });
    }));

  test("a URL that the page's policy forbids ends it: one error, one close, no other dial", () =>
    inPage(async ({ Socket, SocketError, id, url, control, equal, ok, next, journal, thrown, rejection, fast }) => {
      const policy = document.createElement("meta");
      policy.httpEquiv = "Content-Security-Policy";
      policy.content = "connect-src http:";
      document.head.append(policy);
      const sockets = {
        "by its URL": [url("/echo"), fast],
        "by its provider": [async () => url("/echo"), { ...fast, shouldRetry: () => true, maxAttempts: 5 }],
      };
      for (const [name, [address, options]] of Object.entries(sockets)) {
        // Firefox's constructor throws, so this is over before open() returns.
        const socket = new Socket(address, { ...options, autoOpen: false });
        const seen = journal(socket);
        const opened = rejection(socket.opened);
        equal(socket.send("never to leave"), "queued");
        socket.open();
        await next(socket, "close");
        equal([socket.state, seen.types(["statechange"])], ["closed", ["drop", "error", "close"]], name);
        equal(seen.of("error"), [{ type: "error", code: "blocked" }]);
        equal(seen.of("close"), [{ type: "close", code: 1006, reason: "", wasClean: false, willRetry: false }]);
        ok((await opened) instanceof SocketError, "opened rejects");
        equal(thrown(() => socket.send("too late")).code, "closed");
        // open() is a new try, of the user's own: blocked again, told again.
        const again = next(socket, "close");
        socket.open();
        await again;
        equal(
          seen.of("error").map((entry) => entry.code),
          ["blocked", "blocked"],
        );
      }
      equal((await control("stats", { id })).dials.length, 0, "dials");
    }));

  test("a page that is held up blames nobody: neither a heartbeat nor a dial whose deadline passed meanwhile", () =>
    inPage(
      `async ({ Socket, url, control, equal, journal, fast, eventually, settle }) => {
      const holdUp = ${HOLD_UP};
      const heartbeat = { message: "ping", answer: "ping", interval: 20, timeout: 1500 };
      const socket = new Socket(url("/echo"), { ...fast, connectTimeout: 1500, heartbeat });
      const seen = journal(socket);
      holdUp(2000);
      await socket.opened;
      for (let times = 0; times < 2; times += 1) {
        const { received } = await control("stats");
        await control("wait", { received: received.length + 2 });
        holdUp(2000);
      }
      await settle(socket, 3);
      equal(seen.of("error"), []);
      equal((await control("stats")).dials.length, 1);
      // The one that is dead all the same is found out.
      await control("mute");
      holdUp(2000);
      await eventually(() => seen.of("error").length > 0, "the dead connection to be given up");
      equal(seen.of("error")[0].code, "heartbeat-timeout");
      socket.close();
    }`,
    ));

  // A machine that slept is simulated by a `Date.now` that jumps: nothing else tells a page of it.
  test("after a jump of the clock, as sleep makes it, the connection is probed and replaced only if dead", () =>
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
      { args: { message: "ping", timeout: ONE_HOUR } },
    ));

  test("a server that is stopped and goes on has lost nothing, and without a heartbeat nobody notices", () =>
    withServer(async (process, inPageOf) => {
      await inPageOf(async ({ Socket, url, roundTrip, journal }) => {
        window.socket = new Socket(url("/echo"));
        await window.socket.opened;
        await roundTrip(window.socket);
        window.seen = journal(window.socket);
      });
      process.stop();
      await inPageOf(({ equal }) => {
        for (const n of [1, 2, 3]) equal(window.socket.send(`sent to a stopped server ${n}`), "sent");
      });
      process.goOn();
      await inPageOf(async ({ control, equal, eventually }) => {
        await eventually(() => window.seen.messages().length === 3, "the echoes");
        equal(window.seen.types(), ["message", "message", "message"]);
        equal((await control("stats")).dials.length, 1);
        window.socket.close();
      });
    }));

  test("a server that is stopped is given up by the heartbeat, and found again when it goes on", () =>
    withServer(async (process, inPageOf) => {
      await inPageOf(async ({ Socket, url, control, journal, fast }) => {
        const heartbeat = { message: "ping", answer: "pong", interval: 50, timeout: 2000 };
        window.socket = new Socket(url("/heartbeat"), { ...fast, heartbeat, connectTimeout: 1000 });
        window.seen = journal(window.socket);
        await control("wait", { received: 2 });
      });
      process.stop();
      await inPageOf(async ({ equal, eventually }) => {
        const codes = () => window.seen.of("error").map(({ code }) => code);
        // The stopped server's kernel takes the connection, and nobody answers the handshake.
        await eventually(() => codes().includes("connect-timeout"), "a handshake that is not answered");
        equal(codes()[0], "heartbeat-timeout");
        equal(window.seen.of("close")[0].code, 1006);
        window.socket.send("sent while the server was stopped");
      });
      process.goOn();
      await inPageOf(async ({ control, equal, eventually }) => {
        await eventually(() => window.socket.state === "open", "the socket to open again");
        const { received, live, maxLive } = await control("wait", { live: 1 });
        await eventually(async () => {
          const messages = (await control("stats")).received.filter((message) => message !== "ping");
          return messages.length > 0 && (equal(messages, ["sent while the server was stopped"]), true);
        }, `the message, not ${received}`);
        equal([live, maxLive >= 1], [1, true]);
        window.socket.close();
      });
    }));

  test("close() to a server that is stopped ends after the close timeout", () =>
    withServer(async (process, inPageOf) => {
      await inPageOf(async ({ Socket, url }) => {
        window.socket = new Socket(url("/echo"), { closeTimeout: 300 });
        await window.socket.opened;
      });
      process.stop();
      await inPageOf(async ({ equal, journal, next }) => {
        const seen = journal(window.socket);
        window.socket.close(4000, "nobody hears");
        const { code, wasClean, willRetry } = await next(window.socket, "close");
        equal([code, wasClean, willRetry, window.socket.state], [1006, false, false, "closed"]);
        equal(seen.types(["statechange"]), ["close"]);
      });
      process.goOn();
      await inPageOf(({ control }) => control("wait", { closes: 1 }));
    }));

  test("a server that is killed and restarted on its port is found again, and the queue arrives once", () =>
    withServer(async (process, inPageOf) => {
      await inPageOf(async ({ Socket, url, roundTrip, journal, fast }) => {
        window.socket = new Socket(url("/echo"), fast);
        await window.socket.opened;
        await roundTrip(window.socket);
        window.seen = journal(window.socket);
      });
      await process.kill();
      await inPageOf(async ({ equal, eventually }) => {
        await eventually(() => window.seen.of("error").length > 1, "a dial that nobody answers");
        for (const n of [1, 2, 3]) equal(window.socket.send(`queued ${n}`), "queued");
      });
      await process.restart();
      await inPageOf(async ({ control, equal, settle }) => {
        await control("wait", { received: 3 });
        await settle(window.socket, 3);
        const { received, maxLive } = await control("stats");
        equal(received.slice(0, 3), ["queued 1", "queued 2", "queued 3"]);
        equal([received.filter((message) => message.startsWith("queued")).length, maxLive], [3, 1]);
        equal(window.seen.of("drop"), []);
        window.socket.close();
      });
    }));

  /** A page beside a server that is a process of its own: it can be stopped and killed. */
  function withServer(act) {
    return withPage(async ({ call }) => {
      const process = await serverProcess();
      try {
        await act(process, (body, args) => call(body, args, process.port));
      } finally {
        await process.kill();
      }
    });
  }
}
