/**
 * Browsers that playwright-core does not give, by way of puppeteer-core:
 *
 * - Debian's own Firefox, over WebDriver BiDi (playwright-core wants a Firefox of its own build);
 * - Chromium as its users have it: tabs can be hidden and go into the back-forward cache, timers are throttled.
 */
import { after } from "node:test";
import puppeteer from "puppeteer-core";
import { firefoxOptions, whyNoFirefox } from "../../scripts/lib/browser.mjs";
import { CHROMIUM_FLAGS, chromiumPath } from "./harness.mjs";

/** What to give a test that needs Firefox as its option `skip`. */
export const skipWithoutFirefox = whyNoFirefox();

/** What Firefox itself says of connections that fail, as if the page had thrown it. */
const OWN_WORDS = /^(Firefox can’t establish a connection|The connection to ws|Content-Security-Policy:)/;

// For a busy machine.
const patient = { timeout: 120_000, protocolTimeout: 180_000 };

/** One Firefox for the file's tests, for `pageTests`. */
export const launchFirefox = () => launch({ ...patient, ...firefoxOptions() });

/** One Chromium for the file's tests, for `pageTests`. */
export const launchUnhinderedChromium = () =>
  launch({
    ...patient,
    executablePath: chromiumPath,
    args: CHROMIUM_FLAGS,
    ignoreDefaultArgs: [
      "--disable-background-timer-throttling",
      "--disable-backgrounding-occluded-windows",
      "--disable-renderer-backgrounding",
    ],
  });

/** Firefox has the name of an error in its message too. */
const plain = (event) => Object.assign(event, { message: event.message?.replace(/^\w*Error: /, "") });

/** The part of playwright's interface that harness.mjs uses. */
async function launch(options) {
  const browser = await puppeteer.launch(options);
  after(() => browser.close());
  return {
    async newPage() {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      const on = page.on.bind(page);
      return Object.assign(page, {
        context: () => context,
        addInitScript: (script) => page.evaluateOnNewDocument(script),
        on: (type, listener) => on(type, (event) => OWN_WORDS.test(event?.message) || listener(plain(event))),
      });
    },
  };
}
