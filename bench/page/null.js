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
