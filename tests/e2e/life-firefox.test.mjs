/** The life of a socket in a page of Firefox: the same tests as in Chromium, and what Firefox does otherwise. */
import { launchFirefox, skipWithoutFirefox as skip } from "./puppeteer.mjs";
import { pageTests } from "./harness.mjs";
import { lifeAnywhere } from "./life-anywhere.mjs";

const setOffline = (page, is) => page.setOfflineMode(is);
const tests = skip ? {} : await pageTests({ launch: launchFirefox });

lifeAnywhere({ ...tests, setOffline, skip });
