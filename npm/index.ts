/** The entry `everwire`: the wasm is part of the script, so there is nothing to load and nothing to wait for. */

import { decoder, text } from "everwire:wasm";
import { setCompile } from "./engine.js";

// Compiled at the first `new Socket()`, and synchronously: a top-level await would stop everybody who imports this.
setCompile(() => new WebAssembly.Module(fromText()));

/** The bytes that scripts/build.mjs wrote as text, by way of a wasm of its own that reads them: `npm/text.wat`. */
function fromText(): Uint8Array<ArrayBuffer> {
  const module = new WebAssembly.Module(Uint8Array.from(atob(decoder), (byte) => byte.charCodeAt(0)));
  const { a: memory, b: decode } = new WebAssembly.Instance(module).exports as unknown as Decoder;
  const bytes = new Uint8Array(memory.buffer);
  new TextEncoder().encodeInto(text, bytes);
  return bytes.subarray(0, decode(text.length));
}

interface Decoder {
  readonly a: { readonly buffer: ArrayBuffer };
  b(length: number): number;
}

export * from "./api.js";
