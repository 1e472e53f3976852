import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts);

export const target = inRoot("target");
export const toolsTarget = join(target, "tools");
export const toolsBin = join(toolsTarget, "debug");
export const trunkTarget = join(target, "trunk");
export const trunkBin = join(trunkTarget, "bin");

/** What every sub-command runs with: our tools first on PATH, our target folder whatever the user's. */
export const environment = {
  ...process.env,
  PATH: [toolsBin, trunkBin, inRoot("node_modules", ".bin"), process.env.PATH].join(delimiter),
  CARGO_TARGET_DIR: target,
  // A test's panic keeps its backtrace; wasm-pack's own errors do without.
  RUST_LIB_BACKTRACE: "0",
};
