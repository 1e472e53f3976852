/** What `npm run bench:codecs` measures: see cases.mjs for what the parts of a case are. */

export const rustCodecs = ["rust-json", "rust-msgpack", "rust-cbor", "rust-postcard"];

const libraries = ["JSON", "everwire-msgpack", "everwire-cbor", "@msgpack-msgpack", "msgpackr", "cbor-x", "cborg"];
const all = [...libraries, "serde-wasm-bindgen", ...rustCodecs];

export const codecCases = [
  ["chat", "a small chat message"],
  ["tick", "a market tick with 20 numbers"],
  ["nested", "a nested document of 100 KB"],
  ["binary", "a binary of 1 MB; as base64 in JSON"],
].map(([document, title]) => ({
  name: document,
  title,
  body: "codec",
  params: { document },
  // In Rust nobody would have bytes as a list of numbers in JSON.
  contenders: all.filter((name) => document !== "binary" || name !== "rust-json").map((name) => `codecs/${name}`),
  rows: { bytes: "B", encode: "ns", decode: "ns" },
}));

export const needsWasm = (contender) => /^codecs\/(rust|serde-wasm)/.test(contender);
