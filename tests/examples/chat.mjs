/** What the tests of the chat's pages stand on: its server, and a visitor of one of its pages. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { environment, inRoot, target } from "../../scripts/lib/paths.mjs";
import { explain, mustRun, start } from "../../scripts/lib/process.mjs";
import { openPage, serveFolders } from "../e2e/harness.mjs";

export const chat = inRoot("examples/chat");
export const cargoTarget = join(target, "chat");
export const env = { ...environment, CARGO_TARGET_DIR: cargoTarget, npm_config_offline: "true" };
export const building = { timeout: 25 * 60_000 };

/**
 * Builds something for the pages' tests, and answers what was said. They see what the pages do, not how small or fast they
 * are: a release build takes twice the time. trunk uses the tools that are there, or fails: it would download others.
 */
export async function must(command, args, { cwd = chat, env: more } = {}) {
  const buildEnv = { ...env, PROFILE: "--dev", RELEASE: "false", TRUNK_OFFLINE: "true", ...more };
  return mustRun(command, args, { cwd, env: buildEnv }).catch((error) => {
    throw new Error(explain(error));
  });
}

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function startServer(port = 0) {
  const child = start(join(cargoTarget, "debug/server"), [`127.0.0.1:${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "exit").then(() => Promise.reject(new Error("the server did not start"))),
  ]);
  return { child, port: JSON.parse(line).port };
}

/** Opens a page of the chat, by its folder and its document, and joins. */
export async function visit(browser, folder, port, name, { document = "look/index.html", prepare } = {}) {
  const pages = { "/": await readFile(resolve(chat, document)) };
  const origin = await serveFolders([resolve(chat, folder), join(chat, "look")], pages);
  const visitor = await Visitor.in(browser);
  await prepare?.(visitor);
  await visitor.goesTo(`${origin}/?server=ws://127.0.0.1:${port}`);
  await visitor.joins(name);
  return visitor;
}

/** Opens a page that the chat's server renders, with its wasm still to come. */
export async function visitRendered(browser, page, port, name) {
  const visitor = await Visitor.in(browser);
  await visitor.holdsBack("**/*.wasm");
  await visitor.goesTo(`http://127.0.0.1:${port}/${page}/?name=${name}`);
  return visitor;
}

class Visitor {
  /** How often the page has dialled. */
  dials = 0;
  /** What the console has shown in yellow or red. */
  complaints = [];
  #tab;
  #sockets = new Set();
  #release;

  static async in(browser) {
    const { page, uncaught } = await openPage(browser);
    return new Visitor(page, uncaught);
  }

  constructor(tab, uncaught) {
    this.#tab = tab;
    this.uncaught = uncaught;
    tab.setDefaultTimeout(60_000);
    tab.on("console", (message) => {
      if (["warning", "error"].includes(message.type())) this.complaints.push(message.text());
    });
    tab.on("websocket", (socket) => {
      this.dials += 1;
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** How many connections the page has now. */
  get connections() {
    return this.#sockets.size;
  }

  async goesTo(url) {
    await this.#tab.goto(url);
  }

  /** Loads the page again. What becomes of the former document's connections only the server can tell. */
  async comesAgain() {
    this.#sockets.clear();
    await this.#tab.reload();
  }

  /** Where a page's tool would listen, there is this, which tells it what the tool would. Answers the way to say it. */
  async hasTool(url) {
    let tell;
    const asked = new Promise((resolve) => (tell = resolve));
    await this.#tab.routeWebSocket(url, tell);
    return async (message) => (await asked).send(JSON.stringify(message));
  }

  /** Runs in each document before its own scripts. */
  async remembers(act) {
    await this.#tab.addInitScript(act);
  }

  /** What a function answers in the page. */
  async answers(act, argument) {
    return this.#tab.evaluate(act, argument);
  }

  /** These files do not come until they are let through. */
  async holdsBack(files) {
    const released = new Promise((release) => (this.#release = release));
    await this.#tab.route(files, (route) => released.then(() => route.continue()));
  }

  letsThrough() {
    this.#release();
  }

  /** Remembers the elements that are there, and what the status says from now on. */
  async looksClosely() {
    await this.#tab.evaluate(() => {
      const status = document.querySelector("#status");
      const seen = { elements: [...document.querySelectorAll("main, main *")], statuses: [status.textContent] };
      new MutationObserver(() => {
        if (status.textContent !== seen.statuses.at(-1)) seen.statuses.push(status.textContent);
      }).observe(status, { childList: true, characterData: true, subtree: true });
      globalThis.seen = seen;
    });
  }

  /** What the status has said since, and whether the elements are still the same ones, all of them and no others. */
  async hasSeen() {
    return this.#tab.evaluate(() => {
      const { elements, statuses } = globalThis.seen;
      const now = [...document.querySelectorAll("main, main *")];
      return { statuses, same: now.length === elements.length && now.every((element, at) => element === elements[at]) };
    });
  }

  // By their labels, as somebody who cannot see the page would.
  async joins(name) {
    await this.#tab.getByLabel("Your name").fill(name);
    await this.#tab.getByRole("button", { name: "Join" }).click();
  }

  async leaves() {
    await this.#tab.getByRole("button", { name: "Leave" }).click();
    await this.#tab.getByLabel("Your name").waitFor();
    // The browser tells of the end of a connection when it has come.
    await Promise.all([...this.#sockets].map((socket) => socket.isClosed() || socket.waitForEvent("close")));
  }

  async says(text) {
    await this.#tab.getByLabel("Message", { exact: true }).fill(text);
    await this.#tab.getByRole("button", { name: "Send" }).click();
  }

  async sees(selector, words) {
    const fits = words instanceof RegExp ? { source: words.source } : { text: words };
    const there = ({ selector, source, text }) => {
      const shown = document.querySelector(selector)?.textContent;
      return source === undefined ? shown === text : new RegExp(source).test(shown);
    };
    await this.#tab.waitForFunction(there, { selector, ...fits }).catch(async (error) => {
      const shown = await this.#tab.evaluate((selector) => document.querySelector(selector)?.textContent, selector);
      throw new Error(`saw ${JSON.stringify(shown)} in ${selector}, not ${words}`, { cause: error });
    });
  }

  /** Waits until these lines were said, and how far those of the visitor's own have come: `Ada: text (sent)`. */
  async hears(expected) {
    await this.#tab.waitForFunction(said, expected).catch(async (error) => {
      throw new Error(`heard ${JSON.stringify(await this.#tab.evaluate(said))}, not ${JSON.stringify(expected)}`, {
        cause: error,
      });
    });
  }

  /** What axe finds in the way of people with a screen reader, a keyboard or weak eyes. */
  async barriers(colorScheme) {
    await this.#tab.emulateMedia({ colorScheme });
    await this.#tab.evaluate(axe);
    const { violations } = await this.#tab.evaluate(() => globalThis.axe.run());
    return violations.map(({ help }) => help);
  }

  /** A picture of the page, for whoever wants to look. */
  async draws(path) {
    await this.#tab.screenshot({ path });
  }
}

/** In the page: the lines that were said, or whether they are those expected. */
function said(expected) {
  const lines = [...document.querySelectorAll("#said p")].map((line) => {
    const isShown = (node) => node.nodeType !== Node.COMMENT_NODE && !node.matches?.("time, .fate");
    const words = [...line.childNodes].filter(isShown);
    const fate = line.querySelector(".fate")?.textContent.trim();
    const text = words
      .map((node) => node.textContent)
      .join("")
      .trim();
    return fate ? `${text} (${fate})` : text;
  });
  return expected ? JSON.stringify(lines) === JSON.stringify(expected) : lines;
}
