import { WebSocket } from "ws";
import { parseDial } from "./behaviours.mjs";

const LONGEST_TEXT = 4096;
const began = performance.now();
const now = () => Math.round(performance.now() - began);

function record(data, isBinary) {
  if (isBinary) return { hex: data.subarray(0, 64).toString("hex"), bytes: data.length };
  if (data.length > LONGEST_TEXT) return { text: data.toString("utf8", 0, 64), bytes: data.length };
  return data.toString("utf8");
}

/** Everything that the server saw of one id, and what it was told to do to it. */
export class Ledger {
  muted = false;
  #id;
  #dials = [];
  #received = [];
  #connections = new Set();
  #stalled = new Set();
  #script = [];
  #maxLive = 0;
  #waiting = new Set();

  constructor(id) {
    this.#id = id;
  }

  script(dials, forget) {
    if (forget) this.#script = [];
    this.#script.push(...dials.map(parseDial));
  }

  nextBehaviour(asked) {
    return this.#script.shift() ?? asked;
  }

  dial({ name, query }, protocols) {
    const dial = {
      number: this.#dials.length + 1,
      at: now(),
      path: `/${name}?${query}`,
      protocols: protocols?.split(/,\s*/) ?? [],
      opened: false,
      abandoned: false,
      received: [],
      bytes: 0,
      close: null,
    };
    this.#dials.push(dial);
    this.#changed();
    return dial;
  }

  abandon(dial) {
    dial.abandoned = true;
    this.#changed();
  }

  open(dial, connection) {
    dial.opened = true;
    this.#connections.add(connection);
    this.#maxLive = Math.max(this.#maxLive, this.#live);
    connection.on("message", (data, isBinary) => {
      const message = record(data, isBinary);
      dial.received.push(message);
      dial.bytes += data.length;
      this.#received.push(message);
      this.#changed();
    });
    connection.on("close", (code, reason) => {
      dial.close = { at: now(), code, reason: String(reason) };
      this.#connections.delete(connection);
      this.#stalled.delete(connection);
      this.#changed();
    });
    connection.on("error", () => {});
    this.#changed();
  }

  each(act) {
    for (const connection of [...this.#connections]) act(connection);
  }

  mute(on) {
    this.muted = on;
  }

  stall(on) {
    this.each((connection) => {
      if (on) {
        connection.pause();
        this.#stalled.add(connection);
      } else {
        this.#stalled.delete(connection);
        connection.resume();
      }
    });
  }

  // A client that said goodbye is not live, though its TCP connection may be for a moment more; a
  // stalled one can say nothing, so the server cannot tell.
  get #live() {
    let live = 0;
    for (const connection of this.#connections) {
      if (connection.readyState === WebSocket.OPEN && !this.#stalled.has(connection)) live += 1;
    }
    return live;
  }

  get #counts() {
    return {
      dials: this.#dials.length,
      opens: this.#dials.filter((dial) => dial.opened).length,
      closes: this.#dials.filter((dial) => dial.close).length,
      abandoned: this.#dials.filter((dial) => dial.abandoned).length,
      received: this.#received.length,
      live: this.#live,
    };
  }

  stats() {
    const { opens, closes, abandoned, live } = this.#counts;
    return {
      id: this.#id,
      live,
      maxLive: this.#maxLive,
      dials: this.#dials,
      received: this.#received,
      opens,
      closes,
      abandoned,
    };
  }

  /** True as soon as the counts are reached, false when they never are. */
  wait({ within = 20_000, ...wanted }) {
    const reached = () => {
      const counts = this.#counts;
      return Object.keys(counts).every(
        (name) =>
          wanted[name] === undefined ||
          (name === "live" ? counts.live === Number(wanted.live) : counts[name] >= Number(wanted[name])),
      );
    };
    if (reached()) return true;
    return new Promise((resolve) => {
      const finish = (result) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(result);
      };
      const check = () => reached() && finish(true);
      const timer = setTimeout(finish, Number(within), false);
      this.#waiting.add(check);
    });
  }

  #changed() {
    for (const check of [...this.#waiting]) check();
  }
}
