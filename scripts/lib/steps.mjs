import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { built as benchTarget } from "../../bench/rust.mjs";
import { build } from "../build.mjs";
import * as cost from "../cost.mjs";
import { measure, overBudget, sizeTable } from "../size.mjs";
import { findBrowser, whyNoFirefox } from "./browser.mjs";
import { readIfThere } from "./fingerprint.mjs";
import { environment, inRoot, target } from "./paths.mjs";
import { start, stop } from "./process.mjs";

const wasm = ["--target", "wasm32-unknown-unknown"];
const work = join(target, "npm");

/**
 * The steps of `npm test`, in order. `run` gets a `Step`; `needs` names the steps that come before
 * it in every case; `tests: true` means that the step fails when not a single test ran;
 * `quick: true` puts it into `npm test -- --quick`.
 */
export const steps = [
  {
    name: "format",
    title: "Formatting",
    quick: true,
    async run(step) {
      await step.command("cargo", ["fmt", "--check"]);
      const others = [
        "tools",
        "bench/rust",
        "bench/codecs-rust",
        "bench/weight",
        "examples/chat",
        "examples/side-by-side",
        "tests/candidates",
      ];
      for (const folder of others) {
        await step.command("cargo", ["fmt", "--all", "--check", "--manifest-path", `${folder}/Cargo.toml`]);
      }
      await step.command("prettier", ["--check", "--log-level", "warn", "."]);
    },
  },
  {
    name: "lint",
    title: "Clippy, on the host and for wasm",
    quick: true,
    async run(step) {
      const clippy = (options, how) =>
        step.command("cargo", ["clippy", "--locked", ...options, "--", "-D", "warnings"], how);
      await clippy(["--all-targets"]);
      await clippy(["--all-targets", "--all-features"]);
      await clippy([...wasm, "--all-features", "--lib", ...testOptions(browserTests())]);
      await clippy([...wasm, "--lib", "--no-default-features", "--features", "client"]);
      await clippy([...wasm, "--lib", "--no-default-features", "--features", "npm"]);
      // Not where everwire itself is built: its rlib has no hash in its name, as it is a cdylib too, and cargo takes one
      // with other features for fresh.
      const env = { ...environment, CARGO_TARGET_DIR: benchTarget };
      for (const crate of ["rust", "codecs-rust"]) {
        await clippy([...wasm, "--manifest-path", `bench/${crate}/Cargo.toml`], { env });
      }
      if (step.quick) return;
      // Half of what this needs the first time is there for the step of that name then.
      const sideBySide = { env: { ...environment, CARGO_TARGET_DIR: join(target, "side") } };
      await clippy([...wasm, "--manifest-path", "examples/side-by-side/Cargo.toml"], sideBySide);
    },
  },
  {
    name: "host",
    title: "Rust tests on the host: units, properties, examples in the documentation",
    quick: true,
    tests: true,
    async run(step) {
      const env = step.quick ? { ...environment, PROPTEST_CASES: "32" } : environment;
      await step.command("cargo", ["test", "--locked", "--all-features"], { env });
    },
  },
  {
    name: "cost",
    title: "What the core's steps cost: allocations and instructions",
    async run(step) {
      const measured = await cost.measure();
      console.log(cost.costTable(measured));
      const uncounted = cost.whyUncounted();
      if (uncounted) {
        console.log(uncounted);
        step.skipped += 1;
      }
      const tooDear = cost.overBudget(measured);
      if (tooDear.length > 0) throw new Error(tooDear.join("\n"));
    },
  },
  {
    name: "docs",
    title: "Documentation without warnings",
    async run(step) {
      const env = { ...environment, RUSTDOCFLAGS: "-D warnings" };
      // Without `npm`, whose durations are no std ones: it is not for Rust apps.
      const features = "cbor,codee,dioxus,dioxus-08,export,leptos,leptos-09,msgpack,postcard,yew";
      await step.command("cargo", ["doc", "--locked", "--no-deps", ...wasm, "--features", features], { env });
    },
  },
  {
    name: "build",
    title: "The npm package",
    quick: true,
    run: () => build(),
  },
  {
    name: "types",
    title: "TypeScript, strict",
    quick: true,
    needs: ["build"],
    async run(step) {
      await step.command("tsc", ["--project", "tsconfig.json"]);
      await step.command("tsc", ["--project", "www/tsconfig.json"]);
    },
  },
  {
    name: "size",
    title: "Sizes",
    quick: true,
    needs: ["build"],
    async run() {
      const entries = await measure();
      console.log(sizeTable(entries));
      const tooBig = overBudget(entries);
      if (tooBig.length > 0) throw new Error(tooBig.join("\n"));
    },
  },
  {
    name: "browser",
    title: "Rust tests in headless Chromium and Firefox, against a real server",
    tests: true,
    async run(step) {
      const names = browserTests();
      if (names.length === 0) return;
      const server = start("node", ["tests/server/server.mjs"], { stdio: ["ignore", "pipe", "inherit"] });
      try {
        const { chrome, driver } = findBrowser();
        const env = {
          ...environment,
          EVERWIRE_TEST_PORT: String(await portOf(server)),
          WASM_BINDGEN_TEST_TIMEOUT: "240",
          WASM_BINDGEN_TEST_WEBDRIVER_JSON: capabilitiesFor(chrome),
        };
        const how = ["--headless", "--chrome", "--chromedriver", driver, "--mode", "no-install", "."];
        const features = ["--features", "dioxus,dioxus-08,export,leptos,leptos-09,postcard,yew"];
        await step.command("wasm-pack", ["test", ...how, "--locked", ...features, ...testOptions(names)], { env });
        // The port is compiled into the tests: with the same server they are built already.
        const without = whyNoFirefox();
        if (without) {
          console.log(without);
          step.skipped += 1;
        } else {
          await step.command("node", ["scripts/lib/rust-in-firefox.mjs", ...features, ...testOptions(names)], { env });
        }
      } finally {
        await stop(server);
      }
    },
  },
  {
    name: "pack",
    title: "The tarball",
    quick: true,
    needs: ["build"],
    async run(step) {
      const flags = ["--ignore-scripts", "--json", "--pack-destination", work];
      const output = await step.command("npm", ["pack", ...flags], { show: false });
      const [{ filename, files, size }] = JSON.parse(output.slice(output.indexOf("[")));
      console.log(`${filename}: ${size} bytes\n${files.map(({ path }) => `  ${path}`).join("\n")}`);
      requireContents(files.map(({ path }) => path));
      environment.EVERWIRE_TARBALL = join(work, filename);
    },
  },
  {
    name: "e2e",
    title: "End to end: the tarball in real projects and a real browser",
    quick: true,
    tests: true,
    needs: ["pack"],
    async run(step) {
      const all = readdirSync(inRoot("tests/e2e")).filter((name) => name.endsWith(".test.mjs"));
      const files = (step.quick ? all.filter((name) => quickFiles.has(name)) : all).sort().reverse();
      if (files.length === 0) return;
      // Most of them wait for something most of the time, the last in the alphabet longest.
      const flags = ["--test", "--test-reporter=spec", `--test-concurrency=${availableParallelism() + 1}`];
      const env = { ...environment, CHROME: findBrowser().chrome };
      await step.command("node", [...flags, ...files.map((name) => `tests/e2e/${name}`)], { env });
    },
  },
  {
    name: "examples",
    title: "The chat whose server and pages share one definition of their messages",
    tests: true,
    needs: ["build"],
    async run(step) {
      const env = { ...environment, CHROME: findBrowser().chrome };
      await step.command("node", ["--test", "--test-reporter=spec", "tests/examples/chat.test.mjs"], { env });
    },
  },
  {
    name: "candidates",
    title: "The same chat with the candidates of Leptos 0.9 and Dioxus 0.8",
    tests: true,
    async run(step) {
      const env = { ...environment, CHROME: findBrowser().chrome };
      await step.command("node", ["--test", "--test-reporter=spec", "tests/examples/candidates.test.mjs"], { env });
    },
  },
  {
    name: "hooks",
    title: "The chat with Yew, Leptos and Dioxus: in headless Chromium, rendered by a server and hydrated too",
    tests: true,
    async run(step) {
      const env = { ...environment, CHROME: findBrowser().chrome };
      for (const file of ["hooks", "reload"]) {
        await step.command("node", ["--test", "--test-reporter=spec", `tests/examples/${file}.test.mjs`], { env });
      }
    },
  },
  {
    name: "side-by-side",
    title: "One component in Rust, with everwire and with others, when its server dies",
    tests: true,
    async run(step) {
      const env = { ...environment, CHROME: findBrowser().chrome };
      await step.command("node", ["--test", "--test-reporter=spec", "tests/examples/side-by-side.test.mjs"], { env });
    },
  },
  {
    name: "demo",
    title: "The demo, played in headless Chromium",
    tests: true,
    needs: ["build"],
    async run(step) {
      await step.command("node", ["scripts/start.mjs", "--headless"]);
    },
  },
];

/** The end-to-end tests that a quick run has time for. */
const quickFiles = new Set(["never-connection", "never-messages", "node", "types"].map((name) => `${name}.test.mjs`));

/** The test binaries that are made for a browser: wasm-bindgen would start one for each of the others too. */
function browserTests() {
  return readdirSync(inRoot("tests"))
    .map((entry) => [
      entry.replace(/\.rs$/, ""),
      inRoot("tests", entry.endsWith(".rs") ? entry : join(entry, "main.rs")),
    ])
    .filter(([, source]) => readIfThere(source).includes("wasm_bindgen_test"))
    .map(([name]) => name);
}

const testOptions = (names) => names.flatMap((name) => ["--test", name]);

/** webdriver.json, with the browser that was found rather than the one that the driver would look for. */
function capabilitiesFor(chrome) {
  const capabilities = JSON.parse(readFileSync(inRoot("webdriver.json"), "utf8"));
  capabilities["goog:chromeOptions"].binary = chrome;
  const path = join(target, "webdriver.json");
  mkdirSync(target, { recursive: true });
  writeFileSync(path, JSON.stringify(capabilities));
  return path;
}

/** The test server says `{"port":N}` once it listens. */
async function portOf(server) {
  const lines = createInterface({ input: server.stdout });
  const [line] = await Promise.race([
    once(lines, "line"),
    once(server, "exit").then(() => Promise.reject(new Error("the test server did not start"))),
  ]);
  return JSON.parse(line).port;
}

/** The tarball holds what its users need, and nothing else. */
function requireContents(paths) {
  const { exports } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const promised = Object.values(exports)
    .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)))
    .map((path) => path.replace("./", ""));
  const missing = [...promised, "README.md", "LICENSE-MIT", "LICENSE-APACHE"].filter((path) => !paths.includes(path));
  const stray = paths.filter(
    (path) => !/^(pkg\/[\w.-]+\.(js|d\.ts|wasm)|README\.md|LICENSE-\w+|package\.json)$/.test(path),
  );
  if (missing.length > 0) throw new Error(`the tarball lacks ${missing.join(", ")}`);
  if (stray.length > 0) throw new Error(`the tarball has no use for ${stray.join(", ")}`);
}
