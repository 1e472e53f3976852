/** What is held by something that lives longer: a signal of the app's, a loop that is not read. */
import assert from "node:assert/strict";
import { pageTests } from "./harness.mjs";
import { inspected } from "./inspect.mjs";

const { test, withPage } = await pageTests();

test("a signal that lives on holds neither who listened by it nor their sockets", () =>
  withPage(async ({ page, call }) => {
    await call(async ({ Socket, url, next }) => {
      window.everwireSocket = Socket;
      window.Callback = class {
        handleEvent() {}
      };
      window.signal = new AbortController().signal;
      const { signal } = window;
      for (let n = 0; n < 10; n += 1) {
        const socket = new Socket(url("/echo"));
        socket.addEventListener("message", new window.Callback(), { signal });
        socket.addEventListener("message", new window.Callback(), { signal, once: true });
        socket.on("kind", () => {}, { signal });
        await socket.opened;
        const closed = next(socket, "close");
        socket.close();
        await closed;
      }
      const held = (window.held = new Socket(url("/echo"), { autoOpen: false }));
      for (let n = 0; n < 10; n += 1) {
        const callback = new window.Callback();
        held.addEventListener("message", callback, { signal });
        held.removeEventListener("message", callback);
        const gone = new AbortController();
        held.addEventListener("message", new window.Callback(), { signal: gone.signal });
        gone.abort();
      }
      // Whoever comes next finds those that are gone.
      held.addEventListener("message", () => {});
    });
    const { sockets, callbacks } = await inspected(page, async ({ instances }) => ({
      sockets: await instances("everwireSocket"),
      callbacks: await instances("Callback"),
    }));
    assert.deepEqual({ sockets, callbacks }, { sockets: 1, callbacks: 0 });
  }));

test("what a loop has read, or will not read, is let go of", () =>
  withPage(async ({ page, call }) => {
    await call(async ({ Socket, url, next }) => {
      const codec = { encode: (message) => message, decode: () => new Blob(["message"]) };
      const inbox = { maxMessages: 3 };
      const socket = (window.held = new Socket(url("/push", { count: 50 }), { codec, inbox, autoOpen: false }));
      window.loops = [socket[Symbol.asyncIterator](), socket[Symbol.asyncIterator]()];
      let count = 0;
      const all = next(socket, "message", () => (count += 1) === 50);
      // One that stays one message behind, and one that is never read.
      socket.addEventListener("message", () => count > 1 && window.loops[0].next());
      socket.open();
      await all;
    });
    assert.equal(
      await inspected(page, ({ instances }) => instances("Blob")),
      3,
      "those that wait: the last one in both",
    );
  }));
