import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startDemo } from "./main.mjs";
import { Visitor } from "./visitor.mjs";

const usualScreenshots = fileURLToPath(new URL("../screenshots/", import.meta.url));
const patience = 30_000;
const longEnough = 60;
const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const desk = { viewport: { width: 1440, height: 900 }, colorScheme: "light" };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/**
 * Plays the demo's story in headless Chromium: one visitor at a desk, one with a phone, and all the
 * troubles between them. Answers the exit code: 0 when all of it happened. Without a `url` the demo is
 * started for the story and stopped after it. The browser is `CHROME`, or Debian's Chromium.
 */
export async function playStory({ url, screenshots = usualScreenshots, log = console.log } = {}) {
  if (url === undefined) {
    const demo = await startDemo();
    try {
      return await playStory({ url: demo.url, screenshots, log });
    } finally {
      await demo.stop();
    }
  }
  await mkdir(screenshots, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROME || "/usr/bin/chromium", args: flags });
  try {
    return await playScenes({ browser, url, screenshots, log });
  } finally {
    await browser.close();
  }
}

async function playScenes({ browser, url, screenshots, log }) {
  const faults = [];
  const visit = async (device) => {
    const page = await (await browser.newContext(device)).newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    return new Visitor(page, { patience });
  };
  const picture = (visitor, name) => visitor.picture(join(screenshots, `${name}.png`));
  const cast = { ada: await visit(desk), bo: await visit(phone), url, picture };

  for (const [title, play] of scenes) {
    const began = performance.now();
    try {
      const outcome = await play(cast);
      if (faults.length > 0) throw new Error(`the page reported: ${faults.join("; ")}`);
      log(`ok      ${title}: ${outcome} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      log(`FAILED  ${title}: ${error.message.split("\n")[0]}`);
      await picture(cast.ada, "failed-desk").catch(() => {});
      await picture(cast.bo, "failed-phone").catch(() => {});
      return 1;
    }
  }
  log(`All of it happened. The pictures are in ${screenshots}`);
  return 0;
}

const scenes = [
  [
    "connect",
    async ({ ada, bo, url }) => {
      await Promise.all([ada.arrive(url), bo.arrive(url)]);
      await ada.see("present", /2 here/);
      return `two pages are in the room, server ${await ada.see("server-process")}`;
    },
  ],
  [
    "chat",
    async ({ ada, bo }) => {
      await ada.say("Hello from the desk");
      await bo.read("Hello from the desk");
      await bo.say("Hello from the phone");
      await ada.read("Hello from the phone");
      await ada.seeDelivery("Hello from the desk", "delivered");
      return "each page shows what the other said";
    },
  ],
  [
    "prices",
    async ({ ada, bo, picture }) => {
      await Promise.all([ada.seePricesMove(), bo.seePricesMove()]);
      const latency = await ada.see("figure-latency", /ms/);
      await picture(ada, "desk-light");
      await picture(bo, "phone");
      return `the feed moves on the same socket, a heartbeat took ${latency}`;
    },
  ],
  [
    "kill the server",
    async ({ ada, bo, url }) => {
      await Promise.all([ada.forgetLog(), bo.forgetLog()]);
      await ada.press(/^Kill the server/);
      await outage(url, longEnough);
      await Promise.all([ada.reach("waiting", "connecting"), bo.reach("waiting", "connecting")]);
      return `SIGKILL, both pages noticed: ${await ada.readLog("close 1006")}`;
    },
  ],
  [
    "queue while away",
    async ({ ada, bo, picture }) => {
      for (const text of ["away 1", "away 2", "away 3"]) equal(await ada.say(text), "queued", `“${text}”`);
      equal(await bo.say("away from the phone"), "queued", "the phone's message");
      await ada.see("figure-queue", /^3$/);
      await ada.reach("waiting");
      await picture(ada, "desk-outage");
      await picture(bo, "phone-outage");
      for (const visitor of [ada, bo])
        equal((await visitor.findBarriers()).join("; "), "", "barriers during an outage");
      return "three messages wait at the desk, one on the phone";
    },
  ],
  [
    "come back",
    async ({ ada, bo, url }) => {
      await outage(url, 1);
      await Promise.all([ada.reach("open"), bo.reach("open")]);
      return `a new server on the same port: ${await ada.readLog("new server")}`;
    },
  ],
  [
    "deliver",
    async ({ ada, bo, picture }) => {
      const said = ["away 1", "away 2", "away 3"];
      for (const text of said) await Promise.all([ada.seeDelivery(text, "delivered"), bo.read(text)]);
      await ada.read("away from the phone");
      for (const visitor of [ada, bo]) {
        equal((await visitor.texts("away")).filter((text) => said.includes(text)).join(), said.join(), "the room");
        equal((await visitor.texts("away from")).length, 1, "the phone's message, counted");
      }
      await ada.see("figure-queue", /^0$/);
      await picture(ada, "desk-after");
      return "every message arrived once, in order, on both pages";
    },
  ],
  [
    "heartbeat death",
    async ({ ada, bo }) => {
      await ada.forgetLog();
      await ada.press(/^Go silent/);
      await ada.see("trouble-outcome", /has gone silent/);
      equal(await ada.say("into the void"), "sent", "what is said to a silent server");
      const noticed = await ada.readLog("heartbeat-timeout");
      await ada.seeDelivery("into the void", "delivered");
      await bo.read("into the void");
      await Promise.all([ada.settle(), bo.settle()]);
      equal((await bo.texts("into the void")).length, 1, "the message, counted");
      return `noticed (${noticed}), dialled anew, and what was said meanwhile arrived once`;
    },
  ],
  [
    "close with a code",
    async ({ ada, bo }) => {
      await Promise.all([ada.forgetLog(), bo.forgetLog()]);
      await ada.chooseCloseCode(1012, "retry-after=3000");
      await ada.press("Close it");
      const [close] = await Promise.all([ada.readLog("close 1012"), bo.readLog("close 1012")]);
      const retry = await ada.readLog("retry");
      await Promise.all([ada.settle(), bo.settle()]);
      return `1012 ${close}; ${retry}; connected again`;
    },
  ],
  [
    "close for good",
    async ({ ada, bo }) => {
      await ada.forgetLog();
      await ada.chooseCloseCode(1008, "that will do");
      await ada.press("Close it");
      await Promise.all([ada.reach("closed"), bo.reach("closed")]);
      equal(await ada.say("kept for later"), "unsent", "what is said to a closed socket");
      await Promise.all([ada.press("Reconnect"), bo.press("Reconnect")]);
      await Promise.all([ada.settle(), bo.settle()]);
      await ada.seeDelivery("kept for later", "delivered");
      await bo.read("kept for later");
      return "1008 ends it and nothing dials; Reconnect starts afresh";
    },
  ],
  [
    "refuse dials",
    async ({ ada }) => {
      await ada.forgetLog();
      await ada.press(/^Refuse dials/);
      await ada.readLog("connect-failed");
      await ada.settle();
      return `connected again after ${await ada.countLog("dial")} dials`;
    },
  ],
  [
    "accept, then close",
    async ({ ada }) => {
      await ada.forgetLog();
      await ada.press(/^Accept, then close/);
      await ada.readLog("close 1013");
      await ada.settle();
      return `closed with 1013 ${await ada.countLog("close 1013")} times, then it lasted`;
    },
  ],
  [
    "flood",
    async ({ ada, bo }) => {
      await bo.settle();
      await ada.press(/^Flood/);
      return ada.see("trouble-outcome", /5,000 of 5,000 messages came in order/);
    },
  ],
  [
    "dark",
    async ({ ada, bo, picture }) => {
      await ada.press("Dark theme");
      await picture(ada, "desk-dark");
      for (const visitor of [ada, bo]) equal((await visitor.findBarriers()).join("; "), "", "barriers");
      return "the theme turns, and axe finds no barrier, light or dark, desk or phone";
    },
  ],
];

/** Sets when a killed server comes back. The page's button allows 5 s, too few for a busy machine to play its scene. */
async function outage(url, seconds) {
  const trouble = { kind: "kill", seconds };
  const headers = { "content-type": "application/json" };
  const { ok } = await fetch(new URL("api/trouble", url), { method: "POST", headers, body: JSON.stringify(trouble) });
  if (!ok) throw new Error("the demo's server did not take the order");
}

function equal(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: expected “${expected}”, saw “${actual}”`);
}
