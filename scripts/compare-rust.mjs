import { findBrowser } from "./lib/browser.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { explain } from "./lib/process.mjs";
import { Progress } from "./lib/progress.mjs";
import { bold, dim, duration, fail, table } from "./lib/terminal.mjs";
import { setUp } from "./setup.mjs";

/** How long to wait for a library to come back, in ms: longer than any of them waits between dials by then. */
const patience = 30_000;
/** How long the server is away, in ms, from the first to the second. */
const short = [1_000, 4_000];
const long = [10_000, 14_000];
const halfOpen = 8_000;

/** The scenes, with the sentence that stands above the table of each. */
async function scenesFor(times) {
  const { befallen, BURST, burstAndUnmount, killed } = await import("../tests/faults/side-by-side.mjs");
  const { Random } = await import("../tests/faults/random.mjs");
  const random = new Random(1);
  const drawn = (range) => Array.from({ length: times }, () => random.between(...range));
  const seconds = ([from, to]) => `${from / 1000} to ${to / 1000} s`;
  const count = times === 1 ? "once" : `${times} times`;
  const often = (thing) => Array(times).fill(thing);
  return {
    killed: {
      title: `The server is killed and comes back after ${seconds(short)}, ${count}`,
      scene: killed(drawn(short)),
    },
    away: { title: `It comes back after ${seconds(long)}, ${count}`, scene: killed(drawn(long)) },
    cut: {
      title: `The connection is cut in the middle of a frame, ${count}`,
      scene: befallen(often({ end: "cut" })),
    },
    halfOpen: {
      title: `Nothing passes for ${halfOpen / 1000} s, and nobody says so; then a reset; ${count}`,
      scene: befallen(often({ end: "halfOpen", for: halfOpen })),
    },
    burst: { title: `${BURST} messages in one go; then the component is taken off the page`, scene: burstAndUnmount },
  };
}

/** Plays all scenes with all libraries at once; answers `{ library, …what came of each scene }`. */
async function playAll({ scenes, browser }) {
  const { libraries, play } = await import("../tests/faults/side-by-side.mjs");
  const { servePage } = await import("../tests/faults/side-by-side-page.mjs");
  const progress = new Progress();
  const watch = async (name, act) => {
    progress.begin(name);
    let result;
    try {
      result = await act((chunk) => progress.said(name, chunk));
      return result;
    } finally {
      progress.end(name, result !== undefined);
    }
  };
  const web = await watch("building the components", (onChunk) => servePage({ onChunk }));
  const playing = libraries.map((library) =>
    watch(library, async (say) => {
      const onScene = (name) => say(`${name}\n`);
      return { library, ...(await play({ library, scenes, browser, origin: web.origin, patience, onScene })) };
    }),
  );
  return Promise.all(playing).finally(() => web.stop());
}

const columns = [
  ["library", ({ library }) => library],
  ["returned", ({ returns }) => `${came(returns).length} of ${returns.length}`],
  ["after", ({ returns }) => (came(returns).length > 0 ? duration(median(came(returns))) : "–")],
  ["said", ({ toServer }) => toServer.sent],
  ["arrived", ({ toServer }) => toServer.delivered],
  ["refused", ({ toServer }) => toServer.reported],
  ["in flight", ({ toServer }) => toServer.inFlight],
  ["lost", ({ toServer }) => toServer.unaccounted],
  ["server said", ({ toPage }) => toPage.sent],
  ["shown", ({ toPage }) => toPage.delivered],
  ["doubled", ({ toServer, toPage }) => toServer.duplicated + toPage.duplicated],
  ["`send` said meanwhile", ({ answers }) => answers.map((answer) => answer || "nothing").join(", ") || "–"],
];

const burstColumns = [
  ["library", ({ library }) => library],
  ["heard", ({ heard }) => heard],
  ["connection closed", ({ closed }) => (closed ? "yes" : "no")],
];

const tableOf = (columns, rows) =>
  table(
    columns.map(([title]) => title),
    rows.map((row) => columns.map(([, cell]) => String(cell(row)))),
    { right: columns.slice(1, -1).map(([title]) => title) },
  );

const came = (returns) => returns.filter((time) => time != null);

function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary:
      "One small component written with each WebSocket library for Rust front ends, in one browser behind a proxy: what\n" +
      "each does when the server dies. The first run builds Dioxus, Leptos and Yew, which takes minutes. See docs/rust.md.",
    usage: "npm run compare:rust -- [options]",
    options: {
      times: { type: "string", value: "<n>", default: "5", help: "how often each thing happens (default: 5)" },
      json: { type: "boolean", help: "print everything once more, as the last line, in JSON" },
    },
  });
  if (!/^[1-9]\d?$/.test(options.times)) {
    fail(`--times takes a whole number from 1 to 99, not "${options.times}".`, 2);
  }
  await setUp({ browser: true });
  const { chromium } = await import("playwright-core");
  const { CHROMIUM_FLAGS } = await import("../tests/faults/browser.mjs");
  const browser = await chromium.launch({ executablePath: findBrowser().chrome, args: CHROMIUM_FLAGS });
  try {
    const titled = await scenesFor(Number(options.times));
    const scenes = Object.fromEntries(Object.entries(titled).map(([name, { scene }]) => [name, scene]));
    const played = await playAll({ scenes, browser });
    for (const [name, { title }] of Object.entries(titled)) {
      const rows = played.map(({ library, [name]: result }) => ({ library, ...result }));
      console.log(`\n${bold(title)}\n${tableOf(name === "burst" ? burstColumns : columns, rows)}`);
    }
    console.log(dim(`\nChromium ${browser.version()}`));
    if (options.json) console.log(JSON.stringify({ libraries: played }));
  } catch (error) {
    fail(explain(error));
  } finally {
    await browser.close();
  }
}
