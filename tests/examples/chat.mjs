/** What the tests of the chat's pages stand on: its server, and a visitor of one of its pages. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { environment, inRoot, target } from "../../scripts/lib/paths.mjs";
import { start } from "../../scripts/lib/process.mjs";
import { openPage, serveFolders } from "../e2e/harness.mjs";

export const chat = inRoot("examples/chat");
const cargoTarget = join(target, "chat");
export const env = { ...environment, CARGO_TARGET_DIR: cargoTarget, npm_config_offline: "true" };
export const building = { timeout: 25 * 60_000 };

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
export async function visit(browser, folder, port, name, { document = "look/index.html" } = {}) {
  const pages = { "/": await readFile(join(chat, document)) };
  const origin = await serveFolders([join(chat, folder), join(chat, "look")], pages);
  const { page: tab, uncaught } = await openPage(browser);
  tab.setDefaultTimeout(60_000);
  const sockets = new Set();
  const visitor = new Visitor(tab, uncaught, sockets);
  tab.on("websocket", (socket) => {
    visitor.dials += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await tab.goto(`${origin}/?server=ws://127.0.0.1:${port}`);
  await visitor.joins(name);
  return visitor;
}

class Visitor {
  /** How often the page has dialled. */
  dials = 0;
  #tab;
  #sockets;

  constructor(tab, uncaught, sockets) {
    this.#tab = tab;
    this.uncaught = uncaught;
    this.#sockets = sockets;
  }

  /** How many connections the page has now. */
  get connections() {
    return this.#sockets.size;
  }

  // By their labels, as somebody who cannot see the page would.
  async joins(name) {
    await this.#tab.getByLabel("Your name").fill(name);
    await this.#tab.getByRole("button", { name: "Join" }).click();
  }

  async leaves() {
    await this.#tab.getByRole("button", { name: "Leave" }).click();
    await this.#tab.getByLabel("Your name").waitFor();
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
    await this.#tab.waitForFunction(there, { selector, ...fits });
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
