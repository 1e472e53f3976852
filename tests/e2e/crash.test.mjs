/** What happens when the engine itself breaks: nothing half-dead is left, and a new socket starts afresh. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("a broken engine closes every connection and tells every socket once", limit, () =>
  inPage(async ({ Socket, url, control, equal, thrown, journal, next, fast, breakable, rejection }) => {
    const breakEngine = breakable();
    const open = [new Socket(url("/echo"), fast), new Socket(url("/echo"), fast)];
    await Promise.all(open.map((socket) => socket.opened));
    const waiting = new Socket(() => Promise.reject(new Error("no token")), { backoff: { min: 60_000, max: 60_000 } });
    await next(waiting, "retry");
    const idle = new Socket(url("/echo"), { autoOpen: false });
    const closed = new Socket(url("/echo"), fast);
    closed.close();
    await next(closed, "close");
    const journals = new Map([...open, waiting, idle, closed].map((socket) => [socket, journal(socket)]));

    const over = Promise.all(open.map((socket) => next(socket, "close")));
    breakEngine();
    equal(thrown(() => open[0].reconnect()).message, "broken engine");
    await over;

    for (const [socket, seen] of journals) {
      const told = socket === idle || socket === closed ? 0 : 1;
      equal(
        seen.of("error").map(({ code }) => code),
        Array(told).fill("crashed"),
        "errors",
      );
      equal(
        seen.of("close").map(({ code, wasClean, willRetry }) => [code, wasClean, willRetry]),
        Array(told).fill([1006, false, false]),
        "closes",
      );
      equal(socket.state, "closed");
      equal([socket.queue.count, socket.bufferedAmount, socket.protocol], [0, 0, ""]);
      for (const call of [() => socket.send("late"), () => socket.open(), () => socket.reconnect()]) {
        equal(thrown(call).code, "crashed");
      }
      equal((await rejection(socket.flushed())).code, "crashed");
      socket.close();
    }
    const { live } = await control("wait", { live: 0 });
    equal(live, 0, "connections at the server");
  }),
);

test("who waits for a socket to open when the engine breaks is told so", limit, () =>
  inPage(async ({ Socket, thrown, equal, next, breakable, rejection }) => {
    const breakEngine = breakable();
    const victim = new Socket(() => new Promise(() => {}));
    const opened = rejection(victim.opened);
    const over = next(victim, "close");
    breakEngine();
    equal(thrown(() => victim.reconnect()).message, "broken engine");
    await over;
    equal((await opened).code, "crashed");
  }),
);

test("who waits for an answer or reads messages when the engine breaks is told so", limit, () =>
  inPage(async ({ Socket, url, thrown, equal, next, fast, breakable, rejection }) => {
    const breakEngine = breakable();
    const victim = new Socket(url("/echo"), { ...fast, codec: "json" });
    await victim.opened;
    const told = [
      victim.request("never answered"),
      victim.flushed(),
      victim[Symbol.asyncIterator]().next(),
      victim.readable.getReader().read(),
      victim.subscribe("numbered").next(),
      victim.subscribe("matched", { match: () => false }).next(),
    ].map(rejection);
    const over = next(victim, "close");
    breakEngine();
    equal(thrown(() => victim.reconnect()).message, "broken engine");
    await over;
    equal(
      (await Promise.all(told)).map(({ code }) => code),
      Array(told.length).fill("crashed"),
    );
  }),
);

test("a new socket after a broken engine starts afresh", limit, () =>
  inPage(async ({ Socket, url, thrown, equal, next, fast, breakable }) => {
    const breakEngine = breakable();
    for (let round = 0; round < 3; round++) {
      const victim = new Socket(url("/echo"), fast);
      await victim.opened;
      const over = next(victim, "close");
      breakEngine();
      equal(thrown(() => victim.reconnect()).message, "broken engine");
      await over;

      const socket = new Socket(url("/echo"), { ...fast, codec: "json" });
      socket.send({ round });
      equal((await next(socket, "message")).data, { round });
      socket.close();
      await next(socket, "close");
    }
  }),
);

test("a listener of the crash can start a new socket", limit, () =>
  inPage(async ({ Socket, url, thrown, equal, next, fast, breakable }) => {
    const breakEngine = breakable();
    const victim = new Socket(url("/echo"), fast);
    await victim.opened;
    const successor = new Promise((resolve) => {
      victim.onclose = () => resolve(new Socket(url("/echo"), fast));
    });
    breakEngine();
    equal(thrown(() => victim.reconnect()).message, "broken engine");
    const socket = await successor;
    socket.send("again");
    equal((await next(socket, "message")).data, "again");
    socket.close();
  }),
);
