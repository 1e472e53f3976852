/** Who waits for a socket to be open, for its queue to be sent, or for room in it, and what ends that. */
import { pageTests } from "./harness.mjs";

const { test, inPage } = await pageTests();

test("who waits for what comes after close() and open() in one go is not told of the end before", () =>
  inPage(async ({ Socket, url, equal, rejection, next, fast, control }) => {
    const waiting = new Socket(url("/echo"), { ...fast, autoOpen: false });
    const before = rejection(waiting.opened);
    waiting.close();
    waiting.open();
    await waiting.opened;
    equal([(await before).code, waiting.state], ["closed", "open"]);

    waiting.close();
    await next(waiting, "close");
    waiting.reconnect();
    waiting.send("x");
    await waiting.flushed();
    equal((await control("wait", { received: 1 })).received, ["x"]);
    waiting.close();
  }));

test("opened speaks of the opening that comes next, whoever waits for another", () =>
  inPage(async ({ Socket, url, equal, ok, rejection, next, fast }) => {
    const socket = new Socket(url("/echo"), fast);
    await socket.opened;
    void socket.opened;
    socket.reconnect();
    const { opened } = socket;
    ok(opened === socket.opened, "one promise for one opening");
    await opened;
    equal(socket.state, "open");

    // In the listener that is told of the end, while somebody waits for an opening that will not be.
    const closed = next(socket, "close");
    socket.close();
    await closed;
    socket.open();
    const never = rejection(socket.opened);
    let again;
    socket.addEventListener("close", ({ willRetry }) => {
      if (willRetry || again) return;
      socket.reconnect();
      again = socket.opened.then(() => socket.state);
    });
    socket.close();
    equal((await never).code, "closed");
    equal(await again, "open");

    // In a listener that is told of the opening before.
    let state;
    await new Promise((told) => {
      socket.addEventListener("statechange", (event) => {
        if (event.state !== "open" || state) return;
        state = "asked";
        socket.reconnect();
        socket.opened.then(() => told((state = socket.state)));
      });
      socket.reconnect();
    });
    equal(state, "open");
    socket.close();
  }));

test("flushed waits for what was sent before it, whoever waited for less", () =>
  inPage(async ({ Socket, url, equal }) => {
    const socket = new Socket(url("/record"));
    await socket.opened;
    const first = socket.flushed();
    socket.send(new Uint8Array(32 << 20));
    const unsent = await socket.flushed().then(() => socket.bufferedAmount);
    equal(unsent, 0);
    await first;
    socket.close();
  }));

test("a writer of a queue that holds nothing waits for the connection", () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const socket = new Socket(url("/record"), { queue: { maxMessages: 0 } });
    await socket.opened;
    const writer = socket.writable.getWriter();
    for (const text of ["a", "b"]) await writer.write(text);
    equal((await control("wait", { received: 2 })).received, ["a", "b"]);
    socket.close();
  }));

test("a writer waits for room in a queue that others have filled, and keeps its place where there is some", () =>
  inPage(async ({ Socket, url, control, equal, turn }) => {
    const socket = new Socket(url("/record"), { autoOpen: false, queue: { maxMessages: 4 } });
    const writer = socket.writable.getWriter();
    await writer.write("a");
    const second = writer.write("b");
    socket.send("c");
    await second;
    socket.send("d");
    let written = false;
    const last = writer.write("e").then(() => (written = true));
    await turn();
    equal([written, socket.queue.count], [false, 4]);
    socket.open();
    await last;
    equal((await control("wait", { received: 5 })).received, ["a", "b", "c", "d", "e"]);

    // From the first message on.
    const full = new Socket(url("/record"), { autoOpen: false, queue: { maxMessages: 1 } });
    full.send("f");
    const first = full.writable.getWriter().write("g");
    await turn();
    full.open();
    await first;
    equal((await control("wait", { received: 7 })).received.slice(5), ["f", "g"]);
    socket.close();
    full.close();
  }));

test("a writer that is aborted closes the socket at once, whatever a write or the end waits for", () =>
  inPage(async ({ Socket, url, equal, next, rejection, turn }) => {
    const unconnected = () => new Socket(url("/hang"), { highWaterMark: 1 });
    const writing = unconnected();
    const writer = writing.writable.getWriter();
    const write = rejection(writer.write("a"));
    await turn();
    const closed = next(writing, "close");
    await writer.abort();
    equal([(await write).code, (await closed).willRetry], ["closed", false]);

    const ending = unconnected();
    ending.send("b");
    const last = ending.writable.getWriter();
    const end = rejection(last.close());
    await turn();
    const ended = next(ending, "close");
    await rejection(last.abort());
    equal([(await end).code, (await ended).willRetry], ["closed", false]);
  }));

test("what need not wait is refused by no bound of the queue", () =>
  inPage(async ({ Socket, url, control, equal, thrown, eventually }) => {
    const socket = new Socket(url("/answer"), { codec: "json", queue: { maxMessages: 0 } });
    await socket.opened;
    equal(socket.send("a"), "sent");
    equal(socket.send("b", { priority: 1, key: "b", ttl: 1000 }), "sent");
    equal(await socket.request("c"), "c");
    equal((await control("wait", { received: 3 })).received.length, 3);
    await eventually(() => socket.bufferedAmount === 0, "nothing unsent");

    const large = new Socket(url("/record"), { queue: { maxBytes: 10 } });
    await large.opened;
    equal(large.send("0123456789+", { ttl: 60_000 }), "sent");
    large.reconnect();
    equal(thrown(() => large.send("0123456789+")).code, "queue-full");
    large.close();
    socket.close();
  }));
