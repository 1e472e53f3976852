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
