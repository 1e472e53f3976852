import { isMain, readOptions } from "./lib/command-line.mjs";
import { find } from "./lib/browser.mjs";
import { explain, mustRun } from "./lib/process.mjs";
import { fail, table } from "./lib/terminal.mjs";

/**
 * The most that one run of a step may cost. Instructions are those of x86-64, about a tenth above what rustc 1.95 makes;
 * rustc 1.97 stays within 5 % of that, opt-level 2 within 8 %.
 */
export const budgets = {
  send: { instructions: 50, allocations: 0 },
  queue: { instructions: 420, allocations: 0 },
  receive: { instructions: 175, allocations: 0 },
  heartbeat: { instructions: 690, allocations: 0 },
  reconnect: { instructions: 2_480, allocations: 0 },
  // The queue doubles its room nine times, and gives it back.
  "flush of 1,000": { instructions: 370_000, allocations: 9 },
};

/** Why instructions are not counted here, if they are not. */
export function whyUncounted() {
  if (process.arch !== "x64") return `instructions are not counted: the budgets are those of x64, not ${process.arch}`;
  if (!find("valgrind")) return "instructions are not counted: valgrind is not there";
  return undefined;
}

/** What each step of the core costs: `[{ step, allocations, kept, instructions }]`, the last where it can be counted. */
export async function measure() {
  const program = await compile();
  const lines = (await mustRun(program, [])).trim().split("\n");
  const measured = [];
  for (const { step, runs, allocations, kept } of lines.map((line) => JSON.parse(line))) {
    const instructions = whyUncounted() ? undefined : Math.round((await collected(program, step)) / runs);
    measured.push({ step, allocations: allocations / runs, kept, instructions });
  }
  return measured;
}

/** One sentence for each budget that is passed. */
export function overBudget(measured) {
  return measured.flatMap(({ step, kept, ...costs }) => [
    ...Object.entries(budgets[step])
      .filter(([what, budget]) => costs[what] > budget)
      .map(([what, budget]) => `${step} costs ${costs[what]} ${what}; its budget is ${budget}`),
    ...(kept === 0 ? [] : [`${step} leaves ${kept} allocations behind`]),
  ]);
}

export const costTable = (measured) =>
  table(
    ["step", "allocations", "instructions", "budget"],
    measured.map(({ step, allocations, instructions }) => [
      step,
      String(allocations),
      instructions?.toLocaleString("en") ?? "",
      budgets[step].instructions.toLocaleString("en"),
    ]),
    { right: ["allocations", "instructions", "budget"] },
  );

async function compile() {
  const form = ["--release", "--no-default-features", "--bench", "core", "--message-format=json-render-diagnostics"];
  const output = await mustRun("cargo", ["build", "--locked", ...form]);
  return /"executable":"([^"]+)"/.exec(output)[1];
}

/** How many instructions callgrind saw in `measured` of bench/core, a thousand runs or one. */
async function collected(program, step) {
  const flags = ["--tool=callgrind", "--toggle-collect=core::measured*", "--callgrind-out-file=/dev/null"];
  const output = await mustRun("valgrind", [...flags, program, step]);
  return Number(/Collected : (\d+)/.exec(output)[1]);
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary:
      "Counts what one run of each step of the core costs: allocations, and instructions where valgrind is there.",
    usage: "npm run cost -- [options]",
    options: { check: { type: "boolean", help: "fail when a step costs more than its budget" } },
  });
  try {
    const measured = await measure();
    console.log([costTable(measured), whyUncounted()].filter(Boolean).join("\n"));
    const tooDear = options.check ? overBudget(measured) : [];
    if (tooDear.length > 0) fail(tooDear.join("\n"));
  } catch (error) {
    fail(explain(error));
  }
}
