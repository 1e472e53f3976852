/** The life of a socket in a page of Firefox, bad input and hostile servers: the tests of Chromium's that any browser can play. */
import { test } from "node:test";
import { hostileCallbacks } from "./anywhere/hostile-callbacks.mjs";
import { hostileInput } from "./anywhere/hostile-input.mjs";
import { hostileSecrets } from "./anywhere/hostile-secrets.mjs";
import { SAYINGS, hostileServer } from "./anywhere/hostile-server.mjs";
import { life } from "./anywhere/life.mjs";
import { pageTests } from "./harness.mjs";
import { launchFirefox, skipWithoutFirefox } from "./puppeteer.mjs";
import { rawServer } from "./raw-server.mjs";

if (skipWithoutFirefox) {
  test("everwire in Firefox", { skip: skipWithoutFirefox });
} else {
  const tests = {
    ...(await pageTests({ launch: launchFirefox })),
    raw: await rawServer(SAYINGS),
    setOffline: (page, is) => page.setOfflineMode(is),
  };
  for (const define of [life, hostileInput, hostileCallbacks, hostileServer, hostileSecrets]) define(tests);
}
