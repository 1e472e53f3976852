declare module "everwire:glue" {
  import type { Engine } from "everwire:bindings";

  /** A new instance, with state of its own: its class of engines. All calls into it go by way of what `guard` makes. */
  export function createInstance(
    module: WebAssembly.Module,
    guard: (exports: WebAssembly.Exports) => WebAssembly.Exports,
  ): typeof Engine;
}

declare module "everwire:wasm" {
  /** The wasm, as text. */
  export const text: string;
  /** The wasm that reads that text, in base64. */
  export const decoder: string;
}

// Node's, as far as it is used; the package is for browsers first.
declare module "node:fs/promises" {
  export function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
}
