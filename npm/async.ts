/** The entry `everwire/async`: the wasm is a file of its own, streamed and compiled while the page goes on. */

import { setCompile } from "./engine.js";

setCompile(() => {
  throw new Error("await load() before new Socket()");
});

let loading: Promise<void> | undefined;

/** Where the wasm is, or what it is. */
type Source = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the wasm; a second call waits for the first.
 *
 * @param source where the `.wasm` file is, or its bytes, or a promise of either. Default: the file beside this script.
 */
// Bundlers know this form of a URL and bring the file along.
export function load(source: Source | Promise<Source> = new URL("./everwire.wasm", import.meta.url)): Promise<void> {
  loading ??= compiled(source).then(
    (module) => setCompile(() => module),
    (error: unknown) => {
      // A load that failed may be tried again.
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

async function compiled(promised: Source | Promise<Source>): Promise<WebAssembly.Module> {
  const source = await promised;
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const response = source instanceof Response ? source : await fetch(source);
  const type = response.headers.get("content-type") ?? "";
  // A bundler's development server may answer with a page what it does not find.
  if (!response.ok || type.startsWith("text/html")) throw new Error(`everwire.wasm: HTTP ${response.status} ${type}`);
  // A server that says another type, or one with parameters, keeps the file from being streamed, not from being used.
  return type === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

export * from "./api.js";
