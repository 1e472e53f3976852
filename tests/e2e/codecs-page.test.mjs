/** Codecs of a socket in a page: how they are named and picked, and what they carry. */
import { pageTests } from "./harness.mjs";

const { test, inPage } = await pageTests();

test("the server picks among several codecs, and what is queued takes that form", () =>
  inPage(async ({ Socket, url, control, equal, thrown, next }) => {
    const shout = {
      protocol: "shout",
      encode: (message) => JSON.stringify(message).toUpperCase(),
      decode: (frame) => JSON.parse(frame.toLowerCase()),
    };
    const socket = new Socket(url("/protocols", { pick: "json" }), { codec: [shout, "json"], protocols: "v1" });
    socket.send({ text: "queued" });
    await socket.opened;
    socket.send({ text: "sent" });
    await socket.flushed();
    await control("wait", { received: 2 });
    const { dials } = await control("stats");
    equal(dials[0].protocols, ["shout", "json", "v1"]);
    equal(dials[0].received, ['{"text":"queued"}', '{"text":"sent"}']);
    await control("next", { dial: "/protocols?pick=shout" });
    const reopened = next(socket, "open");
    socket.reconnect();
    socket.send({ text: "again" });
    await reopened;
    await socket.flushed();
    await control("wait", { received: 3 });
    equal((await control("stats")).dials[1].received, ['{"TEXT":"AGAIN"}']);
    socket.close();
    for (const codec of [[], ["json", { encode() {}, decode() {} }], ["msgpack"]]) {
      equal(thrown(() => new Socket(url("/echo"), { codec })).code, "invalid-option");
    }
    const odd = { protocol: "no token", encode: JSON.stringify, decode: JSON.parse };
    for (const options of [{ codec: [odd] }, { codec: ["json"], protocols: ["v1", "v1"] }]) {
      const { code, message } = thrown(() => new Socket(url("/echo"), options));
      equal([code, message.includes("`protocols`")], ["invalid-option", true]);
    }
  }));

test("a list of one codec is offered too, and nothing twice", () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const options = { codec: ["json"], protocols: ["v1", "json"] };
    const socket = new Socket(url("/protocols", { pick: "json" }), options);
    await socket.opened;
    equal([socket.protocol, (await control("stats")).dials[0].protocols], ["json", ["json", "v1"]]);
    equal(socket.send({ text: "sent" }), "sent");
    socket.close();
  }));

test("a WebSocket of the user's may give its messages in events of its own", () =>
  inPage(async ({ Socket, url, equal, journal }) => {
    let native;
    class Given extends WebSocket {
      constructor(...call) {
        super(...call);
        native = this;
      }
    }
    const socket = new Socket(url("/protocols", { pick: "json" }), { codec: ["json", "text"], WebSocket: Given });
    const seen = journal(socket);
    await socket.opened;
    native.onmessage(new MessageEvent("message", { data: '{"text":"given"}' }));
    equal([seen.messages(), seen.of("error")], [[{ text: "given" }], []]);
    socket.close();
  }));

test("a codec that sends while it encodes is known as the one that wrote the message", () =>
  inPage(async ({ Socket, url, control, equal }) => {
    const nesting = {
      protocol: "nesting",
      encode(message) {
        if (message.outer) socket.send({ inner: true });
        return `!${JSON.stringify(message)}`;
      },
      decode: (frame) => JSON.parse(frame.slice(1)),
    };
    const socket = new Socket(url("/protocols", { pick: "json" }), { codec: [nesting, "json"] });
    await socket.opened;
    socket.send({ outer: true });
    const { received } = await control("wait", { received: 2 });
    equal(received, ['{"inner":true}', '{"outer":true}']);
    socket.close();
  }));

test("a message that is dropped is read by the codec that wrote it, whichever the server has picked since", () =>
  inPage(async ({ Socket, url, equal, journal, next }) => {
    const shout = {
      protocol: "shout",
      encode: (message) => `!${JSON.stringify(message)}`,
      decode: (frame) => JSON.parse(frame.slice(1)),
    };
    const codec = [shout, "json"];
    const socket = new Socket(url("/protocols", { pick: "json" }), { codec, highWaterMark: 1, autoOpen: false });
    const seen = journal(socket);
    socket.send("large".repeat(1000));
    socket.send({ queued: true }, { key: "k" });
    // The first is with the connection, in JSON; the second is held back, and gives way to a third.
    socket.onopen = () => socket.send({ newer: true }, { key: "k" });
    socket.open();
    await next(socket, "drop");
    equal(
      seen.of("drop").map(({ message }) => message),
      [{ queued: true }],
    );
    socket.close();
  }));

test("a codec is known by its name as soon as its entry is imported, and no sooner", () =>
  inPage(async ({ Socket, url, equal, ok, thrown, next, control }) => {
    const { load, Socket: AsyncSocket } = await import("everwire/async");
    await load();
    for (const [name, other] of [
      ["msgpack", "cbor"],
      ["cbor", "msgpack"],
    ]) {
      const { code, message } = thrown(() => new Socket(url("/echo"), { codec: ["json", name] }));
      equal(code, "invalid-option");
      ok(message.startsWith("option `codec[1]`: takes ") && message.endsWith(`got "${name}"`), message);
      ok(message.includes('"msgpack" or "cbor" (import everwire/… first)'), message);
      ok(thrown(() => new AsyncSocket(url("/echo"), { codec: name })).message.endsWith(`got "${name}"`), "alone");
      const { [name]: codec } = await import(`everwire/${name}`);
      for (const Class of [Socket, AsyncSocket]) {
        const own = { id: `${name}-${Class === Socket}-${Math.random()}` };
        const socket = new Class(url("/echo", own), { codec: [name, "json", codec] });
        socket.send({ bytes: Uint8Array.of(1, 2), large: 2n ** 60n });
        const { data } = await next(socket, "message");
        ok(data.bytes instanceof Uint8Array && data.large === 2n ** 60n, "as only the binary codecs have it");
        equal(socket.protocol, name);
        equal((await control("stats", own)).dials[0].protocols, [name, "json"]);
        const reopened = next(socket, "open");
        await control("next", { ...own, dial: "/protocols?pick=json" });
        socket.reconnect();
        socket.send({ text: "in JSON" });
        await reopened;
        await control("wait", { ...own, received: 2 });
        equal((await control("stats", own)).dials[1].received, ['{"text":"in JSON"}']);
        socket.close();
      }
      const alone = new Socket(url("/echo"), { codec: name });
      alone.send([1n]);
      equal((await next(alone, "message")).data, [1]);
      equal(alone.protocol, "");
      alone.close();
      ok(name === "cbor" || thrown(() => new Socket(url("/echo"), { codec: other })), "the other is not known by that");
    }
    for (const name of ["constructor", "__proto__", "size"]) {
      ok(thrown(() => new Socket(url("/echo"), { codec: name })) instanceof TypeError, name);
    }
  }));

for (const name of ["msgpack", "cbor"]) {
  test(`a socket with the codec ${name} carries what JSON cannot, there and back`, () =>
    inPage(
      async ({ Socket, url, equal, ok, eventually, journal }, name) => {
        const codec = (await import(`everwire/${name}`))[name];
        equal(codec.protocol, name);
        const socket = new Socket(url("/echo"), { codec, protocols: [codec.protocol] });
        // The first waits in the queue, where its frame must stay as it is while others are encoded.
        const messages = [
          { id: 2n ** 64n - 1n, low: -(2n ** 63n), safe: Number.MAX_SAFE_INTEGER },
          { data: Uint8Array.of(1, 2, 3), text: "naïve 🦀 \u0000", at: new Date(1_763_800_000_123) },
          { large: new Uint8Array(300_000).fill(7) },
          JSON.parse('{"__proto__":{"polluted":true}}'),
          null,
          [],
        ];
        const seen = [];
        const journaled = journal(socket);
        socket.addEventListener("message", ({ data }) => seen.push(data));
        for (const message of messages) socket.send(message);
        await eventually(
          () => seen.length === messages.length,
          () => `all of them: ${seen.length}, ${journaled.types()} ${JSON.stringify(journaled.of("error"))}`,
        );
        equal(socket.protocol, name);
        ok(seen[0].id === 2n ** 64n - 1n && seen[0].low === -(2n ** 63n), "whole numbers of 64 bits");
        equal(seen[0].safe, Number.MAX_SAFE_INTEGER);
        equal([...seen[1].data], [1, 2, 3]);
        equal([seen[1].text, seen[1].at.getTime()], [messages[1].text, 1_763_800_000_123]);
        equal([seen[2].large.length, seen[2].large[299_999]], [300_000, 7]);
        equal([Object.keys(seen[3]), {}.polluted], [["__proto__"], undefined]);
        equal(seen.slice(4), [null, []]);
        socket.close();
      },
      { args: name },
    ));

  test(`frames that ${name} cannot read are reported, and the connection stays`, () =>
    inPage(
      async ({ Socket, url, equal, next, thrown, journal, control }, name) => {
        const own = (await import(`everwire/${name}`))[name];
        const codec = { ...own, encode: (message) => message.raw ?? own.encode(message) };
        const socket = new Socket(url("/echo"), { codec });
        const seen = journal(socket);
        await socket.opened;
        const deep = new Uint8Array(200_000).fill(name === "cbor" ? 0x81 : 0x91);
        const claims = Uint8Array.of(name === "cbor" ? 0x9a : 0xdd, 255, 255, 255, 255);
        const hostile = [deep, claims, own.encode("cut off").subarray(0, 3), new Uint8Array(0), "a text frame"];
        for (const raw of hostile) {
          const failed = next(socket, "error");
          socket.send({ raw });
          const { error } = await failed;
          equal([error.code, error.cause.name], ["decode-failed", "CodecError"]);
        }
        const inside = next(socket, "error");
        socket.send({ raw: Uint8Array.from([...own.encode({ a: [1, 2, "x"] })].slice(0, -1)) });
        const { error } = await inside;
        equal([error.path, error.cause.path], Array(2).fill(["a", 2]));
        const { code, path } = thrown(() => socket.send({ call: () => {} }));
        equal([code, path], ["encode-failed", ["call"]]);
        const answered = next(socket, "message");
        socket.send({ still: "here" });
        equal((await answered).data, { still: "here" });
        equal(seen.of("close").length, 0, "closes");
        socket.close();
      },
      { args: name },
    ));
}
