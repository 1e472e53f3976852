/** The entry `everwire/async` in Node, which does not fetch files. */

import { readFile } from "node:fs/promises";
import { load as loadFrom } from "./async.js";

export * from "./async.js";

/** As in a browser. Default: the file beside this script, read. */
export const load: typeof loadFrom = (source) =>
  loadFrom(source ?? readFile(new URL("./everwire.wasm", import.meta.url)));
