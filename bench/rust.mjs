import { join } from "node:path";
import { environment, target } from "../scripts/lib/paths.mjs";
import { mustRun } from "../scripts/lib/process.mjs";

/** The target folder of bench/rust. */
export const built = join(target, "bench", "rust");

/** Builds a crate of the bench into one module; answers the folder of its glue and its wasm. */
export async function buildRust(crate = "rust", name = "everwire_bench") {
  const wasm = ["--target", "wasm32-unknown-unknown"];
  await mustRun("cargo", ["build", "--release", ...wasm, "--manifest-path", `bench/${crate}/Cargo.toml`], {
    env: { ...environment, CARGO_TARGET_DIR: built },
    onChunk: (text) => process.stderr.write(text),
  });
  const compiled = join(built, "wasm32-unknown-unknown", "release", `${name}.wasm`);
  const glue = join(built, crate);
  await mustRun("wasm-bindgen", [compiled, "--target", "web", "--omit-default-module-path", "--out-dir", glue]);
  return glue;
}
