import { buildRustPage } from "../scripts/lib/rust-page.mjs";

/** Builds a crate of the bench into one module; answers the folder of its glue and its wasm. */
export const buildRust = (crate = "rust", name = "everwire_bench") => buildRustPage({ crate: `bench/${crate}`, name });
