/**
 * What becomes of a small component, written with each of the libraries of examples/side-by-side, when its server dies.
 * Each incident has a page, a proxy and a server of its own.
 */
import { setTimeout as wait } from "node:timers/promises";
import { sum } from "./accounts.mjs";
import { account } from "./chaos.mjs";
import { startCounterpart } from "./counterpart.mjs";
import { startProxy } from "./proxy.mjs";

export const libraries = ["everwire-yew", "everwire-leptos", "everwire-dioxus", "yew-hooks", "leptos-use", "gloo-net"];
export const isOurs = (library) => library.startsWith("everwire");

/** How many messages the server sends in one go. */
export const BURST = 100;

/** ms from one message to the next, in each direction. */
const PACE = 50;
const POLL = 20;
/** How long a component may take to connect and to talk, on a busy machine. */
const CONNECTING = 60_000;
/** From one question whether all has come to the next: a library may drop them. */
const ASKING = 1_000;
/** ms until a page must have noticed that its connection was reset. */
const NOTICING = 500;
/** ms that the page talks on when the server is back, whether it is connected or not. */
const TALKING_ON = 1_000;
/** How long a connection may take to end after its component has gone. */
const ENDING = 5_000;

/**
 * Plays the scenes, by their names, with one library; answers by the same names what came of each. `patience` is how long
 * to wait for the library to come back, in ms; `origin` is where side-by-side-page.mjs serves the page.
 */
export async function play({ library, scenes, browser, origin, patience, onScene = () => {} }) {
  const onStage = async (act) => {
    const stage = new Stage(patience);
    try {
      await stage.set({ library, browser, origin });
      return await act(stage);
    } finally {
      await stage.clear();
    }
  };
  const played = {};
  for (const [name, scene] of Object.entries(scenes)) {
    onScene(name);
    played[name] = await scene(onStage);
  }
  return played;
}

/** The server is killed for so many ms, each time another one. */
export const killed = (durations) => incidents(durations.map((ms) => ({ act: (proxy) => proxy.vanish(ms) })));

/** Something befalls the connection, while the server is there for a new one. */
export const befallen = (faults) =>
  incidents(faults.map((fault) => ({ act: (proxy) => proxy.strike(fault), after: fault.for })));

/** Many messages in one go; then the component is taken off the page. */
export const burstAndUnmount = (onStage) =>
  onStage(async (stage) => {
    const { counterpart, uncaught } = stage;
    counterpart.calm();
    const first = counterpart.sent.length;
    counterpart.burst(BURST);
    await stage.settle();
    const { delivered } = await stage.visit("book()");
    await stage.visit("unmount()");
    const closed = await stage.until(() => counterpart.live === 0, ENDING);
    return { heard: delivered.filter((n) => n >= first).length, closed, uncaught };
  });

/** Each on a stage of its own, until the component does not come back from one. */
function incidents(all) {
  return async (onStage) => {
    const met = [];
    for (const incident of all) {
      met.push(await onStage((stage) => meet(stage, incident)));
      if (met.at(-1).back === undefined) break;
    }
    return {
      returns: met.map(({ back }) => back),
      answers: [...new Set(met.flatMap(({ answers }) => answers))],
      toServer: sum(met.map(({ toServer }) => toServer)),
      toPage: sum(met.map(({ toPage }) => toPage)),
      uncaught: met.flatMap(({ uncaught }) => uncaught),
    };
  };
}

/**
 * Both sides talk, then something happens. Answers the accounts; in `back` the ms from the end of `act` to the first
 * message of a later connection that is shown, undefined if none comes; and in `answers` what `send` answered meanwhile.
 * The page talks until `after` ms later, and a little more.
 */
async function meet(stage, { act, after = 0 }) {
  const { counterpart, proxy, uncaught } = stage;
  await stage.visit(`talk(${PACE})`);
  await stage.until(() => counterpart.received.length > 5, CONNECTING);
  const { connection: dead } = counterpart.sent.at(-1);
  const down = { from: Date.now() + NOTICING };
  await act(proxy);
  const ended = Date.now();
  down.to = ended + after;
  const returned = stage.firstHeardAfter(dead);
  await wait(after + TALKING_ON);
  await stage.visit("quiet()");
  const heard = await returned;
  counterpart.calm();
  if (heard !== undefined) await stage.settle();

  const book = await stage.visit("book()");
  const { "to the server": toServer, "to the page": toPage } = account(book, counterpart, proxy);
  const answers = book.results.filter((_, n) => down.from <= book.saidAt[n] && book.saidAt[n] <= down.to);
  return { back: heard && heard - ended, answers, toServer: toServer.row, toPage: toPage.row, uncaught };
}

class Stage {
  counterpart;
  proxy;
  /** What nobody caught in the page. */
  uncaught = [];
  #patience;
  #context;
  #page;

  constructor(patience) {
    this.#patience = patience;
  }

  async set({ library, browser, origin }) {
    const isLate = (dial) => this.proxy.superseded(dial);
    this.counterpart = await startCounterpart({ seed: 1, isLate, pace: PACE });
    this.proxy = await startProxy({ target: this.counterpart.port, faults: [].values() });
    // In a context of its own, as the browser holds back the dials of a process in which many have failed.
    this.#context = await browser.newContext();
    this.#page = await this.#context.newPage();
    this.#page.setDefaultTimeout(CONNECTING);
    this.#page.on("pageerror", ({ message }) => this.uncaught.push(message));
    await this.#page.goto(origin);
    await this.#page.waitForFunction("globalThis.visit");
    await this.visit(`mount("${library}", "ws://127.0.0.1:${this.proxy.port}/")`);
    const connected = await this.until(() => this.counterpart.sent.length > 0, CONNECTING);
    if (!connected) throw new Error(`the component with ${library} does not connect`);
  }

  /** Ends everything. */
  async clear() {
    await this.#context?.close();
    this.proxy?.stop();
    this.counterpart?.stop();
  }

  /** Calls what page/side-by-side.js offers. */
  visit(call) {
    return this.#page.evaluate(`visit.${call}`);
  }

  /** Waits for something; answers whether it came true in time. */
  async until(condition, patience = this.#patience) {
    const deadline = Date.now() + patience;
    while (!(await condition())) {
      if (Date.now() > deadline) return false;
      await wait(POLL);
    }
    return true;
  }

  /** When the first message of a connection later than that one was shown; undefined if none is. */
  async firstHeardAfter(dead) {
    let heard;
    await this.until(async () => {
      const later = this.counterpart.sent.find(({ connection }) => connection > dead);
      heard = later && (await this.visit(`heardSince(${later.n})`));
      return heard;
    });
    return heard;
  }

  /** Waits until a question was answered: then all that was said before it has come, if it ever will. */
  settle() {
    let asked = -Infinity;
    return this.until(async () => {
      if (Date.now() - asked > ASKING) {
        asked = Date.now();
        await this.visit(`ask("is that all?")`);
      }
      return this.visit("isAnswered()");
    });
  }
}
