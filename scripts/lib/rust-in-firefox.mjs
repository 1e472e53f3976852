/**
 * Runs test binaries of the crate in Firefox. wasm-pack would need geckodriver for that, which Debian does not have.
 * puppeteer-core needs none: it opens the page that wasm-bindgen's test runner serves to any browser.
 *
 *   node scripts/lib/rust-in-firefox.mjs --features <features> --test <name> [--test <name>]…
 *
 * It prints what the tests say in the page, as wasm-pack does, and ends with code 1 when one failed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import puppeteer from "puppeteer-core";
import { firefoxOptions } from "./browser.mjs";
import { environment } from "./paths.mjs";
import { explain, start, stop } from "./process.mjs";
import { duration } from "./terminal.mjs";

/** How long the tests of one binary may take. */
const patience = 240_000;

const { values } = parseArgs({ options: { features: { type: "string" }, test: { type: "string", multiple: true } } });

// For what the runner serves: it is ended by a signal, and then leaves it behind.
const temporary = mkdtempSync(join(tmpdir(), "everwire-tests-"));
process.once("exit", () => rmSync(temporary, { recursive: true, force: true }));
const env = {
  ...environment,
  TMPDIR: temporary,
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: "wasm-bindgen-test-runner",
  NO_HEADLESS: "1",
  WASM_BINDGEN_TEST_ADDRESS: "127.0.0.1:0",
};

const browser = await puppeteer.launch({ ...firefoxOptions(), timeout: 120_000, protocolTimeout: patience });
try {
  for (const name of values.test) {
    const failure = await failureOf(name);
    if (!failure) continue;
    console.log(`${name} in Firefox: ${failure}`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
}

/** Runs one binary; answers what went wrong, if anything did. */
async function failureOf(name) {
  const build = ["--locked", "--target", "wasm32-unknown-unknown", "--features", values.features];
  const cargo = start("cargo", ["test", ...build, "--test", name], { env, stdio: ["ignore", "pipe", "inherit"] });
  const page = await browser.newPage();
  try {
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    const address = await addressOf(cargo);
    if (!address) return "there is no page with tests";
    await page.goto(address);
    const ended = () => /^test result: /m.test(document.body.innerText);
    const inTime = await page.waitForFunction(ended, { timeout: patience, polling: 200 }).catch(() => false);
    const output = await page.evaluate(() => document.body.innerText).catch(explain);
    console.log(output);
    if (inTime) return /^test result: ok/m.test(output) ? undefined : "tests failed";
    const last = said.findLast((text) => text.startsWith("Invoking test: ")) ?? "no test was invoked";
    return `no result within ${duration(patience)} (${last}), the page said last:\n${said.slice(-10).join("\n")}`;
  } finally {
    await page.close();
    await stop(cargo);
  }
}

/** Where the runner serves the tests; undefined when it ended without. */
async function addressOf(cargo) {
  for await (const line of createInterface({ input: cargo.stdout })) {
    const address = /^Interactive browsers tests are now available at (\S+)$/.exec(line)?.[1];
    if (address) return address;
  }
}
