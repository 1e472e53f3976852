/** The life of a socket in a page of Chromium, as far as it is the same in every browser. */
import { life } from "./anywhere/life.mjs";
import { pageTests } from "./harness.mjs";

// Network.emulateNetworkConditions of the DevTools protocol.
const setOffline = (page, is) => page.context().setOffline(is);

life({ ...(await pageTests()), setOffline });
