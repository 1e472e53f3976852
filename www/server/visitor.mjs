import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Somebody at the demo page: what they see and do, in the words of the story. */
export class Visitor {
  #page;
  #patience;

  /** `patience` (ms) is how long to wait for anything that must come; most of it comes far sooner. */
  constructor(page, { patience }) {
    this.#page = page;
    this.#patience = patience;
    page.setDefaultTimeout(patience);
  }

  async arrive(url) {
    await this.#page.goto(url);
    await this.reach("open");
  }

  /** Waits until the connection is in one of these states. */
  async reach(...states) {
    await this.#until(
      `the state ${states.join(" or ")}`,
      (wanted) => wanted.includes(document.documentElement.dataset.state),
      states,
    );
  }

  /** Waits for a connection that has lasted: until then the attempts are counted on. */
  async settle() {
    await this.#until(
      "a connection that lasts",
      () =>
        document.documentElement.dataset.state === "open" &&
        document.getElementById("figure-attempt")?.textContent === "–",
    );
  }

  async say(text) {
    await this.#page.getByLabel("Your message").fill(text);
    await this.#page.getByLabel("Your message").press("Enter");
    return this.#own(text).getAttribute("data-delivery");
  }

  /** Waits until what they said has got this far. */
  async seeDelivery(text, delivery) {
    await this.#page
      .locator(`.message.own[data-delivery=${delivery}]`, { has: this.#page.getByText(text, { exact: true }) })
      .waitFor();
  }

  /** Waits until the room shows this text. */
  async read(text) {
    await this.#page.locator("#messages .text").getByText(text, { exact: true }).first().waitFor();
  }

  /** All that stands in the room, in order, of the texts that begin like this. */
  async texts(beginning) {
    const texts = await this.#page.locator("#messages .text").allTextContents();
    return texts.filter((text) => text.startsWith(beginning));
  }

  async press(button) {
    await this.#page.getByRole("button", { name: button }).click();
  }

  async chooseCloseCode(code, reason) {
    await this.#page.getByLabel("Close with").selectOption(String(code));
    await this.#page.getByLabel("Reason").fill(reason);
  }

  /** Waits for a line in the event log, newer than the last `forgetLog`, and answers its detail. */
  async readLog(event) {
    const line = this.#page
      .locator("#log tr:not([data-read])")
      .filter({ has: this.#page.getByText(event, { exact: true }) });
    return line.first().locator("td").last().textContent();
  }

  async countLog(event) {
    return this.#page
      .locator("#log tr:not([data-read])")
      .filter({ has: this.#page.getByText(event, { exact: true }) })
      .count();
  }

  async forgetLog() {
    await this.#page.locator("#log").evaluate((log) => {
      for (const line of log.children) line.setAttribute("data-read", "");
    });
  }

  /** What stands under a figure or in a status line; with `pattern`, as soon as it matches. */
  async see(id, pattern = /\S/) {
    await this.#until(
      `${pattern} in #${id}`,
      ([id, source]) => new RegExp(source).test(document.getElementById(id)?.textContent ?? ""),
      [id, pattern.source],
    );
    return this.#page.locator(`#${id}`).textContent();
  }

  async seePricesMove() {
    const before = await this.#page.locator("#prices").textContent();
    await this.#until("other prices", (before) => document.getElementById("prices")?.textContent !== before, before);
  }

  /** What stands in the way of people with a screen reader, a keyboard or weak eyes: axe's findings, in words. */
  async findBarriers() {
    await this.#page.evaluate(await readFile(axe, "utf8"));
    await this.#colours();
    return this.#page.evaluate(async () => {
      const { violations } = await globalThis.axe.run();
      return violations.map(({ help, nodes }) => `${help} (${nodes[0].target.join(" ")})`);
    });
  }

  async picture(path) {
    await this.#page.evaluate(() => scrollTo(0, 0));
    await this.#colours();
    await this.#page.screenshot({ path });
  }

  /** Waits for colours to be what they turn into. A colour on its way is neither; what moves for ever is no transition. */
  async #colours() {
    await this.#page.evaluate(async () => {
      const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      await Promise.allSettled(transitions.map(({ finished }) => finished));
    });
  }

  async #until(what, holds, argument) {
    try {
      await this.#page.waitForFunction(holds, argument, { timeout: this.#patience });
    } catch (cause) {
      const state = await this.#page.locator("html").getAttribute("data-state");
      throw new Error(`${what} did not come; the connection is ${state}`, { cause });
    }
  }

  #own(text) {
    return this.#page.locator(".message.own", { has: this.#page.getByText(text, { exact: true }) });
  }
}
