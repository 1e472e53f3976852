/** The entry `everwire`: the wasm is part of the script, so there is nothing to load and nothing to wait for. */

import text from "everwire:wasm";
import { setCompile } from "./engine.js";

// Compiled at the first `new Socket()`, and synchronously: a top-level await would stop everybody who imports this.
setCompile(() => new WebAssembly.Module(fromText(text)));

/** The bytes that scripts/build.mjs wrote as text: digits of base 86, after a mark for the upper two thirds. */
function fromText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let high = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = code - (code > 92 ? 36 : 35);
    if (digit < 86) {
      bytes[length++] = high + digit;
      high = 0;
    } else {
      high = (digit - 85) * 86;
    }
  }
  return bytes.subarray(0, length);
}

export * from "./api.js";
