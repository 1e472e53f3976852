/** How subscriptions and loops end, and what is said to the server then. */
import { pageTests } from "./harness.mjs";

const { test, inPage } = await pageTests();

test("the end of a subscription is said before what is asked for next", () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const socket = new Socket(url("/record"), { codec: "json", highWaterMark: 1 << 16 });
    await socket.opened;
    const room = { match: (message) => message.topic === "news", unsubscribe: { leave: "news" } };
    const first = socket.subscribe({ join: "news" }, room);
    socket.send("x".repeat(4 << 20));
    socket.send("held back");
    equal(socket.queue.count, 1);
    await first.return();
    socket.subscribe({ join: "news" }, room);
    const { received } = await control("wait", { received: 5 });
    const small = received.filter((message) => typeof message === "string");
    equal(small, ['{"join":"news"}', '{"leave":"news"}', '{"join":"news"}', '"held back"']);
    socket.close();
  }));

test("the end of a subscription is said to no connection that does not know of it", () =>
  inPage(async ({ Socket, url, control, equal, eventually, next, fast }) => {
    // So slow that what waits behind the large message is not sent before the connection is gone.
    const slow = url("/slow", { rate: 1 << 20 });
    const socket = new Socket(slow, { ...fast, codec: "json", highWaterMark: 1 << 16 });
    await socket.opened;
    await control("next", { dial: "/record" });
    const first = socket.subscribe("news");
    socket.send("x".repeat(32 << 20));
    socket.send("held back");
    await first.return();
    const again = next(socket, "open");
    await control("kill");
    await again;
    socket.send("the end");
    const { dials } = await eventually(async () => {
      const stats = await control("stats");
      return stats.dials[1].received.includes('"the end"') && stats;
    }, "the last message");
    equal(dials[1].received, ['"held back"', '"the end"']);
    socket.close();
  }));

test("a subscription can be left whatever the queue is like", () =>
  inPage(async ({ Socket, url, control, equal, rejection }) => {
    const options = { codec: "json", highWaterMark: 1 << 16, queue: { maxMessages: 1 } };
    const socket = new Socket(url("/answer"), options);
    await socket.opened;
    for await (const item of socket.subscribe(2)) {
      equal(item, 0);
      socket.send("x".repeat(4 << 20));
      socket.send("held back");
      break;
    }
    equal(socket.queue.count, 1);
    const other = socket.subscribe(0);
    const waiting = other.next();
    equal(await other.return(), { done: true, value: undefined });
    equal(await waiting, { done: true, value: undefined });

    const strict = new Socket(url("/record"), { codec: "json", queue: { maxMessages: 0 } });
    await strict.opened;
    const refused = strict.subscribe("news");
    await control("wait", { live: 2 });
    const end = rejection(refused.next());
    await control("send", { text: '{"id":1,"error":"no"}' });
    equal((await end).code, "request-failed");
    equal(await refused.next(), { done: true, value: undefined });
    socket.close();
    strict.close();
  }));

test("what a subscription will end with is looked at when it is made", () =>
  inPage(async ({ Socket, url, equal, thrown }) => {
    const outgoing = {
      "~standard": {
        version: 1,
        vendor: "by hand",
        validate: (value) => (value === "good" ? { value } : { issues: [{ message: "bad" }] }),
      },
    };
    const socket = new Socket(url("/record"), { codec: "json", outgoing });
    equal(thrown(() => socket.subscribe("good", { unsubscribe: "bad" })).code, "invalid-message");
    const loop = new Socket(url("/record"), { codec: "json" });
    equal(thrown(() => loop.subscribe("good", { unsubscribe: 5n })).code, "encode-failed");
    equal([socket.queue.count, loop.queue.count], [0, 0]);
    socket.close();
    loop.close();
  }));

test("a message that only has a number is no answer", () =>
  inPage(async ({ Socket, url, control, equal, journal }) => {
    const socket = new Socket(url("/record"), { codec: "json" });
    const seen = journal(socket);
    await socket.opened;
    const reply = socket.request("question");
    await control("wait", { received: 1 });
    const chat = { id: 1, type: "chat", text: "hello" };
    await control("send", { text: JSON.stringify(chat) });
    await control("send", { text: '{"id":1,"reply":null,"at":5}' });
    equal(await reply, null);
    equal(seen.messages(), [chat]);

    const nothing = socket.request("question");
    await control("wait", { received: 2 });
    await control("send", { text: '{"id":2}' });
    equal(await nothing, undefined);
    socket.close();
  }));

test("a loop that is left when messages have to go gives none", () =>
  inPage(async ({ Socket, url, equal, next }) => {
    const socket = new Socket(url("/push", { count: 5 }), { inbox: { maxMessages: 2 } });
    const loop = socket[Symbol.asyncIterator]();
    socket.addEventListener("error", () => loop.return());
    await next(socket, "message", ({ data }) => data === "4");
    equal(await loop.next(), { done: true, value: undefined });
    socket.close();
  }));

test("nobody who listens to other closes can keep a loop from its end", () =>
  inPage(async ({ Socket, url, equal }) => {
    const socket = new Socket(url("/echo"));
    socket.addEventListener("close", (event) => event.stopImmediatePropagation());
    await socket.opened;
    const loop = socket[Symbol.asyncIterator]();
    socket.close();
    equal(await loop.next(), { done: true, value: undefined });
  }));
