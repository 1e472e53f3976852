import { loadavg } from "node:os";
import { codecCases } from "../bench/codecs.mjs";
import { build } from "./build.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { explain } from "./lib/process.mjs";
import { bold, dim, duration, fail, table } from "./lib/terminal.mjs";
import { setUp } from "./setup.mjs";

const thorough = { rounds: 15, sampleTime: 50 };
const quick = { rounds: 5, sampleTime: 15 };

async function bench({ wanted, effort, seed, only }) {
  // Not before everything is installed.
  const { launch } = await import("../bench/browser.mjs");
  const { measure } = await import("../bench/measure.mjs");
  const { seeded } = await import("../bench/statistics.mjs");
  const began = Date.now();
  const random = seeded(seed);
  const lab = await launch([...new Set(wanted.flatMap(({ contenders }) => contenders))].filter(only));
  const rows = [];
  console.log(dim(`Chromium ${lab.version}, ${effort.rounds} rounds, seed ${seed}, load ${loadavg()[0].toFixed(1)}`));
  try {
    for (const definition of wanted) {
      const measured = await measure(lab, definition, { ...effort, random, only });
      const named = measured.map((row) => ({ ...row, contender: row.contender.replace("codecs/", "") }));
      console.log(`\n${bold(definition.title)}\n${await tableOf(definition.name, named)}`);
      rows.push(...named);
    }
  } finally {
    await lab.close();
  }
  console.log(`\nTook ${duration(Date.now() - began)}.`);
  return rows;
}

/** A line for each codec: bytes, and the median with the least and the most of each time. */
async function tableOf(name, rows) {
  const { figure } = await import("../bench/report.mjs");
  const columns = [name, "bytes", "encode", "spread", "decode", "spread "];
  const lines = [...new Set(rows.map(({ contender }) => contender))].map((contender) => {
    const of = (what) => rows.find((row) => row.contender === contender && row.case === `${name}-${what}`);
    const times = ["encode", "decode"].flatMap((what) => {
      const { median, min, max } = of(what);
      return [time(figure, median), `${time(figure, min)} – ${time(figure, max)}`];
    });
    return [contender, figure(of("bytes").median), ...times];
  });
  return table(columns, lines, { right: columns.slice(1) });
}

const time = (figure, ns) => (ns < 10_000 ? `${figure(ns)} ns` : `${figure(ns / 1000)} µs`);

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary: "Measures codecs beside each other, in one run of one browser: bytes, time to encode, time to decode.",
    usage: "npm run bench:codecs -- [options]",
    options: {
      quick: { type: "boolean", help: "fewer and shorter rounds: within two minutes of the build" },
      filter: { type: "string", value: "<text>", help: "only the messages whose name holds this" },
      only: { type: "string", multiple: true, value: "<codec>", help: "only this one (repeatable)" },
      seed: { type: "string", value: "<n>", help: "another order of the codecs (default: 1)" },
      built: { type: "boolean", help: "measure pkg/ as it is, instead of building it" },
      json: { type: "boolean", help: 'print {"rows":[{"case","contender","unit","median","min","max"}]} last' },
    },
  });
  const wanted = codecCases.filter(({ name }) => name.includes(options.filter ?? ""));
  if (wanted.length === 0) fail(`no message is called "${options.filter}".`, 2);
  const seed = options.seed ?? "1";
  if (!/^\d+$/.test(seed)) fail(`--seed takes a whole number, not "${seed}".`, 2);
  const only = (contender) => !options.only || options.only.includes(contender.replace("codecs/", ""));
  if (!wanted[0].contenders.some(only)) fail(`there is no codec "${options.only}".`, 2);
  await setUp({ browser: true });
  try {
    if (!options.built) await build({ log: console.error });
    const rows = await bench({ wanted, effort: options.quick ? quick : thorough, only, seed: Number(seed) });
    // npm keeps `--json` for itself when it stands before the `--`.
    if (options.json || process.env.npm_config_json === "true") {
      const shown = rows.map(({ case: name, contender, unit, median, min, max }) => ({
        ...{ case: name, contender, unit, median, min, max },
      }));
      console.log(JSON.stringify({ rows: shown }));
    }
  } catch (error) {
    fail(explain(error));
  }
}
