/** What goes on the wire and comes back: frames, codecs, sizes. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("without a codec, a message goes and comes as the native socket has it", limit, () =>
  inPage(async ({ Socket, url, equal, next }) => {
    const socket = new Socket(url("/echo"), { binaryType: "arraybuffer" });
    const native = new WebSocket(url("/echo"));
    native.binaryType = "arraybuffer";
    await Promise.all([socket.opened, next(native, "open")]);
    const buffer = new Uint8Array([9, 8, 7, 6, 5]).buffer;
    const messages = [
      "",
      "text",
      "👩‍🚀 € \u0000",
      "\uD800 alone",
      buffer,
      new ArrayBuffer(0),
      new Uint8Array(buffer, 1, 2),
      new DataView(buffer, 3),
      new Uint16Array([1, 2]),
      new Blob(["a ", "blob"]),
      new Uint8Array(300_000).fill(7),
    ];
    const plain = (data) =>
      typeof data === "string" ? data : [...new Uint8Array(data)].slice(0, 50).concat(data.byteLength);
    for (const [index, message] of messages.entries()) {
      const both = [next(socket, "message"), next(native, "message")];
      socket.send(message);
      native.send(message);
      const [ours, theirs] = await Promise.all(both);
      equal(plain(ours.data), plain(theirs.data), `message ${index}`);
    }
    native.close();
    socket.close();
  }),
);

test("what is no frame is refused, idle and open alike", limit, () =>
  inPage(async ({ Socket, url, control, equal, thrown }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const detached = new ArrayBuffer(4);
    structuredClone(detached, { transfer: [detached] });
    const growing = new ArrayBuffer(1, { maxByteLength: 2 });
    const refused = [
      5,
      null,
      undefined,
      {},
      [1],
      true,
      1n,
      Symbol("s"),
      () => {},
      new Date(0),
      new URL("ws://x"),
      detached,
      growing,
      new Uint8Array(growing),
    ];
    const refuse = (state) => {
      for (const [index, message] of refused.entries()) {
        const error = thrown(() => socket.send(message), `${state}: ${typeof message} ${index}`);
        equal([error instanceof TypeError, error.code], [true, "invalid-argument"], `${state}: ${error}`);
      }
    };
    refuse("idle");
    equal(thrown(() => socket.send(detached)).message.endsWith(", got a detached buffer"), true);
    equal(thrown(() => socket.send(growing)).message.endsWith(", got a resizable buffer"), true);
    equal(socket.queue.count, 0);
    socket.open();
    await socket.opened;
    refuse("open");
    socket.send("only this");
    equal((await control("wait", { received: 1 })).received, ["only this"]);
    socket.close();
  }),
);

test("buffers and blobs of another realm are frames too", limit, () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const realm = document.body.appendChild(document.createElement("iframe")).contentWindow;
    const bytes = realm.Uint8Array.from([1, 2, 3]);
    const messages = [bytes.buffer, bytes, new realm.DataView(bytes.buffer, 1), new realm.Blob(["abc"])];
    const socket = new Socket(url("/record"), { autoOpen: false });
    for (const message of messages) socket.send(message);
    socket.open();
    await socket.opened;
    for (const message of messages) socket.send(message);
    const { received } = await control("wait", { received: 8 });
    const once = ["010203", "010203", "0203", "616263"];
    equal(
      received.map((message) => message.hex),
      [...once, ...once],
    );
    socket.close();
  }),
);

test("a codec that makes no frame fails that message alone", limit, () =>
  inPage(async ({ Socket, id, url, control, equal, thrown }) => {
    const nonsense = [5, undefined, null, {}, Promise.resolve("later")];
    const codec = {
      encode: (message) => (typeof message === "number" ? nonsense[message] : message),
      decode: (frame) => frame,
    };
    const socket = new Socket(url("/record"), { codec, autoOpen: false });
    for (const state of ["idle", "open"]) {
      if (state === "open") {
        socket.open();
        await socket.opened;
      }
      for (const index of nonsense.keys()) {
        equal(thrown(() => socket.send(index), `${state} ${index}`).code, "encode-failed", `${state} ${index}`);
      }
      socket.send(state);
    }
    equal((await control("wait", { received: 2 })).received, ["idle", "open"]);
    socket.close();
  }),
);

test("a queued message keeps what it was, whatever happens to its buffer", limit, () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const changed = new Uint8Array([1, 1, 1]);
    const detached = new Uint8Array([2, 2, 2]);
    const view = new DataView(new Uint8Array([0, 3, 3, 0]).buffer, 1, 2);
    for (const message of [changed, detached.buffer, view]) socket.send(message);
    changed.fill(9);
    structuredClone(detached, { transfer: [detached.buffer] });
    view.setUint8(0, 9);
    socket.open();
    const { received } = await control("wait", { received: 3 });
    equal(
      received.map((message) => message.hex),
      ["010101", "020202", "0303"],
    );
    socket.close();
  }),
);

test("blobs keep their place between other messages", limit, () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const socket = new Socket(url("/record"), { autoOpen: false });
    const hex = (text) => [...new TextEncoder().encode(text)].map((byte) => byte.toString(16)).join("");
    for (const message of ["1", new Blob(["2"]), "3", new Uint8Array([0x34]), new Blob(["5"]), "6"])
      socket.send(message);
    socket.open();
    await socket.opened;
    for (const message of [new Blob(["7"]), "8"]) socket.send(message);
    const { received } = await control("wait", { received: 8 });
    equal(
      received.map((message) => message.hex ?? hex(message)),
      "12345678".split("").map(hex),
    );
    socket.close();
  }),
);

test("the codec json gives and takes values", limit, () =>
  inPage(async ({ Socket, url, control, equal, next }) => {
    const socket = new Socket(url("/echo"), { codec: "json" });
    await socket.opened;
    for (const value of [{ a: [1, "€", null, true] }, [], "text", 5, null, { __proto__: null, toString: "own" }]) {
      const echo = next(socket, "message");
      socket.send(value);
      equal((await echo).data, value);
    }
    const polluted = next(socket, "message");
    await control("send", { text: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}' });
    await polluted;
    equal({}.polluted, undefined, "Object.prototype");
    socket.close();
  }),
);

test("what cannot be decoded is an error of that message alone", limit, () =>
  inPage(async ({ Socket, id, url, control, equal, journal, next }) => {
    const throwing = {
      encode: (message) => message,
      decode(frame) {
        if (frame.startsWith("{")) throw new Error("no braces");
        return frame;
      },
    };
    const cases = { json: ["json", '"good"'], custom: [throwing, "good"] };
    for (const [name, [codec, good]] of Object.entries(cases)) {
      const own = { id: `${id}-${name}` };
      const socket = new Socket(url("/silent", own), { codec });
      await socket.opened;
      const seen = journal(socket);
      const last = next(socket, "message");
      for (const text of ["{bad", "{", good]) await control("send", { ...own, text });
      equal((await last).data, "good", name);
      equal(
        seen.of("error").map((entry) => entry.code),
        ["decode-failed", "decode-failed"],
        name,
      );
      equal(seen.messages(), ["good"], name);
      equal(socket.state, "open", name);
      socket.close();
    }
  }),
);

test("JSON nested 100,000 levels deep harms neither the page nor the socket", limit, () =>
  inPage(async ({ Socket, url, control, ok, roundTrip, eventually }) => {
    await control("next", { dial: "/nested?depth=100000" });
    const socket = new Socket(url("/echo"), { codec: "json" });
    let arrived = 0;
    const failed = [];
    socket.addEventListener("message", () => (arrived += 1));
    socket.addEventListener("error", ({ error }) => failed.push(error.code));
    await eventually(() => arrived + failed.length === 1, "the message, or an error");
    ok(arrived === 1 || failed[0] === "decode-failed", failed);
    socket.reconnect();
    await roundTrip(socket);
    socket.close();
  }),
);

test("the codecs text and binary take only theirs", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, next, thrown }) => {
    const text = new Socket(url("/echo"), { codec: "text" });
    await text.opened;
    equal(thrown(() => text.send(new ArrayBuffer(1))).code, "encode-failed");
    equal(thrown(() => text.send(5)).code, "encode-failed");
    let echo = next(text, "message");
    text.send("only text");
    equal((await echo).data, "only text");
    text.close();

    const binary = new Socket(url("/echo", { id: "binary" }), { codec: "binary" });
    await binary.opened;
    const seen = journal(binary);
    equal(thrown(() => binary.send("text")).code, "encode-failed");
    echo = next(binary, "message");
    await control("send", { id: "binary", text: "not binary" });
    binary.send(new Uint8Array([1, 2, 3]));
    equal([...new Uint8Array((await echo).data)], [1, 2, 3]);
    equal(
      seen.of("error").map((entry) => entry.code),
      ["decode-failed"],
    );
    binary.close();
  }),
);

test("a codec of one's own maps messages to frames and back", limit, () =>
  inPage(async ({ Socket, url, control, equal, next }) => {
    const codec = {
      prefix: "v1:",
      encode(message) {
        return this.prefix + message.n;
      },
      decode(frame) {
        return { n: Number(frame.slice(this.prefix.length)) };
      },
    };
    await control("next", { dial: "/refuse" });
    const socket = new Socket(url("/echo"), { codec, backoff: { min: 0, base: 1, max: 1 } });
    const echo = next(socket, "message");
    socket.send({ n: 5 });
    equal((await echo).data, { n: 5 });
    equal((await control("stats")).received, ["v1:5"]);
    socket.close();
  }),
);

test("a message above maxMessageBytes is not delivered, and the next one is", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, next }) => {
    for (const [binaryType, binary] of [
      ["blob", true],
      ["arraybuffer", true],
      ["blob", false],
    ]) {
      const socket = new Socket(url("/silent"), { maxMessageBytes: 9, binaryType });
      await socket.opened;
      const seen = journal(socket);
      const small = next(socket, "message", (event) => event.data === "123456789");
      await control("send", { text: "€€€€" });
      await control("send", { text: "1234567890" });
      await control("send", { text: "123456789" });
      await small;
      equal(
        seen.of("error").map((entry) => entry.code),
        ["message-too-large", "message-too-large"],
      );
      equal(seen.messages(), ["123456789"]);
      socket.close();
    }
  }),
);

test("large messages pass whole", limit, () =>
  inPage(async ({ Socket, url, control, equal, next }) => {
    const socket = new Socket(url("/echo"), { binaryType: "arraybuffer", queue: { maxBytes: 2 ** 28 } });
    await socket.opened;
    const size = 64 * 1024 * 1024;
    const echo = next(socket, "message");
    socket.send(new Uint8Array(size));
    equal((await echo).data.byteLength, size);
    equal(
      (await control("stats")).received.map((message) => message.bytes),
      [size],
    );
    socket.close();
  }),
);

test("a flood arrives whole and in order", limit, () =>
  inPage(async ({ Socket, url, equal, next }) => {
    const count = 20_000;
    const socket = new Socket(url("/push", { count }));
    let expected = 0;
    let misplaced = 0;
    socket.addEventListener("message", (event) => {
      if (event.data !== String(expected)) misplaced += 1;
      expected += 1;
    });
    await next(socket, "message", (event) => event.data === String(count - 1));
    equal([expected, misplaced], [count, 0]);
    socket.close();
  }),
);

test("the heartbeat's answer is not a message", limit, () =>
  inPage(async ({ Socket, url, control, equal, journal, roundTrip }) => {
    const heartbeat = { message: "ping", answer: "ping", interval: 10, timeout: 10_000 };
    const socket = new Socket(url("/echo"), { heartbeat });
    await socket.opened;
    const seen = journal(socket);
    await control("wait", { received: 5 });
    await roundTrip(socket, "real");
    equal(seen.messages(), ["real"]);
    socket.close();
  }),
);
