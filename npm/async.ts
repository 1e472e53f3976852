/** The entry `everwire/async`: the wasm is a file of its own, streamed and compiled while the page goes on. */

import { setCompile } from "./engine.js";

setCompile(() => {
  throw new Error("everwire/async: wait for load() before new Socket()");
});

let loading: Promise<void> | undefined;

/**
 * Loads the wasm; a second call waits for the first.
 *
 * @param source where the `.wasm` file is, or its bytes. Default: the file beside this script.
 */
export function load(source?: string | URL | Request | Response | BufferSource | WebAssembly.Module): Promise<void> {
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

async function compiled(source: Parameters<typeof load>[0]): Promise<WebAssembly.Module> {
  if (!source) {
    // The file beside this script. Bundlers know this form and bring the file along; Node does not fetch files.
    const url = new URL("./everwire.wasm", import.meta.url);
    source = url;
    if (url.protocol === "file:") {
      const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ "node:fs/promises");
      source = await readFile(url);
    }
  }
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`everwire/async: the .wasm file: HTTP ${response.status}`);
  // A server that does not know the type of the file keeps it from being streamed, not from being used.
  const streams = response.headers.get("content-type")?.startsWith("application/wasm");
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

export * from "./api.js";
