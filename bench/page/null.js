// Over the stub: what a library itself costs for each message. Each body answers a function that carries `count`
// messages and gives the nanoseconds of one.

import { StubSocket } from "./stub.js";
import { document, payloads, pick, requireCount } from "./payloads.js";

const URL = "ws://127.0.0.1/";

async function connected(contender, open = contender.open) {
  const socket = open(URL);
  await new Promise((opened) => contender.onOpen(socket, opened));
  return { socket, stub: StubSocket.last };
}

function perMessage(count, act) {
  const began = performance.now();
  act();
  return { "": ((performance.now() - began) * 1e6) / count };
}

export async function send(contender, { kind, size }) {
  const { socket, stub } = await connected(contender);
  const messages = payloads(kind, size);
  return (count) => {
    const before = stub.sent;
    const result = perMessage(count, () => {
      for (let index = 0; index < count; index += 1) socket.send(pick(messages, index));
    });
    requireCount(stub.sent - before, count, "messages sent");
    return result;
  };
}

export async function receive(contender, { kind, size }) {
  const { socket, stub } = await connected(contender);
  const events = payloads(kind, size).map((data) => new MessageEvent("message", { data }));
  let received = 0;
  let length = 0;
  contender.onMessage(socket, (data) => {
    received += 1;
    length += data.length ?? data.byteLength;
  });
  return deliver(stub, events, () => received);
}

function deliver(stub, events, received) {
  return (count) => {
    const before = received();
    const result = perMessage(count, () => {
      for (let index = 0; index < count; index += 1) stub.deliver(pick(events, index));
    });
    requireCount(received() - before, count, "messages received");
    return result;
  };
}

/** As {@link send}, of a library in Rust: it makes the messages itself. */
export async function streamSend(contender, { kind, size }) {
  if (!contender.connect) return send(contender, { kind, size });
  const session = await contender.connect(URL, kind === "text");
  const stub = StubSocket.last;
  return async (count) => {
    const before = stub.sent;
    const began = performance.now();
    await session.send(kind === "text", size, count);
    const took = performance.now() - began;
    requireCount(stub.sent - before, count, "messages sent");
    return { "": (took * 1e6) / count };
  };
}

/** As {@link receive}, of a library in Rust: a burst comes in, and is read from the stream. */
export async function streamReceive(contender, { kind, size }) {
  if (!contender.connect) return receive(contender, { kind, size });
  const session = await contender.connect(URL, kind === "text");
  const stub = StubSocket.last;
  const events = payloads(kind, size).map((data) => new MessageEvent("message", { data }));
  return async (count) => {
    const bursts = Math.ceil(count / events.length);
    let bytes = 0;
    const began = performance.now();
    for (let burst = 0; burst < bursts; burst += 1) {
      for (const event of events) stub.deliver(event);
      bytes += await session.receive(events.length);
    }
    const took = performance.now() - began;
    requireCount(bytes, bursts * events.length * size, "bytes received");
    return { "": (took * 1e6) / (bursts * events.length) };
  };
}

export async function sendJson(contender) {
  const { socket, stub } = await connected(contender, contender.openJson);
  const values = Array.from({ length: 64 }, (_, index) => document(index));
  return (count) => {
    const before = stub.sent;
    const result = perMessage(count, () => {
      for (let index = 0; index < count; index += 1) contender.sendJson(socket, pick(values, index));
    });
    requireCount(stub.sent - before, count, "messages sent");
    requireCount(JSON.parse(stub.lastSent).type, "position", "the type of the last message");
    return result;
  };
}

export async function receiveJson(contender) {
  const { socket, stub } = await connected(contender, contender.openJson);
  const events = Array.from(
    { length: 64 },
    (_, index) => new MessageEvent("message", { data: JSON.stringify(document(index)) }),
  );
  let received = 0;
  let sum = 0;
  contender.onJson(socket, (value) => {
    received += 1;
    sum += value.id;
  });
  return deliver(stub, events, () => received);
}
