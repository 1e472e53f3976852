/** The entry `everwire/async`: the wasm is a file of its own, streamed and compiled while the page goes on. */

import init from "everwire:glue";
import { setStart } from "./engine.js";

setStart(() => {
  throw new Error("everwire/async: call load() and wait for it before the first new Socket()");
});

let loading: Promise<void> | undefined;

/**
 * Loads the wasm; a second call waits for the first.
 *
 * @param source where the `.wasm` file is, or its bytes. Default: the file beside this script.
 */
export function load(source?: string | URL | Request | Response | BufferSource | WebAssembly.Module): Promise<void> {
  loading ??= start(source).catch((error: unknown) => {
    // A load that failed may be tried again.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start(source: Parameters<typeof load>[0]): Promise<void> {
  await init({ module_or_path: source ?? (await standardSource()) });
  setStart(() => {});
}

/** The file beside this script. Bundlers know this form and bring the file along; Node does not fetch files. */
async function standardSource(): Promise<URL | BufferSource> {
  const url = new URL("./everwire.wasm", import.meta.url);
  if (url.protocol !== "file:") return url;
  const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ "node:fs/promises");
  return readFile(url);
}

export * from "./api.js";
