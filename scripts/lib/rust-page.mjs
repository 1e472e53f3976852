import { join } from "node:path";
import { environment, inRoot, target } from "./paths.mjs";
import { mustRun } from "./process.mjs";

const toStderr = (text) => process.stderr.write(text);

/** Builds a crate of the repository into one module for a page; answers the folder of its glue and its wasm. */
export async function buildRustPage({ crate, name, profile = "release", onChunk = toStderr }) {
  const manifest = inRoot(crate, "Cargo.toml");
  const wasm = ["--target", "wasm32-unknown-unknown"];
  const how = ["--locked", "--profile", profile, "--manifest-path", manifest];
  await mustRun("cargo", ["build", ...how, ...wasm], { env: environment, onChunk });
  const folder = profile === "dev" ? "debug" : profile;
  const compiled = join(target, "wasm32-unknown-unknown", folder, `${name}.wasm`);
  const glue = join(target, "glue", name);
  await mustRun("wasm-bindgen", [compiled, "--target", "web", "--omit-default-module-path", "--out-dir", glue]);
  return glue;
}
