/** The entry `everwire`: the wasm is part of the script, so there is nothing to load and nothing to wait for. */

import { initSync } from "everwire:glue";
import hex from "everwire:wasm";
import { setStart } from "./engine.js";

// Compiled at the first `new Socket()`, and synchronously: a top-level await would stop everybody who imports this.
setStart(() => initSync({ module: fromHex(hex) }));

function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as { fromHex?: (digits: string) => Uint8Array<ArrayBuffer> }).fromHex;
  if (native) return native.call(Uint8Array, digits);
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

export * from "./api.js";
