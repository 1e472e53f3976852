import { execFileSync } from "node:child_process";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { readIfThere } from "./lib/fingerprint.mjs";
import { npmPackages, rust, system, tools, trunk } from "./lib/needs.mjs";
import { inRoot } from "./lib/paths.mjs";
import { explain } from "./lib/process.mjs";
import { Progress } from "./lib/progress.mjs";
import { bold, duration, fail, red } from "./lib/terminal.mjs";

// This script runs before anything is installed: it may import nothing but Node's own modules.

/**
 * Sees what the machine lacks, installs it and returns; ends the process with an explanation where
 * that is not possible. `browser`, `firefox`, `valgrind` and `lint` are what only the tests need.
 */
export async function setUp({
  browser = false,
  firefox = false,
  valgrind = false,
  lint = false,
  examples = false,
} = {}) {
  requireNode();
  requireRust();

  const packages = system({ browser, firefox, valgrind });
  const linkerFirst = packages.lacking().includes("a C linker") ? [packages.name] : [];
  const needs = [rust({ lint }), packages, npmPackages(), tools({ after: linkerFirst })];
  if (examples) needs.push(trunk({ after: linkerFirst }));
  const lacking = needs.filter((need) => need.lacking().length > 0);
  if (lacking.length === 0) return;

  const beyondUs = lacking.filter((need) => need.cannotInstall());
  if (beyondUs.length > 0) {
    const sentences = beyondUs.map((need) => `  ${need.lacking().join(" and ")}: ${need.byHand()}.`);
    fail(
      `this machine lacks something that has to be installed by hand, then run this again.\n${sentences.join("\n")}`,
    );
  }
  await installAll(lacking);
}

async function installAll(needs) {
  const began = Date.now();
  console.log(bold("Setting up"));
  for (const need of needs) console.log(`  ${need.lacking().join(", ")} (${need.name}, about ${need.takes})`);
  console.log("  All at once; the next run starts in seconds.\n");

  const progress = new Progress();
  const installing = new Map();
  for (const need of needs) installing.set(need.name, install(need, installing, progress));
  const outcomes = await Promise.allSettled(installing.values());

  const failures = outcomes.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  for (const error of failures) console.error(`\n${red(explain(error))}`);
  if (failures.length > 0) fail("the set-up did not succeed; what is there already stays, so run it again.");
  console.log(`Set up in ${duration(Date.now() - began)}\n`);
}

async function install(need, installing, progress) {
  await Promise.all((need.after ?? []).map((name) => installing.get(name)));
  progress.begin(need.name);
  let installed = false;
  try {
    await need.install((chunk) => progress.said(need.name, chunk));
    installed = true;
  } finally {
    progress.end(need.name, installed);
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old: Node 20.19 or newer is needed.`);
  }
}

function requireRust() {
  const wanted = /^rust-version = "(\d+)\.(\d+)/m.exec(readIfThere(inRoot("Cargo.toml")));
  let version;
  try {
    version = /^rustc (\d+)\.(\d+)/.exec(execFileSync("rustc", ["--version"], { encoding: "utf8" }));
  } catch {
    fail("Rust is not installed: get it from https://rustup.rs, then run this again.");
  }
  if (Number(version[1]) < Number(wanted[1]) || Number(version[2]) < Number(wanted[2])) {
    fail(`Rust ${version[1]}.${version[2]} is too old: \`rustup update\` to ${wanted[1]}.${wanted[2]} or newer.`);
  }
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary: "Installs what building and testing everwire needs and this machine lacks.",
    usage: "npm run setup -- [options]",
    options: {
      "no-tests": {
        type: "boolean",
        help: "only what building needs: no browsers, no valgrind, no rustfmt, no clippy, no trunk",
      },
    },
  });
  const tests = !options["no-tests"];
  await setUp({ browser: tests, firefox: tests, valgrind: tests, lint: tests, examples: tests });
  console.log("Everything is there.");
}
