/** Whether a large message is copied through the wasm's memory: its content is looked for there. */
import { pageTests } from "./harness.mjs";

const { test, inPage } = await pageTests();

for (const [kind, binaryType] of [
  ["text", "arraybuffer"],
  ["ArrayBuffer", "arraybuffer"],
  ["Uint8Array", "arraybuffer"],
  ["Blob", "blob"],
]) {
  test(`64 KiB of ${kind} are sent and received without a copy in the wasm's memory`, () =>
    inPage(
      async ({ Socket, url, equal, next }, { kind, binaryType }) => {
        const { wasmBytes, wasmHolds, watchWasm } = await import("/wasm-memory.js");
        // The engine starts with the first socket, so it is seen.
        watchWasm();
        const phrase = "What goes out and what comes in.";
        const text = phrase.repeat(2048);
        const bytes = new TextEncoder().encode(text);
        const message = { text, ArrayBuffer: bytes.buffer, Uint8Array: bytes, Blob: new Blob([bytes]) }[kind];
        const socket = new Socket(url("/echo"), { binaryType });
        await socket.opened;
        const exchange = async () => {
          const back = next(socket, "message");
          equal(socket.send(message), "sent");
          return (await back).data;
        };
        const data = await exchange();
        const before = wasmBytes();
        for (let count = 0; count < 20; count += 1) await exchange();
        equal(typeof data === "string" ? data : await new Response(data).text(), text);
        equal(wasmHolds(phrase), false, "a copy in the wasm's memory");
        equal(wasmBytes() - before, 0, "growth of the wasm's memory");
        socket.close();
      },
      { args: { kind, binaryType } },
    ));
}

test("of a queued message the wasm's memory has its priority, where it can be found, and neither its content nor its key", () =>
  inPage(async ({ Socket, url, equal }) => {
    const { wasmHolds, watchWasm } = await import("/wasm-memory.js");
    watchWasm();
    const socket = new Socket(url("/echo"), { autoOpen: false });
    const message = "JavaScript keeps what is queued.";
    const key = "JavaScript keeps the keys, too.";
    const word = "PRIO";
    // The bytes of this number are that word.
    const priority = new DataView(new TextEncoder().encode(word).buffer).getInt32(0, true);
    equal(socket.send(message.repeat(2048), { key: key.repeat(2048), priority }), "queued");
    equal([message, key, word].map(wasmHolds), [false, false, true]);
    socket.close();
  }));
