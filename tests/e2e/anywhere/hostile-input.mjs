/** What careless callers and hostile servers put in: URLs, frames of every kind, sizes, JSON, floods. */

export function hostileInput({ test, inPage }) {
  test("a URL is taken, resolved or refused as the native constructor does it", () =>
    inPage(({ Socket, port, equal }) => {
      const host = `127.0.0.1:${port}`;
      const urls = [
        `WS://${host}/upper`,
        `  ws://${host}/padded \n`,
        `ws://${host}/a b?ü#`,
        `ws://${host}/a b?ü`,
        `ws://${host}/#`,
        `ws://${host}/?q#part`,
        `http://${host}/http`,
        `//${host}/no-scheme`,
        "/path",
        "?query",
        "#",
        `ws://user:secret@${host}/`,
        `ws:${host}/no-slashes`,
        `ws:\\\\${host}\\back`,
        "ws://",
        "ws://[::1",
        "ws://127.0.0.1:65536/",
        "ws://127.0.0.1:-1/",
        "ws://%00/",
        "ws://a b/",
        "javascript:1",
        "data:,",
        "about:blank",
        "file:///etc/passwd",
        "blob:null/1",
        "ftp://127.0.0.1/",
        "wss",
      ];
      const attempt = (dial) => {
        try {
          return { dialled: dial() };
        } catch (error) {
          return { error };
        }
      };
      for (const url of urls) {
        const native = attempt(() => new WebSocket(url));
        const ours = attempt(() => new Socket(url));
        equal(
          [native.error?.name, ours.error?.code],
          native.error ? ["SyntaxError", "invalid-option"] : [undefined, undefined],
          url,
        );
        equal(ours.dialled?.url, native.dialled?.url, url);
        ours.dialled?.close();
        native.dialled?.close();
      }
    }));

  test("a code or reason of close() of a wrong type throws, and a reason is never lost for want of a code", () =>
    inPage(async ({ Socket, url, equal, thrown, roundTrip }) => {
      const socket = new Socket(url("/echo"));
      await socket.opened;
      const wrong = [
        [null],
        ["4000"],
        [4000.5],
        [4000n],
        [{}],
        [4000, null],
        [4000, 5],
        [4000, ["why"]],
        [4000, "\uD800".repeat(42)],
        [undefined, "why"],
      ];
      for (const [index, call] of wrong.entries()) {
        const error = thrown(() => socket.close(...call), `close() ${index}`);
        equal([error instanceof TypeError, error.code], [true, "invalid-argument"], `close() ${index}`);
      }
      await roundTrip(socket);
      socket.close(4000, "\uD800".repeat(41));
    }));

  test("frames of every kind arrive as they were when they were sent, queued and open alike", () =>
    inPage(async ({ Socket, url, control, equal }) => {
      const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
      const messages = () => [
        "",
        "\uDC00\uD800",
        new ArrayBuffer(0),
        new Blob([]),
        bytes.slice().buffer,
        bytes.slice(),
        new Uint8Array(bytes.slice().buffer, 3, 5),
        new Uint16Array(bytes.slice().buffer, 2, 3),
        new Float64Array(bytes.slice().buffer, 8, 2),
        new BigInt64Array(bytes.slice().buffer, 16),
        new Uint8ClampedArray(bytes.slice().buffer, 31),
        new DataView(bytes.slice().buffer, 30),
        new DataView(bytes.slice().buffer, 32),
        new File(["a file"], "name.txt"),
        new Blob(["ab", bytes.slice(0, 2)]),
      ];
      const spoil = (message) => {
        if (message instanceof ArrayBuffer) new Uint8Array(message).fill(255);
        else if (ArrayBuffer.isView(message)) new Uint8Array(message.buffer).fill(255);
      };
      const hex = async (message) => {
        if (typeof message === "string") return message.toWellFormed();
        const data = new Uint8Array(await new Response(message).arrayBuffer());
        return { hex: [...data].map((byte) => byte.toString(16).padStart(2, "0")).join(""), bytes: data.length };
      };
      const expected = await Promise.all(messages().map(hex));
      const socket = new Socket(url("/record"), { autoOpen: false });
      const send = (message) => {
        socket.send(message);
        spoil(message);
      };
      messages().forEach(send);
      equal(socket.queue, { count: expected.length, bytes: expected.reduce((sum, { bytes = 0 }) => sum + bytes, 6) });
      socket.open();
      await socket.opened;
      messages().forEach(send);
      const { received } = await control("wait", { received: expected.length * 2 });
      equal(received, [...expected, ...expected]);
      socket.close();
    }));

  test("what only looks like a frame is refused, idle and open alike", () =>
    inPage(async ({ Socket, url, control, equal, thrown }) => {
      const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
      const socket = new Socket(url("/record"), { autoOpen: false });
      const resizable = new ArrayBuffer(4, { maxByteLength: 8 });
      const refused = [
        new String("an object"),
        shared,
        // The native socket takes neither of these: their bytes may change, or go, under its hands.
        new Uint8Array(shared, 0, 4),
        resizable,
        new Uint8Array(resizable),
        new URLSearchParams("a=1"),
        new FormData(),
        new ReadableStream(),
        { byteLength: 4, buffer: new ArrayBuffer(4), byteOffset: 0 },
      ];
      const refuse = (state) => {
        for (const [index, message] of refused.entries()) {
          const error = thrown(() => socket.send(message), `${state}: ${index}`);
          equal([error instanceof TypeError, error.code], [true, "invalid-argument"], `${state}: ${index}: ${error}`);
        }
      };
      refuse("idle");
      equal(socket.queue.count, 0);
      socket.open();
      await socket.opened;
      refuse("open");
      socket.send("only this");
      equal((await control("wait", { received: 1 })).received, ["only this"]);
      socket.close();
    }));

  test("blobs, buffers and strings keep their order, in the queue, above the high-water mark and after a loss", () =>
    inPage(async ({ Socket, url, control, equal, fast }) => {
      await control("next", { dial: "/refuse" });
      const socket = new Socket(url("/record"), { ...fast, autoOpen: false, highWaterMark: 64 * 1024 });
      const filling = new Uint8Array(40_000).fill(0x2e);
      const kinds = [
        (text) => text,
        (text) => new Blob([text]),
        (text) => new TextEncoder().encode(text),
        (text) => new Blob([text, filling, filling]),
        (text) => new Blob([new Blob([text]), new Blob([filling])]).slice(0, 30_000),
      ];
      const count = 100;
      const name = (n) => `message ${String(n).padStart(3, "0")}`;
      for (let n = 0; n < count; n += 1) {
        if (n === 40) socket.open();
        if (n === 70) await socket.opened;
        socket.send(kinds[(n * 7) % kinds.length](name(n)));
      }
      const { received } = await control("wait", { received: count });
      const text = (hex) => hex.match(/../g).map((byte) => String.fromCharCode(parseInt(byte, 16)));
      equal(
        received.map((message) => (message.hex ? text(message.hex).join("").slice(0, 11) : message)),
        Array.from({ length: count }, (_, n) => name(n)),
      );
      socket.close();
    }));

  test("messages of 0 bytes come through with every codec", () =>
    inPage(async ({ Socket, id, url, control, equal, next }) => {
      const empty = { text: "", binary: new ArrayBuffer(0), undefined: new Blob([]) };
      for (const [codec, message] of Object.entries(empty)) {
        const own = { id: `${id}-${codec}` };
        const socket = new Socket(url("/echo", own), codec === "undefined" ? {} : { codec });
        socket.send(message);
        const { data } = await next(socket, "message");
        equal([data.constructor, data.length ?? data.size ?? data.byteLength], [message.constructor, 0], codec);
        socket.close();
      }
      const json = new Socket(url("/silent"), { codec: "json" });
      await json.opened;
      const error = next(json, "error");
      await control("send", { text: "" });
      equal((await error).error.code, "decode-failed");
      json.close();
    }));

  test("64 MiB is the largest message by default, to the byte; a larger one harms neither page nor connection", () =>
    inPage(async ({ Socket, url, control, equal, ok, next }) => {
      const most = 64 * 1024 * 1024;
      const whole = new Socket(url("/push", { size: most }));
      equal((await next(whole, "message")).data.length, most);
      whole.close();
      let decoded = 0;
      const codec = { encode: (message) => message, decode: (frame) => ((decoded += 1), frame) };
      const socket = new Socket(url("/push", { size: most + 1 }), { codec });
      const { error } = await next(socket, "error");
      equal([error.code, decoded, socket.state], ["message-too-large", 0, "open"]);
      const small = next(socket, "message");
      await control("send", { text: "small" });
      equal([(await small).data, decoded], ["small", 1]);
      socket.close();
      const sender = new Socket(url("/record"), { autoOpen: false });
      let refusal;
      try {
        sender.send("x".repeat(most));
      } catch (thrown) {
        refusal = thrown;
      }
      equal([refusal?.code, sender.queue.count], ["queue-full", 0], "too large for the queue");
      sender.open();
      await sender.opened;
      ok(["sent", "queued"].includes(sender.send("x".repeat(most))), "an open connection takes it");
      const { received } = await control("wait", { received: 1 });
      equal(received[0].bytes, most);
      sender.close();
    }));

  test("a message above maxMessageBytes is looked at by nobody", () =>
    inPage(async ({ Socket, url, control, equal, journal, next }) => {
      const parse = JSON.parse;
      const parsed = [];
      const own = "a text of the user's own: ";
      JSON.parse = (text, ...more) => {
        if (text.includes?.(own)) parsed.push(text.length);
        return parse(text, ...more);
      };
      try {
        const socket = new Socket(url("/silent"), { codec: "json", maxMessageBytes: own.length + 3 });
        await socket.opened;
        const seen = journal(socket);
        const last = next(socket, "message");
        for (const rest of ["€€", "aaaa", "€"])
          await control("send", { text: JSON.stringify(own + rest).slice(0, -1) });
        await control("send", { text: `"${own}"` });
        await last;
        equal(
          seen.of("error").map(({ code }) => code),
          ["message-too-large", "message-too-large", "message-too-large"],
        );
        equal(parsed, [own.length + 2]);
        socket.close();
      } finally {
        JSON.parse = parse;
      }
    }));

  test("JSON: what is no JSON is an error of its own, and no key reaches a prototype", () =>
    inPage(async ({ Socket, url, control, equal, ok, journal, next, eventually }) => {
      const before = Object.getOwnPropertyNames(Object.prototype).join();
      const socket = new Socket(url("/silent"), { codec: "json" });
      await socket.opened;
      const seen = journal(socket);
      const invalid = [
        "",
        " ",
        "{",
        "[1,]",
        "{'a':1}",
        "undefined",
        "NaN",
        "\uFEFF{}",
        '"\u0001"',
        "01",
        "1 2",
        "nul",
        "{}}",
      ];
      for (const text of invalid) await control("send", { text });
      const hostile = {
        '{"__proto__":{"polluted":1}}': (data) => Object.hasOwn(data, "__proto__") && data.polluted === undefined,
        '{"constructor":{"prototype":{"polluted":1}}}': (data) => data.constructor.prototype.polluted === 1,
        '{"toString":1,"valueOf":2,"then":3,"toJSON":4}': (data) => data.toString === 1 && data.then === 3,
        '[{"__proto__":null}]': ([data]) => Object.getPrototypeOf(data) === Object.prototype,
        '{"type":"close","code":1000,"data":"x"}': (data) => data.type === "close",
        "1e999": (data) => data === Infinity,
        '"\\ud800"': (data) => data === "\uD800",
      };
      for (const [text, like] of Object.entries(hostile)) {
        const message = next(socket, "message");
        await control("send", { text });
        ok(like((await message).data), text);
      }
      await eventually(() => seen.of("error").length === invalid.length, "an error for each");
      equal([...new Set(seen.of("error").map(({ code }) => code))], ["decode-failed"]);
      equal(Object.getOwnPropertyNames(Object.prototype).join(), before, "Object.prototype");
      equal([{}.polluted, socket.state], [undefined, "open"]);
      socket.close();
    }));

  test("JSON: a value too deep to encode fails alone, and binary frames are no JSON", () =>
    inPage(async ({ Socket, url, control, equal, next, roundTrip }) => {
      let deep = [];
      for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
      await control("next", { dial: "/push?binary=1&size=2" });
      const socket = new Socket(url("/echo"), { codec: "json" });
      equal((await next(socket, "error")).error.code, "decode-failed");
      socket.reconnect();
      for (const state of ["connecting", "open"]) {
        if (state === "open") await socket.opened;
        try {
          socket.send(deep);
        } catch (error) {
          equal(error.code, "encode-failed", state);
        }
      }
      await roundTrip(socket);
      socket.close();
    }));

  test("a flood of 100,000 messages arrives whole and in order, decoded, iterated, with a heartbeat between", () =>
    inPage(async ({ Socket, url, equal }) => {
      const count = 100_000;
      const heartbeat = { message: "ping", interval: 10, timeout: 60_000 };
      const codec = { encode: (message) => message, decode: Number };
      const socket = new Socket(url("/push", { count }), { codec, heartbeat });
      let heard = 0;
      socket.onmessage = () => (heard += 1);
      let expected = 0;
      for await (const message of socket) {
        if (message !== expected) throw new Error(`expected ${expected}, got ${message}`);
        expected += 1;
        if (expected === count) break;
      }
      equal([expected, heard], [count, count]);
      socket.close();
    }));
}
