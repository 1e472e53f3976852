import { stripVTControlCharacters } from "node:util";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { environment } from "./lib/paths.mjs";
import { explain, run } from "./lib/process.mjs";
import { steps } from "./lib/steps.mjs";
import { bold, dim, duration, fail, red, table } from "./lib/terminal.mjs";
import { setUp } from "./setup.mjs";

const stepLimit = 25 * 60_000;

/** A step while it runs: counts the tests in the output of its commands and keeps what went wrong. */
class Step {
  passed = 0;
  failed = 0;
  skipped = 0;
  problems = [];

  constructor({ quick }) {
    this.quick = quick;
  }

  /** Runs a command; its failure is noted, and the step goes on. Answers what it printed. */
  async command(command, args, { show = true, env = environment } = {}) {
    const line = [command, ...args].join(" ");
    console.log(dim(`$ ${line}`));
    const onChunk = show ? (text) => process.stdout.write(text) : undefined;
    const { code, output, timedOut } = await run(command, args, { env, onChunk, timeout: stepLimit });
    const failedBefore = this.failed;
    this.#count(stripVTControlCharacters(output));
    if (timedOut) this.#problem(`\`${line}\` took longer than ${duration(stepLimit)}`);
    else if (code !== 0) this.#problem(`\`${line}\` ended with code ${code}`, this.failed - failedBefore);
    if (code !== 0 && !show) console.log(output);
    return output;
  }

  /** A command that failed is a failure even where it counted none. */
  #problem(sentence, counted = 0) {
    this.problems.push(sentence);
    if (counted === 0) this.failed += 1;
  }

  #count(output) {
    for (const [, passed, failed, ignored] of output.matchAll(
      /^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm,
    )) {
      this.#add(passed, failed, ignored);
    }
    const scenes = (outcome) => output.split("\n").filter((line) => line.startsWith(outcome)).length;
    this.#add(scenes("ok      "), scenes("FAILED  "), 0);
    const node = (what) => Number(new RegExp(`^ℹ ${what} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
    this.#add(node("pass"), node("fail") + node("cancelled"), node("skipped") + node("todo"));
  }

  #add(passed, failed, skipped) {
    this.passed += Number(passed);
    this.failed += Number(failed);
    this.skipped += Number(skipped);
  }
}

async function runStep(definition, quick) {
  const began = Date.now();
  console.log(`\n${bold(`── ${definition.name}: ${definition.title}`)}`);
  const step = new Step({ quick });
  try {
    await definition.run(step);
  } catch (error) {
    step.problems.push(explain(error));
    step.failed += 1;
  }
  if (definition.tests && step.passed + step.failed === 0) {
    step.problems.push("no test ran");
    step.failed = 1;
  }
  if (step.passed + step.failed === 0) step.passed = 1;
  for (const problem of step.problems) console.log(red(problem));
  const elapsed = Date.now() - began;
  console.log(dim(`   ${definition.name} took ${duration(elapsed)}`));
  return { ...step, name: definition.name, elapsed };
}

/** The steps asked for, and before each one what it needs. */
function chosen({ only, quick }) {
  const byName = new Map(steps.map((step) => [step.name, step]));
  for (const name of only ?? []) {
    if (!byName.has(name)) fail(`there is no step "${name}"; there are ${[...byName.keys()].join(", ")}.`, 2);
  }
  const wanted = new Set();
  const want = (name) => {
    for (const need of byName.get(name).needs ?? []) want(need);
    wanted.add(name);
  };
  for (const { name } of steps.filter((step) => (only ? only.includes(step.name) : !quick || step.quick))) want(name);
  return steps.filter(({ name }) => wanted.has(name));
}

function summary(results) {
  const rows = results.map(({ name, passed, failed, skipped, elapsed, problems }) => [
    name,
    String(passed),
    String(failed),
    String(skipped),
    duration(elapsed),
    shortened(problems[0] ?? ""),
  ]);
  return table(["step", "passed", "failed", "skipped", "time", ""], rows, {
    right: ["passed", "failed", "skipped", "time"],
  });
}

function shortened(problem) {
  const [line] = problem.split("\n");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

async function test(options) {
  const began = Date.now();
  const wanted = chosen(options);
  const examples = wanted.some(({ name }) => name === "hooks");
  await setUp({ browser: true, firefox: !options.quick, valgrind: !options.quick, lint: true, examples });
  const results = [];
  for (const definition of wanted) {
    const broken = definition.needs?.find((name) => results.some((done) => done.name === name && done.failed > 0));
    if (broken) {
      const problems = [`not run: it needs ${broken}, which failed`];
      results.push({ name: definition.name, passed: 0, failed: 1, skipped: 0, elapsed: 0, problems });
    } else {
      results.push(await runStep(definition, options.quick));
    }
  }
  const sum = (key) => results.reduce((all, result) => all + result[key], 0);
  console.log(`\n${bold("── Summary")}\n${summary(results)}\n\nTook ${duration(Date.now() - began)}.`);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  return sum("failed") === 0 ? 0 : 1;
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary: "Installs what is missing, then tests everything. A step without tests of its own counts as one.",
    usage: "npm test -- [options]",
    options: {
      quick: { type: "boolean", help: "what fits in two minutes: fewer random cases, fewer end-to-end tests" },
      only: { type: "string", multiple: true, value: "<step>", help: "only this step and what it needs (repeatable)" },
      list: { type: "boolean", help: "print the steps and exit" },
    },
  });
  if (options.list) {
    const rows = steps.map(({ name, title, quick }) => [name, quick ? "yes" : "", title]);
    console.log(table(["step", "quick", ""], rows));
  } else {
    process.exitCode = await test(options);
  }
}
