// 100,000 messages accepted while there is no connection, and then sent at once.

import { StubSocket } from "./stub.js";
import { requireCount } from "./payloads.js";
import { wasmBytes } from "./wasm-memory.js";

/** What an app without a library would write. */
export function byHand(contender, heard = () => {}) {
  return (url) => {
    const socket = contender.open(url);
    const waiting = [];
    contender.onOpen(socket, () => {
      for (const message of waiting.splice(0)) socket.send(message);
    });
    contender.onMessage(socket, heard);
    return { send: (message) => void waiting.push(message), close: () => socket.close() };
  };
}

/** Stubs that keep what they are given, to see the order. */
class KeepingSocket extends StubSocket {
  kept = [];
  send(data) {
    this.kept.push(data);
  }
}

export async function queue(contender, { native, count }) {
  StubSocket.held = true;
  globalThis.WebSocket = KeepingSocket;
  const open = native ? byHand(contender) : contender.open;
  const messages = Array.from({ length: count }, (_, index) => String(index).padEnd(16, "."));
  // Each one flat, as a message from an app is.
  for (const message of messages) message.charCodeAt(0);
  // Of the first time: wasm's memory never shrinks, and holds the second queue without growing.
  let each;
  return async () => {
    StubSocket.last = undefined;
    const socket = open("ws://127.0.0.1/");
    while (!StubSocket.last) await new Promise((later) => setTimeout(later));
    const stub = StubSocket.last;
    globalThis.gc();
    const before = await memory();
    const began = performance.now();
    for (let index = 0; index < count; index += 1) socket.send(messages[index]);
    const filled = performance.now();
    const after = await memory();
    each ??= (after - before) / count;
    const opened = performance.now();
    stub.accept();
    while (stub.kept.length < count) await new Promise((later) => setTimeout(later));
    const flushed = performance.now();
    requireCount(
      stub.kept.findIndex((message, index) => message !== messages[index]),
      -1,
      "the first out of order",
    );
    socket.close?.();
    return {
      fill: ((filled - began) * 1e6) / count,
      flush: ((flushed - opened) * 1e6) / count,
      memory: each,
    };
  };
}

async function memory() {
  globalThis.gc();
  return performance.memory.usedJSHeapSize + wasmBytes();
}
