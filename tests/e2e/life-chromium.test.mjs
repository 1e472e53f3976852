/** The life of a socket in a page of Chromium: what any browser can play, and the throttle of its dials. */
import { life } from "./anywhere/life.mjs";
import { pageTests } from "./harness.mjs";

// Network.emulateNetworkConditions of the DevTools protocol.
const setOffline = (page, is) => page.context().setOffline(is);
const tests = await pageTests();

life({ ...tests, setOffline });

tests.test("a dial that Chromium holds back after many failures is waited for, however short the connect timeout", () =>
  tests.inPage(
    async ({ Socket, url, control, equal, roundTrip, fast }) => {
      // After the 15th failure every dial is held back by 1 to 5 s, and one that is given up meanwhile is a failure more.
      await control("next", { dial: Array(15).fill("/refuse") });
      const socket = new Socket(url("/echo"), { ...fast, connectTimeout: 900 });
      await roundTrip(socket);
      equal((await control("stats")).opens, 1);
      socket.close();
    },
    // A page of its own: the throttle is for each renderer, and other tests should not meet it.
    { before: "// nothing" },
  ),
);
