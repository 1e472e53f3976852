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

  tests.test(
    "a dial that Firefox may hold back after five failures is waited for, however short the connect timeout",
    () =>
      tests.inPage(async ({ Socket, url, equal, journal, fast }) => {
        // Firefox's own holding back takes minutes to come about, so this class is late in its place.
        let dials = 0;
        class Late {
          readyState = 0;
          constructor() {
            dials += 1;
            if (dials > 5) setTimeout(() => ((this.readyState = 1), this.onopen?.({})), 1_000);
            else setTimeout(() => this.close());
          }
          send() {}
          close() {
            this.readyState = 3;
            setTimeout(() => this.onclose?.({ code: 1006, reason: "", wasClean: false }));
          }
        }
        const socket = new Socket(url("/echo"), { ...fast, WebSocket: Late, connectTimeout: 200 });
        const seen = journal(socket);
        await socket.opened;
        equal(
          seen.of("error").map(({ code }) => code),
          Array(5).fill("connect-failed"),
        );
        equal(dials, 6);
        socket.close();
      }),
  );
}
