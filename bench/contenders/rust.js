import init, { connect as connectWith } from "everwire-bench";

await init({ module_or_path: "/everwire_bench_bg.wasm" });

/** A session of a library, for text or for bytes. */
export const connector = (library) => (url, text) => connectWith(library, url, text);
