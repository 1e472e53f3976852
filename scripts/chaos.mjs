import { build } from "./build.mjs";
import { findFirefox } from "./lib/browser.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { inRoot } from "./lib/paths.mjs";
import { explain } from "./lib/process.mjs";
import { Progress } from "./lib/progress.mjs";
import { bold, fail, table } from "./lib/terminal.mjs";
import { setUp } from "./setup.mjs";

const [shortest, longest] = [5, 600];
/** How many unaccounted messages are told one by one. */
const shown = 20;

const columns = [
  ["library", "library"],
  ["sent", "sent"],
  ["delivered", "delivered"],
  ["reported", "reported"],
  ["inFlight", "in flight"],
  ["unaccounted", "unaccounted"],
  ["duplicated", "duplicated"],
  ["outOfOrder", "out of order"],
  ["maxLive", "max live"],
  ["kills", "kills"],
];

/** Runs everwire and its peers at once, each in a browser of its own; answers what came of each, everwire's first. */
async function runAll({ seed, seconds, browser }) {
  const { bundlePage, libraries, runChaos } = await import("../tests/faults/chaos.mjs");
  const page = await bundlePage(inRoot("pkg", "index.js"));
  const progress = new Progress();
  const run = async (library) => {
    progress.begin(library);
    const onProgress = ({ dials, kills, received }) =>
      progress.said(library, `${dials} dials, ${kills} kills, ${received} messages at the server\n`);
    let result;
    try {
      result = await runChaos({ library, seed, seconds, browser, page, onProgress });
      return result;
    } finally {
      progress.end(library, result !== undefined);
    }
  };
  return Promise.all(libraries.map(run));
}

const rowsTable = (rows) =>
  table(
    columns.map(([, title]) => title),
    rows.map((row) => columns.map(([key]) => String(row[key]))),
    { right: columns.slice(1).map(([, title]) => title) },
  );

function wholeNumber(name, text, low, high) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < low || number > high) {
    fail(`--${name} takes a whole number from ${low} to ${high}, not "${text}".`, 2);
  }
  return number;
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary:
      "Numbered messages both ways through a proxy that breaks every connection, everwire beside its peers; counts what\n" +
      "became of each message. Ends with code 1 when everwire breaks a promise. See docs/reliability.md.",
    usage: "npm run chaos -- [options]",
    options: {
      seed: { type: "string", value: "<n>", default: "1", help: "fixes the faults and the messages (default: 1)" },
      seconds: {
        type: "string",
        value: "<s>",
        default: "20",
        help: `how long the faults last, ${shortest} to ${longest} (default: 20)`,
      },
      browser: {
        type: "string",
        value: "<name>",
        default: "chromium",
        help: "chromium or firefox (default: chromium)",
      },
      json: { type: "boolean", help: "print the rows once more, as the last line, in JSON" },
    },
  });
  const { browser } = options;
  if (!["chromium", "firefox"].includes(browser)) fail(`--browser takes chromium or firefox, not "${browser}".`, 2);
  const seed = wholeNumber("seed", options.seed, 0, Number.MAX_SAFE_INTEGER - 2);
  const seconds = wholeNumber("seconds", options.seconds, shortest, longest);

  await setUp({ browser: browser === "chromium", firefox: browser === "firefox" });
  if (browser === "firefox" && !findFirefox()) {
    fail("Firefox is not there: install it (Debian: apt-get install firefox-esr), or set FIREFOX to its path.");
  }
  try {
    await build();
    console.log(`\n${bold(`Chaos: seed ${seed}, ${seconds} s, ${browser}`)}`);
    const results = await runAll({ seed, seconds, browser });
    const rows = results.map(({ row }) => row);
    const { broken } = await import("../tests/faults/accounts.mjs");
    const faults = broken(rows[0]);
    console.log(`\n${rowsTable(rows)}\n`);
    console.log(faults.length > 0 ? `everwire broke a promise: ${faults.join("; ")}.` : "everwire kept every promise.");
    for (const sentence of results[0].mysteries.slice(0, shown)) console.log(`  ${sentence}`);
    if (options.json) console.log(JSON.stringify({ rows }));
    process.exitCode = faults.length > 0 ? 1 : 0;
  } catch (error) {
    fail(explain(error));
  }
}
