/** Thousands of reconnects in one page of Chromium, and what it holds on to after each round of them. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { startServer } from "../server/server.mjs";
import { counters, heapSnapshot, keepAccounts } from "./counters.mjs";
import { HEAD, serveFiles } from "./web.mjs";

const CHROMIUM_FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];

/** Until then the browser compiles, fills its caches and finds its sizes. */
const WARM_UP = 3;
const CLASSES = ["WebSocket", "WireSocket", "Function", "Promise", "Event"];

/** How much the heap may be larger in the second half: code that is compiled late, and less than an object a reconnect. */
const LATE_CODE = 250_000;
const BYTES_PER_RECONNECT = 12;

/** What DevTools and the compiler keep about any page that makes requests and runs for long. */
const NOT_OURS = /^code |ResourceData|PerformanceResourceTiming|ConsoleMessage|SourceLocation/;

/**
 * Plays rounds until `enough({ rounds, reconnects })` says so; answers the samples, one a round, and the kinds of
 * objects that there are more of than at the beginning. `everwire` is the file that an import of the package means.
 */
export async function runSoak({ everwire, chrome, enough, onRound = () => {} }) {
  const server = await startServer();
  const web = await serveFiles({
    "/": ["text/html; charset=utf-8", `${HEAD}<script type="module" src="/main.js"></script>`],
    "/main.js": ["text/javascript; charset=utf-8", await bundle(everwire)],
  });
  const browser = await chromium.launch({ executablePath: chrome, args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage();
    const uncaught = [];
    page.on("pageerror", (error) => uncaught.push(error.message));
    await page.addInitScript(keepAccounts);
    await page.goto(`${web.origin}/?port=${server.port}`);
    const session = await page.context().newCDPSession(page);
    const play = async () => {
      const reconnects = await page.evaluate("playRound()");
      const sample = { reconnects, ...(await counters(session, CLASSES)) };
      if (uncaught.length > 0) throw new Error(`nobody caught in the page: ${uncaught.join("; ")}`);
      return sample;
    };

    for (let round = 0; round < WARM_UP; round += 1) await play();
    const before = await heapSnapshot(session);
    const samples = [];
    do {
      samples.push(await play());
      onRound(samples.at(-1));
    } while (!enough({ rounds: samples.length, reconnects: samples.at(-1).reconnects }));
    return { samples, more: difference(before, await heapSnapshot(session)) };
  } finally {
    await browser.close();
    web.stop();
    await server.stop();
  }
}

/** A sentence for each thing that grew. */
export function growth({ samples, more }) {
  const half = Math.ceil(samples.length / 2);
  const [early, late] = [samples.slice(0, half), samples.slice(half)];
  const reconnects = samples.at(-1).reconnects - samples[0].reconnects;
  const steady = Object.keys(samples[0]).filter((name) => name !== "reconnects" && name !== "heapBytes");
  const most = (rows, name) => Math.max(...rows.map((row) => row[name]));
  const least = (rows, name) => Math.min(...rows.map((row) => row[name]));

  const sentences = steady
    .filter((name) => most(late, name) > most(early, name))
    .map((name) => `${name} grew from ${most(early, name)} to ${most(late, name)} in ${reconnects} reconnects`);
  const bytes = least(late, "heapBytes") - least(early, "heapBytes");
  if (bytes > LATE_CODE + BYTES_PER_RECONNECT * reconnects) sentences.push(`the heap grew by ${bytes} bytes`);
  for (const [what, count] of more) {
    if (count >= reconnects / 10) sentences.push(`${count} more of "${what}" after ${reconnects} reconnects`);
  }
  return sentences;
}

function difference(before, after) {
  return [...after]
    .map(([what, count]) => [what, count - (before.get(what) ?? 0)])
    .filter(([what, count]) => count > 0 && !NOT_OURS.test(what))
    .sort(([, one], [, other]) => other - one);
}

async function bundle(everwire) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page/soak.js", import.meta.url))],
    alias: { everwire },
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}
