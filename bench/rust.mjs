import { join } from "node:path";
import { target } from "../scripts/lib/paths.mjs";
import { buildRustPage } from "../scripts/lib/rust-page.mjs";

/** The target folder of bench/rust. */
export const built = join(target, "bench", "rust");

/** Builds a crate of the bench into one module; answers the folder of its glue and its wasm. */
export const buildRust = (crate = "rust", name = "everwire_bench") =>
  buildRustPage({ crate: `bench/${crate}`, name, built });
