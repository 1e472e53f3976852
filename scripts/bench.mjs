import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { cases } from "../bench/cases.mjs";
import { build } from "./build.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { target } from "./lib/paths.mjs";
import { explain } from "./lib/process.mjs";
import { bold, dim, duration, fail, table } from "./lib/terminal.mjs";
import { setUp } from "./setup.mjs";

const thorough = { rounds: 15, starts: 15, pages: 2, sampleTime: 50, outages: 50, longestOutage: 10_000 };
const quick = { rounds: 2, starts: 1, pages: 1, sampleTime: 10, outages: 1, longestOutage: 3_000 };

async function bench({ wanted, effort, seed, only }) {
  // Not before everything is installed.
  const { launch } = await import("../bench/browser.mjs");
  const { measure } = await import("../bench/measure.mjs");
  const { caseTable, html, verdict } = await import("../bench/report.mjs");
  const { seeded } = await import("../bench/statistics.mjs");
  const began = Date.now();
  const random = seeded(seed);
  const lab = await launch([...new Set(wanted.flatMap(({ contenders }) => contenders))].filter(only));
  const rows = [];
  console.log(dim(`Chromium ${lab.version}, ${effort.rounds} rounds, seed ${seed}, load ${load()}`));
  try {
    for (const definition of wanted) {
      const measured = await measure(lab, definition, { ...effort, random, only });
      console.log(`\n${bold(definition.title)}\n${caseTable(measured)}`);
      rows.push(...measured);
    }
  } finally {
    await lab.close();
  }
  const report = join(target, "bench", "report.html");
  const note = `Chromium ${lab.version}, ${effort.rounds} rounds, seed ${seed}, load ${load()}`;
  writeFileSync(report, html(wanted, rows, note));
  console.log(`\n${verdict(rows)}\n\nTook ${duration(Date.now() - began)}. The charts are in ${report}`);
  return rows;
}

const load = () => loadavg()[0].toFixed(1);

function whole(name, text) {
  if (!/^\d+$/.test(text)) fail(`--${name} takes a whole number, not "${text}".`, 2);
  return Number(text);
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary: "Measures everwire beside the native WebSocket and other libraries, in one run of one browser.",
    usage: "npm run bench -- [options]",
    options: {
      quick: { type: "boolean", help: "fewer cases, fewer and shorter rounds: within two minutes" },
      filter: { type: "string", value: "<text>", help: "only the cases whose name holds this" },
      only: { type: "string", multiple: true, value: "<contender>", help: "only this one beside native (repeatable)" },
      rounds: {
        type: "string",
        value: "<n>",
        help: "how many (default: 15, with --quick 2); more tell smaller differences",
      },
      seed: { type: "string", value: "<n>", help: "another order of the contenders (default: 1)" },
      built: { type: "boolean", help: "measure pkg/ as it is, instead of building it" },
      list: { type: "boolean", help: "print the cases and exit" },
      json: {
        type: "boolean",
        help: 'print {"rows":[{"case","contender","unit","median","min","max","toNative"}]} last',
      },
    },
  });
  const wanted = cases.filter(
    ({ name, thorough }) => name.includes(options.filter ?? "") && !(options.quick && thorough),
  );
  if (options.list) {
    const rows = cases.map(({ name, title, thorough }) => [name, thorough ? "" : "yes", title]);
    console.log(table(["case", "quick", ""], rows));
    process.exit(0);
  }
  if (wanted.length === 0) fail(`no case is called "${options.filter}"; --list prints all.`, 2);
  const known = new Set(cases.flatMap(({ contenders }) => contenders));
  for (const name of options.only ?? []) {
    if (!known.has(name)) fail(`there is no contender "${name}"; there are ${[...known].join(", ")}.`, 2);
  }
  const only = (contender) => !options.only || contender.startsWith("native") || options.only.includes(contender);
  const effort = { ...(options.quick ? quick : thorough) };
  if (options.rounds) effort.rounds = whole("rounds", options.rounds);
  await setUp({ browser: true });
  try {
    if (!options.built) await build({ log: console.error });
    const rows = await bench({ wanted, effort, only, seed: whole("seed", options.seed ?? "1") });
    // npm keeps `--json` for itself when it stands before the `--`.
    if (options.json || process.env.npm_config_json === "true") {
      const shown = rows.map(({ values, ratioBetween, ...row }) => row);
      console.log(JSON.stringify({ rows: shown }));
    }
  } catch (error) {
    fail(explain(error));
  }
}
