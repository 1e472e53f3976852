/** Ask and answer, subscriptions, streams: what stands on the plain exchange of messages. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("a request resolves with its answer, and no listener hears it", limit, () =>
  inPage(async ({ Socket, SocketError, url, equal, ok, rejection, journal }) => {
    const socket = new Socket(url("/answer"), { codec: "json" });
    const seen = journal(socket);
    const early = socket.request("asked before there is a connection");
    equal(await early, "asked before there is a connection");
    equal(await Promise.all([1, [2], { three: 3 }].map((message) => socket.request(message))), [1, [2], { three: 3 }]);
    const error = await rejection(socket.request("fail"));
    ok(error instanceof SocketError, "a SocketError");
    equal([error.code, error.cause], ["request-failed", { why: "on purpose" }]);
    socket.send({ id: 1, text: "has a number of its own, and is no answer" });
    await socket.request("last");
    equal(
      seen.messages().map(({ text }) => text),
      ["has a number of its own, and is no answer"],
    );
    socket.close();
  }),
);

test("the number of a request stands where the user says", limit, () =>
  inPage(async ({ Socket, url, control, equal, rejection }) => {
    for (const [name, correlation] of Object.entries({
      one: "id",
      nested: "meta.request.id",
      two: { outgoing: "headers.id", incoming: "headers.id" },
    })) {
      const own = { id: `place-${name}-${Math.random()}` };
      const socket = new Socket(url("/answer", own), { codec: "json", correlation });
      const message = Object.freeze({ text: "hi", headers: { lang: "en" } });
      const answer = await socket.request(message);
      equal([answer.text, answer.headers.lang], ["hi", "en"]);
      equal(message, { text: "hi", headers: { lang: "en" } }, "the message of the caller");
      const { received } = await control("stats", own);
      equal(received.length, 1);
      const error = await rejection(socket.request("text"));
      equal(error.message, "argument `message`: takes an object, to hold its number, got a string");
      socket.close();
    }
  }),
);

test("a request without an answer rejects, for a reason that has a code", limit, () =>
  inPage(async ({ Socket, url, control, equal, ok, next, rejection, fast }) => {
    const socket = new Socket(url("/answer"), { ...fast, codec: "json", queue: { maxMessages: 1 } });
    await socket.opened;
    equal((await rejection(socket.request("silence", { timeout: 5 }))).code, "request-timeout");
    const lost = rejection(socket.request("silence"));
    await control("kill");
    equal((await lost).code, "request-lost");
    await socket.opened;

    const controller = new AbortController();
    const aborted = rejection(socket.request("silence", { signal: controller.signal }));
    controller.abort("not wanted");
    equal(await aborted, "not wanted");
    equal(await rejection(socket.request("never sent", { signal: AbortSignal.abort("before") })), "before");

    await control("next", { dial: "/hang" });
    const gone = next(socket, "close");
    socket.reconnect();
    await gone;
    const waits = rejection(socket.request("waits", { key: "k" }));
    equal((await rejection(socket.request("too many"))).code, "queue-full");
    socket.send("newer", { key: "k" });
    const dropped = await waits;
    equal([dropped.code, dropped.message], ["request-dropped", "the request was not sent: replaced"]);
    const closed = next(socket, "close", ({ willRetry }) => !willRetry);
    socket.close();
    await closed;
    equal((await rejection(socket.request("closed"))).code, "closed");
    for (const options of [{ timeout: -1 }, { timeout: "1" }, { repeat: 1 }, { signal: {} }, { retry: true }]) {
      const error = await rejection(socket.request("wrong", options));
      ok(error instanceof TypeError && error.code === "invalid-option", `${JSON.stringify(options)}: ${error}`);
    }
  }),
);

test("a request that may be repeated survives its connection, and numbers never clash", limit, () =>
  inPage(async ({ Socket, url, control, equal, fast, eventually }) => {
    await control("mute");
    const socket = new Socket(url("/answer"), { ...fast, codec: "json" });
    await socket.opened;
    const answers = Promise.all(["a", "b"].map((message) => socket.request(message, { repeat: true })));
    await eventually(async () => (await control("stats")).received.length === 2, "both to be asked");
    await control("unmute");
    await control("kill");
    equal(await answers, ["a", "b"]);
    await socket.request("c");
    const { received } = await control("stats");
    const asked = received.map((text) => JSON.parse(text));
    equal(
      asked.map(({ request }) => request),
      ["a", "b", "a", "b", "c"],
    );
    equal(new Set(asked.map(({ id }) => id)).size, 3);
    socket.close();
  }),
);

test("a subscription comes first on every connection, and ends with its loop", limit, () =>
  inPage(async ({ Socket, url, control, equal, fast, next, journal }) => {
    const socket = new Socket(url("/answer"), { ...fast, codec: "json" });
    const seen = journal(socket);
    socket.send("queued before");
    const got = [];
    let kills = 0;
    for await (const message of socket.subscribe(2)) {
      got.push(message);
      if (message !== 1) continue;
      if (kills === 2) break;
      kills += 1;
      const lost = next(socket, "close");
      await control("kill");
      await lost;
      socket.send(`queued ${kills}`);
    }
    equal(got, [0, 1, 0, 1, 0, 1]);
    await socket.request("done");
    const { dials } = await control("stats");
    const first = dials[0].received.map((text) => JSON.parse(text));
    equal(first, [{ id: 1, subscribe: 2 }, "queued before"]);
    equal(
      dials.slice(1).map(({ received }) => JSON.parse(received[0]).subscribe),
      [2, 2],
      "the first message of each connection",
    );
    equal(JSON.parse(dials[2].received[2]), { id: 1, unsubscribe: true });
    equal(seen.messages(), ["queued before", "queued 1", "queued 2"], "what listeners hear");
    const reopened = next(socket, "open");
    socket.reconnect();
    await reopened;
    await socket.request("and after");
    equal((await control("stats")).dials[3].received.length, 1, "it is forgotten");
    socket.close();
  }),
);

test("a subscription can pick its messages itself, and ends with the socket", limit, () =>
  inPage(async ({ Socket, url, control, equal, thrown, next }) => {
    const socket = new Socket(url("/answer"), { codec: "json" });
    const news = socket.subscribe(
      { topic: "news" },
      { match: ({ topic }) => topic === "news", unsubscribe: { topic: "none" } },
    );
    socket.send({ topic: "sport" });
    equal((await news.next()).value, { topic: "news" });
    await news.return();
    await socket.request("done");
    const { received } = await control("stats");
    equal(JSON.parse(received[2]), { topic: "none" });
    const open = socket.subscribe(0);
    const waits = open.next();
    const closed = next(socket, "close");
    socket.close();
    equal(await waits, { done: true, value: undefined });
    await closed;
    equal(thrown(() => socket.subscribe(1)).code, "closed");
  }),
);

test("send takes a signal: what is queued is taken back, what is sent is sent", limit, () =>
  inPage(async ({ Socket, url, control, equal, thrown, next, journal, roundTrip }) => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const [add, remove] = [signal.addEventListener, signal.removeEventListener];
    signal.addEventListener = (...call) => ((listeners += 1), add.apply(signal, call));
    signal.removeEventListener = (...call) => ((listeners -= 1), remove.apply(signal, call));
    const socket = new Socket(url("/echo"), { autoOpen: false });
    const seen = journal(socket);
    equal(socket.send("taken back", { signal }), "queued");
    equal(socket.send("replaced", { signal, key: "k" }), "queued");
    equal(listeners, 2);
    equal(socket.send("stays", { key: "k" }), "queued");
    equal(listeners, 1, "listeners once one is replaced");
    await next(socket, "drop");
    controller.abort(new Error("on purpose"));
    await next(socket, "drop");
    equal(listeners, 0, "listeners at the end");
    equal(
      seen.of("drop").map(({ message, reason }) => [message, reason]),
      [
        ["replaced", "replaced"],
        ["taken back", "aborted"],
      ],
    );
    equal(thrown(() => socket.send("too late", { signal })).message, "on purpose");
    socket.open();
    const later = new AbortController();
    await socket.opened;
    equal(socket.send("sent", { signal: later.signal }), "sent");
    later.abort();
    await roundTrip(socket);
    equal((await control("stats")).received.slice(0, 2), ["stays", "sent"]);
    socket.close();
  }),
);

test("streams: what is written arrives in order, ready follows the queue, closing waits until all is sent", limit, () =>
  inPage(async ({ Socket, url, control, equal, next }) => {
    const socket = new Socket(url("/echo"), { highWaterMark: 10, autoOpen: false });
    equal(socket.readable === socket.readable && socket.writable === socket.writable, true);
    const reader = socket.readable.getReader();
    const writer = socket.writable.getWriter();
    const first = writer.write("0123456789");
    let ready = false;
    writer.ready.then(() => (ready = true));
    await Promise.resolve();
    equal([ready, writer.desiredSize, socket.queue.count], [false, 0, 1]);
    socket.open();
    await first;
    await writer.ready;
    const written = Array.from({ length: 50 }, (_, n) => `message ${n}`);
    for (const message of written) {
      await writer.ready;
      writer.write(message);
    }
    const read = [];
    while (read.length < 51) read.push((await reader.read()).value);
    equal(read, ["0123456789", ...written]);
    const closed = next(socket, "close");
    await writer.close();
    equal((await reader.read()).done, true);
    await closed;
    equal((await control("stats")).received.length, 51);
  }),
);

test("streams end with the socket, whoever closes it", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, rejection }) => {
    for (const end of [(socket) => socket.close(), () => control("close", { code: 1008 })]) {
      const socket = new Socket(url("/silent"));
      const reader = socket.readable.getReader();
      const { writable } = socket;
      const writer = writable.getWriter();
      await socket.opened;
      const message = next(socket, "message");
      await control("send", { text: "read later" });
      await message;
      const last = next(socket, "close");
      await end(socket);
      equal((await last).willRetry, false);
      equal((await rejection(writer.closed)).code, "closed");
      equal((await reader.read()).value, "read later");
      await reader.closed;
      socket.open();
      await socket.opened;
      const again = next(socket, "message");
      const read = socket.readable.getReader().read();
      await control("send", { text: "of the next" });
      await again;
      equal((await read).value, "of the next");
      equal(socket.writable === writable, false, "one that can be written to again");
      await socket.writable.getWriter().write("again");
      const closed = next(socket, "close");
      socket.close();
      await closed;
    }
  }),
);

test("the stream of messages is the same until it is over", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, rejection }) => {
    const socket = new Socket(url("/silent"), { inbox: { maxMessages: 1, overflow: "throw" } });
    const first = socket.readable;
    await socket.opened;
    const send = async (text) => {
      const came = next(socket, "message");
      await control("send", { text });
      await came;
    };
    await send("1");
    for await (const message of socket.readable) {
      equal([message, socket.readable === first], ["1", true]);
      break;
    }
    const left = socket.readable;
    equal(left === first, false, "the loop was left");
    // So that a read is under way.
    await new Promise((over) => setTimeout(over));
    void left.cancel();
    const second = socket.readable;
    equal(second === left, false, "it was cancelled");
    for (const text of ["2", "3", "4"]) await send(text);
    equal(socket.readable === second, true, "it waits to be read");
    const reader = second.getReader();
    equal((await reader.read()).value, "2");
    equal((await reader.read()).value, "3");
    equal((await rejection(reader.read())).code, "inbox-full");
    equal(socket.readable === second, false, "it failed");
    const third = socket.readable;
    await send("5");
    socket.close();
    await next(socket, "close");
    equal(socket.readable === third, true, "it has something to read");
    const last = socket.readable.getReader();
    equal((await last.read()).value, "5");
    equal((await last.read()).done, true);
  }),
);

test("flushed resolves when everything is sent, and rejects when the socket is closed before", limit, () =>
  inPage(async ({ Socket, url, equal, rejection, roundTrip }) => {
    const socket = new Socket(url("/echo"), { autoOpen: false });
    await socket.flushed();
    socket.send("queued");
    const flushed = socket.flushed();
    socket.open();
    await flushed;
    equal([socket.queue.count, socket.bufferedAmount], [0, 0]);
    socket.send(new Uint8Array(4 << 20));
    await socket.flushed();
    equal(socket.bufferedAmount, 0);
    await roundTrip(socket);
    const waiting = new Socket(url("/hang"));
    waiting.send("never");
    const never = rejection(waiting.flushed());
    waiting.close();
    equal((await never).code, "closed");
    socket.close();
  }),
);

test("what is not read in time is bounded, by the policy that the option names", limit, () =>
  inPage(async ({ Socket, url, equal, eventually, journal, rejection }) => {
    const run = async (overflow) => {
      const socket = new Socket(url("/push", { count: 10 }), { inbox: { maxMessages: 3, overflow } });
      const seen = journal(socket);
      const loop = socket[Symbol.asyncIterator]();
      await eventually(() => seen.messages().length === 10, "ten messages");
      const read = [];
      for (let n = 0; n < 3; n += 1) read.push((await loop.next()).value);
      const end = overflow === "throw" ? (await rejection(loop.next())).code : "open";
      socket.close();
      equal((await loop.next()).done, true);
      return [...read, end, seen.of("error").map(({ code }) => code)];
    };
    equal(await run("drop-oldest"), ["7", "8", "9", "open", ["inbox-full"]]);
    equal(await run(undefined), ["7", "8", "9", "open", ["inbox-full"]]);
    equal(await run("drop-newest"), ["0", "1", "2", "open", ["inbox-full"]]);
    equal(await run("throw"), ["0", "1", "2", "inbox-full", []]);
  }),
);

test("on hears one kind of messages, by the property that the option names", limit, () =>
  inPage(async ({ Socket, url, equal }) => {
    for (const tag of [undefined, "kind"]) {
      const name = tag ?? "type";
      const socket = new Socket(url("/answer"), { codec: "json", ...(tag && { tag }) });
      const heard = [];
      const stop = socket.on("chat", function (message) {
        heard.push([message.n, this === socket]);
      });
      socket.on("chat", ({ n }) => heard.push(`once ${n}`), { once: true });
      const controller = new AbortController();
      socket.on("tick", () => controller.abort() ?? heard.push("tick"), { signal: controller.signal });
      for (const [kind, n] of [["tick"], ["chat", 1], ["tick"], ["chat", 2]]) socket.send({ [name]: kind, n });
      await socket.request("done");
      stop();
      socket.send({ [name]: "chat", n: 3 });
      socket.send(null);
      socket.send("chat");
      await socket.request("done");
      equal(heard, ["tick", [1, true], "once 1", [2, true]]);
      socket.close();
    }
  }),
);

test("a subscription that the native socket refuses ends and says so", limit, () =>
  inPage(async ({ Socket, url, equal, rejection, journal }) => {
    class Picky extends WebSocket {
      send(data) {
        if (data.includes("poison")) throw new Error("not that");
        super.send(data);
      }
    }
    const socket = new Socket(url("/answer"), { codec: "json", WebSocket: Picky });
    const seen = journal(socket);
    const early = socket.subscribe("poison before there is a connection");
    for (const items of [early, socket.subscribe("poison"), socket.subscribe({ poison: 1 }, { match: () => true })]) {
      const error = await rejection(items.next());
      equal([error.code, error.message], ["request-dropped", "the request was not sent: refused"]);
      equal(await items.next(), { done: true, value: undefined });
    }
    equal(
      seen.of("drop").map(({ reason }) => reason),
      ["refused", "refused", "refused"],
    );
    equal((await socket.subscribe(1).next()).value, 0);
    equal(socket.state, "open");
    socket.close();
  }),
);

test("what begins after close() and reconnect() in one go does not end with what was before", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, fast }) => {
    for (const options of [{}, { match: (message) => message?.topic === "news" }]) {
      const own = { id: `late-${Object.keys(options)}-${Math.random()}` };
      await control("next", { ...own, dial: "/refuse" });
      const socket = new Socket(url("/answer", own), {
        ...fast,
        codec: "json",
        backoff: { min: 1e6, base: 1e6, max: 1e6 },
      });
      await next(socket, "retry");
      const before = socket.subscribe({ topic: "old" }, options);
      socket.close();
      socket.reconnect();
      const after = socket.subscribe(options.match ? { topic: "news" } : 1, options);
      const loop = socket[Symbol.asyncIterator]();
      equal(await before.next(), { done: true, value: undefined });
      equal((await after.next()).value, options.match ? { topic: "news" } : 0);
      socket.send("for the loop");
      equal((await loop.next()).value, options.match ? { topic: "news" } : "for the loop");
      const { received } = await control("stats", own);
      equal(received.length >= 1 && !received[0].includes("old"), true, "the old one is forgotten");
      socket.close();
    }
  }),
);
