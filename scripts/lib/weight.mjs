import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { environment, inRoot, target } from "./paths.mjs";
import { mustRun } from "./process.mjs";

const frameworks = ["yew", "leptos", "dioxus"];
const crate = inRoot("bench", "weight");
// The frameworks are built there already, once the examples are.
const cargoTarget = join(target, "chat");

/** What a release app of each framework weighs, with everwire and without: `[{ framework, files, filesWithout }]`. */
export async function weigh({ log = () => {} } = {}) {
  const weighed = [];
  for (const framework of frameworks) {
    log(`Building the smallest ${framework} app, without everwire and with it`);
    const filesWithout = await appFiles([framework]);
    const files = await appFiles([framework, "socket"]);
    weighed.push({ framework, files, filesWithout });
  }
  return weighed;
}

/** The contents of the files that a browser loads: the wasm and its script. */
async function appFiles(features) {
  const env = { ...environment, CARGO_TARGET_DIR: cargoTarget };
  const built = ["--release", "--locked", "--target", "wasm32-unknown-unknown", "--features", features.join()];
  await mustRun("cargo", ["build", ...built], { cwd: crate, env });
  const wasm = join(cargoTarget, "wasm32-unknown-unknown/release/weight.wasm");
  const out = join(cargoTarget, "weight", features.join("-"));
  await mustRun("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", out, wasm]);
  const smaller = join(out, "weight_bg.wasm");
  await mustRun("wasm-opt", ["-Oz", smaller, "-o", smaller]);
  const { build } = await import("esbuild");
  const script = {
    entryPoints: [join(out, "weight.js")],
    minify: true,
    format: "esm",
    write: false,
    logLevel: "error",
  };
  const { outputFiles } = await build(script);
  return [outputFiles[0].contents, await readFile(smaller)];
}
