/**
 * Debian's own Firefox, driven through WebDriver BiDi by puppeteer-core: playwright-core wants a Firefox of its own build.
 */
import { after } from "node:test";
import puppeteer from "puppeteer-core";
import { findFirefox } from "../../scripts/lib/browser.mjs";

/** Launches Firefox; `preferences` add to those under which a test of reconnecting takes seconds, not minutes. */
export function startFirefox(preferences = {}) {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: findFirefox(),
    extraPrefsFirefox: {
      // Firefox holds back dials to a host that refused one, by up to a minute.
      "network.websocket.delay-failed-reconnects": false,
      ...preferences,
    },
    // On a busy machine.
    timeout: 120_000,
    protocolTimeout: 180_000,
  });
}

/** What Firefox itself says of connections that fail, as if the page had thrown it. */
const OWN_WORDS = /^(Firefox can’t establish a connection|The connection to ws|Content-Security-Policy:)/;

/** What `launchBrowser` of harness.mjs gives for Chromium, as far as tests in any browser use it. */
export async function launchFirefox() {
  const browser = await startFirefox();
  after(() => browser.close());
  return {
    async newPage() {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      const on = page.on.bind(page);
      return Object.assign(page, {
        context: () => context,
        addInitScript: (script) => page.evaluateOnNewDocument(script),
        on: (type, listener) => on(type, (event) => OWN_WORDS.test(event?.message) || listener(event)),
      });
    },
  };
}

/** What to give a test that needs Firefox as its option `skip`. */
export const skipWithoutFirefox = findFirefox()
  ? false
  : "no Firefox here: apt-get install firefox-esr, or set FIREFOX";
