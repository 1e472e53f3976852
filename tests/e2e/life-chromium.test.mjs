/** The life of a socket in a page of Chromium: network, servers that stop and start, policy. */
import { pageTests } from "./harness.mjs";
import { lifeAnywhere } from "./life-anywhere.mjs";

// Network.emulateNetworkConditions of the DevTools protocol.
const setOffline = (page, is) => page.context().setOffline(is);

lifeAnywhere({ ...(await pageTests()), setOffline });
