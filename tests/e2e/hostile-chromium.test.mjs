/** Bad input and hostile servers, in Chromium. */
import { hostileCallbacks } from "./anywhere/hostile-callbacks.mjs";
import { hostileInput } from "./anywhere/hostile-input.mjs";
import { hostileSecrets } from "./anywhere/hostile-secrets.mjs";
import { SAYINGS, hostileServer } from "./anywhere/hostile-server.mjs";
import { pageTests } from "./harness.mjs";
import { rawServer } from "./raw-server.mjs";

const tests = { ...(await pageTests()), raw: await rawServer(SAYINGS) };
for (const define of [hostileInput, hostileCallbacks, hostileServer, hostileSecrets]) define(tests);
