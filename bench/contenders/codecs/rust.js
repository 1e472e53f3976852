import init, * as wasm from "everwire-codecs-bench";

await init({ module_or_path: fetch("/everwire_codecs_bench_bg.wasm") });

/** A codec of the crate's, on typed messages, timed from outside a loop in wasm. */
export const inRust = (format) => ({
  prepare(document, message) {
    // Bytes go in as a list: that is what serde_json reads.
    const text = JSON.stringify(message, (_key, value) => (value instanceof Uint8Array ? [...value] : value));
    const session = new wasm.Session(format, document, text);
    return { size: session.size(), encode: (count) => session.encode(count), decode: (count) => session.decode(count) };
  },
});

/** JavaScript values by way of serde-wasm-bindgen. */
export const encode = wasm.msgpackFromJs;
export const decode = wasm.msgpackToJs;
