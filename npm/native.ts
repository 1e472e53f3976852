/** What the driver has to know of the native socket, which may be of a class of the user's. */

import { attempt, get } from "./check.js";

/** The `readyState` of a native socket. */
export const enum Ready {
  /** It sends. */
  Open = 1,
}

/** Nothing can call out of a connection that is gone. */
export function detach(native: WebSocket | undefined): void {
  // A foreign object that takes none of this has taken no handler either, and when `close` throws there is nobody to tell.
  for (const name of EVENTS) attempt(() => (native![`on${name}`] = null));
  // The sockets of Node's package `ws` emit an `error` when a dial is given up, and throw it where nobody listens to that.
  attempt(() => "emit" in native! && (native!.onerror = Boolean));
  attempt(() => native!.readyState <= Ready.Open && native!.close());
}

const EVENTS = ["open", "message", "close", "error"] as const;

/** The page's policy forbids it. Firefox has a name of its own for that. */
export function isBlocked(thrown: unknown): boolean {
  const name = attempt(() => get(thrown, "name"));
  return name === "SecurityError" || name === "NS_ERROR_CONTENT_BLOCKED";
}
