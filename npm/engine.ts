/**
 * The wasm engine, started at the first use. The two entry points differ only in where its bytes come from, so each of
 * them says here how to get them.
 */

import { Engine, install } from "everwire:glue";
import { wire } from "./wire.js";

/**
 * What the engine calls when there is something to tell.
 *
 * @internal
 */
export interface Shell {
  onOpen(): void;
  onMessage(message: unknown): void;
  onClose(code: number, reason: string, wasClean: boolean, willRetry: boolean): void;
  onError(error: unknown): void;
  onRetry(attempt: number, delay: number): void;
  onStateChange(state: number, previous: number): void;
  onDrop(message: unknown, reason: number): void;
}

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
export function createEngine(url: unknown, options: unknown, shell: Shell): Engine {
  if (start) {
    start();
    install(wire);
    start = undefined;
  }
  return new Engine(url, options, shell);
}
