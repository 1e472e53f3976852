import { join } from "node:path";
import { environment, inRoot } from "./paths.mjs";
import { mustRun } from "./process.mjs";

const toStderr = (text) => process.stderr.write(text);

/** Builds a crate of the repository into one module for a page, in `built`; answers the folder of its glue and its wasm. */
export async function buildRustPage({ crate, name, built, profile = "release", onChunk = toStderr }) {
  const manifest = inRoot(crate, "Cargo.toml");
  const wasm = ["--target", "wasm32-unknown-unknown"];
  const env = { ...environment, CARGO_TARGET_DIR: built };
  const how = ["--locked", "--profile", profile, "--manifest-path", manifest];
  await mustRun("cargo", ["build", ...how, ...wasm], { env, onChunk });
  const folder = profile === "dev" ? "debug" : profile;
  const compiled = join(built, "wasm32-unknown-unknown", folder, `${name}.wasm`);
  const glue = join(built, "glue", name);
  await mustRun("wasm-bindgen", [compiled, "--target", "web", "--omit-default-module-path", "--out-dir", glue]);
  return glue;
}
