/**
 * The script of a run: what befalls the first dial, the second, and so on, drawn from a seed. It goes by dials and not
 * by the clock, so that clients that dial at other times meet the same faults in the same order.
 *
 * A dial that never opens (`dial` says how it is spoilt, see spoilt.mjs):
 *
 *   { dial: "refuse", for }        nobody listens for so many ms
 *   { dial: "reset" }              accepted, then reset
 *   { dial: "hang" }               the handshake is never answered
 *   { dial: "garbage", answer }    answered with what is no handshake
 *   { dial: "protocol" }           answered with a subprotocol that nobody asked for
 *   { dial: "accept" }             answered with a wrong proof
 *
 * A connection that opens (`end` says how it dies, `after` so many ms; see route.mjs):
 *
 *   { end: "reset" }               TCP reset
 *   { end: "fin" }                 TCP closed, without a close frame
 *   { end: "cut", toPage }         reset in the middle of a frame, in one direction
 *   { end: "halfOpen", for }       nothing is forwarded any more and nothing closed; reset after so many ms
 *   { end: "close", code, reason } a close frame of the server's
 *
 * and `delay` (ms) and `bytesPerSecond` slow it down while it lives. A flap is a row of connections that die young;
 * accept-then-close is a close after 0 ms.
 */
import { Random } from "./random.mjs";

const LONGEST_REASON = 123;
const KNOWN_CODES = [1000, 1001, 1005, 1006, 1008, 1011, 1012, 1013, 1015, 3000, 4000, 4999];
const SPOILT = ["refuse", "reset", "hang", "garbage", "garbage", "protocol", "accept"];
const ENDS = ["reset", "reset", "fin", "fin", "cut", "cut", "close", "close", "close", "halfOpen"];

/** The faults of a run, without an end. */
export function* script(seed) {
  const random = new Random(seed);
  for (;;) {
    const drawn = random.between(1, 10);
    if (drawn <= 3) {
      yield spoiltDial(random);
    } else if (drawn === 4) {
      for (let left = random.between(3, 6); left > 0; left -= 1)
        yield connection(random, { after: [0, 60], slow: false });
    } else {
      yield connection(random, { after: random.oneIn(8) ? [0, 0] : [100, 1200], slow: random.oneIn(3) });
    }
  }
}

function spoiltDial(random) {
  const dial = random.pick(SPOILT);
  if (dial === "refuse") return { dial, for: random.between(100, 600) };
  if (dial === "garbage") return { dial, answer: random.between(0, 99) };
  return { dial };
}

function connection(random, { after, slow }) {
  const end = random.pick(ENDS);
  const fault = { end, after: random.between(...after) };
  if (slow) {
    if (random.oneIn(2)) fault.delay = random.between(5, 150);
    else fault.bytesPerSecond = random.between(20, 200) * 1024;
  }
  if (end === "cut") fault.toPage = random.oneIn(2);
  if (end === "halfOpen") fault.for = random.between(3_000, 5_000);
  if (end === "close") Object.assign(fault, { code: closeCode(random), reason: closeReason(random) });
  return fault;
}

const closeCode = (random) => (random.oneIn(2) ? random.pick(KNOWN_CODES) : random.between(1000, 4999));

function closeReason(random) {
  if (random.oneIn(3)) return "";
  const character = random.pick(["x", "é", "€"]);
  const reason = character.repeat(LONGEST_REASON / Buffer.byteLength(character));
  return reason + "x".repeat(LONGEST_REASON - Buffer.byteLength(reason));
}
