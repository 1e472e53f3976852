// One contender in a page of its own, so that what the engine learns of one library does not slow the next. Each way to
// measure calls the functions that are global here: for samples `prepare`, then `calibrate`, then `sample` once a round.

import { codec } from "./codec.js";
import * as queued from "./queue.js";
import * as overStub from "./null.js";
import * as real from "./real.js";
import { StubSocket } from "./stub.js";
import { wasmBytes, watchWasm } from "./wasm-memory.js";

const bodies = { codec, ...overStub, ...queued, ...real };
const asked = new URLSearchParams(location.search);
watchWasm();
if (asked.has("stub")) globalThis.WebSocket = StubSocket;
const contender = { ...(await import(`/contenders/${asked.get("contender")}.js`)) };
let body;

globalThis.prepare = async (name, params) => {
  body = await bodies[name](contender, params);
};

/**
 * Finds how many messages take so long that the clock's resolution does not matter, and warms up on the way: the engine
 * optimises what has run for a while, so the count is found anew until then.
 */
globalThis.calibrate = async (milliseconds, warmUp) => {
  const began = performance.now();
  let count = 64;
  while (true) {
    const before = performance.now();
    await body(count);
    const took = performance.now() - before;
    const wanted = Math.max(64, Math.ceil((count * milliseconds) / Math.max(took, 0.1)));
    if (performance.now() - began > warmUp && wanted < 2 * count) return wanted;
    count = Math.min(wanted, 4 * count);
  }
};

globalThis.sample = (count) => {
  globalThis.gc();
  return endOf(body(count));
};

/** Who loses a message would be waited for until the end of time. */
function endOf(sample) {
  const stuck = new Promise((_, reject) => setTimeout(() => reject(new Error("no end in sight after 3 min")), 180_000));
  return Promise.race([sample, stuck]);
}

/** The seconds that each of the contenders took, all in this page: `order` has them for each turn, the first not counted. */
globalThis.together = async (contenders, name, params, order, uncounted, count) => {
  const samples = {};
  for (const one of contenders) samples[one] = await bodies[name](await import(`/contenders/${one}.js`), params);
  const seconds = Object.fromEntries(contenders.map((one) => [one, 0]));
  for (const [turn, ones] of order.entries()) {
    for (const one of ones) {
      const { "": perSecond } = await endOf(samples[one](count));
      if (turn >= uncounted) seconds[one] += count / perSecond;
    }
  }
  return seconds;
};

const held = [];

globalThis.addSockets = async (port, count) => {
  for (let added = 0; added < count; added += 1) {
    const socket = contender.open(`ws://127.0.0.1:${port}/echo`);
    await new Promise((opened) => contender.onOpen(socket, opened));
    held.push(socket);
  }
};

globalThis.wasmBytes = wasmBytes;

let lastHeard = -Infinity;
let hear = () => {};

globalThis.listen = (port) => {
  const socket = contender.open(`ws://127.0.0.1:${port}/greet`);
  held.push(socket);
  contender.onMessage(socket, () => {
    lastHeard = Date.now();
    hear();
  });
};

/** When the last message came, as soon as it is later than this. */
globalThis.heard = async (since) => {
  while (lastHeard <= since) await new Promise((heard) => (hear = heard));
  return lastHeard;
};

globalThis.ready = true;
