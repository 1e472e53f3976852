// Over real sockets: a server in a process of its own on this machine.

import { document, payloads, pick, requireCount } from "./payloads.js";
import { byHand } from "./queue.js";

async function connected(contender, { port }, path, open = contender.open) {
  const socket = open(`ws://127.0.0.1:${port}${path}`);
  await new Promise((opened) => contender.onOpen(socket, opened));
  return socket;
}

/** Takes messages in for whoever counts them. */
class Inbox {
  count = 0;
  #wanted = Infinity;
  #reached;

  take() {
    this.count += 1;
    if (this.count === this.#wanted) this.#reached();
  }

  holds(more) {
    this.#wanted = this.count + more;
    return new Promise((reached) => (this.#reached = reached));
  }
}

/** Messages out and back, so many under way at a time. */
export async function echo(contender, params) {
  const socket = await connected(contender, params, "/echo");
  const messages = payloads(params.kind, params.size);
  const send = (index) => socket.send(pick(messages, index));
  return thereAndBack(params.window, send, (heard) => contender.onMessage(socket, heard));
}

/** As {@link echo}, of objects. */
export async function echoJson(contender, params) {
  const socket = await connected(contender, params, "/echo", contender.openJson);
  const values = Array.from({ length: 64 }, (_, index) => document(index));
  const send = (index) => contender.sendJson(socket, pick(values, index));
  return thereAndBack(params.window, send, (heard) =>
    contender.onJson(socket, ({ id }) => id !== undefined && heard()),
  );
}

function thereAndBack(window, send, onMessage) {
  const inbox = new Inbox();
  let left = 0;
  const sendOne = () => {
    if (left <= 0) return;
    left -= 1;
    send(left);
  };
  onMessage(() => {
    inbox.take();
    sendOne();
  });
  return async (count) => {
    left = count;
    const all = inbox.holds(count);
    const began = performance.now();
    for (let under = 0; under < window; under += 1) sendOne();
    await all;
    return { "": (count / (performance.now() - began)) * 1000 };
  };
}

/** What is queued while the connection is made, from then until the server has it. */
export async function queued(contender, { native, port, count, ...params }) {
  const messages = payloads(params.kind, params.size);
  const last = "!".padStart(params.size, ".");
  return async () => {
    const { promise: answer, resolve: answered } = Promise.withResolvers();
    const url = `ws://127.0.0.1:${port}/count`;
    const socket = native ? byHand(contender, answered)(url) : contender.open(url);
    if (!native) contender.onMessage(socket, answered);
    for (let index = 1; index < count; index += 1) socket.send(pick(messages, index));
    socket.send(last);
    const began = performance.now();
    requireCount(Number(await answer), count, "messages that came");
    const took = performance.now() - began;
    socket.close();
    return { "": took };
  };
}

/** As much as the server can send. */
export async function flood(contender, params) {
  const socket = await connected(contender, params, "/flood");
  const inbox = new Inbox();
  contender.onMessage(socket, () => inbox.take());
  return async (count) => {
    const all = inbox.holds(count);
    const long = new PerformanceObserver(() => {});
    long.observe({ type: "longtask" });
    const began = performance.now();
    socket.send(JSON.stringify({ count, size: params.size, kind: params.kind }));
    await all;
    const took = performance.now() - began;
    return { "": (count / took) * 1000, "long-tasks": long.takeRecords().length };
  };
}

/** One message at a time. */
export async function roundTrip(contender, params) {
  const socket = await connected(contender, params, "/echo");
  const messages = payloads(params.kind, params.size);
  const inbox = new Inbox();
  contender.onMessage(socket, () => inbox.take());
  return async (count) => {
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const back = inbox.holds(1);
      const began = performance.now();
      socket.send(pick(messages, index));
      await back;
      times.push((performance.now() - began) * 1000);
    }
    times.sort((a, b) => a - b);
    return { p50: times[Math.floor(count * 0.5)], p99: times[Math.floor(count * 0.99)] };
  };
}
