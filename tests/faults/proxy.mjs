/** The proxy between a browser and the real server: each dial meets the next fault of the script. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Route } from "./route.mjs";

const PATIENCE = 5_000;

/** Starts a proxy to the port `target`; `faults` is an iterator as script.mjs gives it. */
export async function startProxy({ target, faults }) {
  const proxy = new Proxy(target, faults);
  await proxy.start();
  return proxy;
}

class Proxy {
  port = 0;
  #target;
  #faults;
  #next;
  #routes = [];
  /** Each beginning and end of a live connection, in order. */
  #turns = [];
  #listener;
  #calm = false;

  constructor(target, faults) {
    this.#target = target;
    this.#faults = faults;
    this.#next = faults.next().value ?? {};
  }

  async start() {
    await this.#listen();
    this.#refuseIfNext();
  }

  /** Live connections that the proxy ended. */
  get kills() {
    return this.#routes.filter((route) => route.killed).length;
  }

  get dials() {
    return this.#routes.length;
  }

  /** The most connections that were live at once, see route.mjs; `withdrawn` are dials that do not count. */
  maxLive(withdrawn) {
    let [live, most] = [0, 0];
    for (const { dial, begins } of this.#turns) {
      if (withdrawn.has(dial)) continue;
      live += begins ? 1 : -1;
      most = Math.max(most, live);
    }
    return most;
  }

  /** Whether the connection of this dial is over. */
  died(dial) {
    return this.#routes.find((route) => route.dial === dial)?.over ?? false;
  }

  /** Whether the connection of this dial was given up and another has taken its place. */
  superseded(dial) {
    const at = this.#routes.findIndex((route) => route.dial === dial);
    return at >= 0 && !this.#routes[at].live && this.#routes.slice(at + 1).some((route) => route.opened);
  }

  /** No more faults: what is broken ends, what works stays, and every dial succeeds. */
  async calm() {
    this.#calm = true;
    for (const route of this.#routes) route.heal();
    if (!this.#listener) await this.#listen();
  }

  /** Befalls every live connection, now. */
  strike(fault) {
    for (const route of this.#routes) route.strike(fault);
  }

  /** As a server that was killed: every connection is reset, and for so many ms nobody listens. */
  async vanish(duration) {
    this.#listener.close();
    this.#listener = undefined;
    for (const route of this.#routes) route.destroy();
    await wait(duration);
    if (!this.#calm) await this.#listen();
  }

  stop() {
    this.#calm = true;
    this.#listener?.close();
    for (const route of this.#routes) route.destroy();
  }

  #accept(client) {
    // One that comes while nobody should be listening yet.
    const fault = this.#next.dial === "refuse" ? { dial: "reset" } : this.#take();
    const changed = ({ dial, live }) => this.#turns.push({ dial, begins: live });
    this.#routes.push(new Route({ client, target: this.#target, fault: this.#calm ? {} : fault, changed }));
    client.once("close", () => this.#refuseIfNext());
  }

  #take() {
    const fault = this.#next;
    this.#next = this.#faults.next().value ?? {};
    return fault;
  }

  async #refuseIfNext() {
    if (this.#next.dial !== "refuse" || this.#calm || !this.#listener) return;
    const { for: duration } = this.#take();
    this.#listener.close();
    this.#listener = undefined;
    await wait(duration);
    if (!this.#listener && !this.#calm) await this.#listen();
    await this.#refuseIfNext();
  }

  async #listen() {
    const listener = createServer((client) => this.#accept(client));
    this.#listener = listener;
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      try {
        listener.listen(this.port, "127.0.0.1");
        await once(listener, "listening");
        break;
      } catch (error) {
        // An outgoing connection may have taken the port for a moment while nobody listened on it.
        if (error.code !== "EADDRINUSE" || Date.now() > deadline) throw error;
        await wait(20);
      }
    }
    this.port = listener.address().port;
  }
}
