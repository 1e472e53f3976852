declare module "everwire:wasm" {
  /** The wasm, as text. */
  const text: string;
  export default text;
}

// Node's, as far as it is used; the package is for browsers first.
declare module "node:fs/promises" {
  export function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
}
