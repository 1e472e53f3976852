/**
 * The wasm engine, started at the first use. The two entry points differ only in where its bytes come from, so each of
 * them says here how to get them.
 */

import { Engine } from "everwire:glue";
import type { User } from "./user.js";

let start: (() => void) | undefined;

/**
 * Says how the wasm gets ready; called by the entry point.
 *
 * @internal
 */
export function setStart(load: () => void): void {
  start = load;
}

/**
 * The engine of one socket.
 *
 * @internal
 */
export function createEngine(options: unknown, user: User): Engine {
  start?.();
  start = undefined;
  return new Engine(options, user);
}
