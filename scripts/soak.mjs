import { build } from "./build.mjs";
import { findBrowser } from "./lib/browser.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { inRoot } from "./lib/paths.mjs";
import { explain } from "./lib/process.mjs";
import { Progress } from "./lib/progress.mjs";
import { bold, fail, table } from "./lib/terminal.mjs";
import { setUp } from "./setup.mjs";

const longest = 24 * 60;

/** Two samples are the least that can be compared. */
const fewestRounds = 6;

async function soak(minutes) {
  const { growth, runSoak } = await import("../tests/faults/soak.mjs");
  const deadline = Date.now() + minutes * 60_000;
  const progress = new Progress();
  progress.begin("soak");
  let result;
  try {
    result = await runSoak({
      everwire: inRoot("pkg", "index.js"),
      chrome: findBrowser().chrome,
      enough: ({ rounds }) => rounds >= fewestRounds && Date.now() >= deadline,
      onRound: ({ reconnects, heapBytes }) =>
        progress.said("soak", `${reconnects} reconnects, ${heapBytes} bytes on the heap\n`),
    });
  } finally {
    progress.end("soak", result !== undefined);
  }
  const { samples } = result;
  console.log(`\n${samplesTable(samples)}\n`);
  const sentences = growth(result);
  console.log(sentences.length > 0 ? `Something grows:\n  ${sentences.join("\n  ")}` : "Nothing grows.");
  return sentences.length === 0;
}

/** What was counted, one line each, at the beginning, in the middle and at the end. */
function samplesTable(samples) {
  const chosen = [samples[0], samples[Math.floor(samples.length / 2)], samples.at(-1)];
  const titles = ["first", "middle", "last"];
  const rows = Object.keys(samples[0]).map((name) => [name, ...chosen.map((sample) => String(sample[name]))]);
  return table(["after a garbage collection", ...titles], rows, { right: titles });
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary:
      "Reconnects thousands of times in one page of Chromium, and counts after each round what the page holds on to.\n" +
      "Ends with code 1 when something grows. See docs/reliability.md.",
    usage: "npm run soak -- [options]",
    options: {
      minutes: { type: "string", value: "<m>", default: "2", help: `how long, up to ${longest} (default: 2)` },
    },
  });
  const minutes = Number(options.minutes);
  if (!(minutes > 0 && minutes <= longest)) {
    fail(`--minutes takes a number above 0, up to ${longest}, not "${options.minutes}".`, 2);
  }
  await setUp({ browser: true });
  try {
    await build();
    console.log(`\n${bold(`Soak: ${minutes} min`)}`);
    process.exitCode = (await soak(minutes)) ? 0 : 1;
  } catch (error) {
    fail(explain(error));
  }
}
