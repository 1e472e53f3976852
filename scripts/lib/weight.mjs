import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { environment, inRoot, target } from "./paths.mjs";
import { mustRun } from "./process.mjs";

/** The libraries that are weighed in each framework, with the feature of bench/weight that each is. */
const frameworks = {
  yew: { everwire: "socket", "yew-hooks": "yew-hooks", "gloo-net": "gloo-net" },
  leptos: { everwire: "socket", "leptos-use": "leptos-use" },
  dioxus: { everwire: "socket" },
};
const crate = inRoot("bench", "weight");
// The frameworks are built there already, once the examples are.
const cargoTarget = join(target, "chat");

/** What a release app of each framework weighs, without a socket and with each library's: `[{ name, files, with: [{ name, files }] }]`. */
export async function weigh({ log = () => {} } = {}) {
  const weighed = [];
  for (const [framework, libraries] of Object.entries(frameworks)) {
    log(`Building the smallest ${framework} app, without a socket and with ${Object.keys(libraries).join(", ")}`);
    const app = { name: framework, files: await appFiles([framework]), with: [] };
    for (const [name, feature] of Object.entries(libraries)) {
      app.with.push({ name, files: await appFiles([framework, feature]) });
    }
    weighed.push(app);
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
