/**
 * The wasm engine: one instance for all sockets, started at the first use, and started afresh should it ever break. The
 * two entry points differ only in where the compiled wasm comes from, so each of them says here how to get it.
 */

import { createInstance } from "everwire:glue";
import { guard, held } from "./guard.js";
import type { SocketOptions } from "./options.js";
import { crashed, User } from "./user.js";
import { Command, numbersOf } from "./wire.js";

type Engine = InstanceType<ReturnType<typeof createInstance>>;

let compile: () => WebAssembly.Module;
let instance: ReturnType<typeof createInstance> | undefined;

/**
 * Says how to get the compiled wasm; called by the entry point.
 *
 * @internal
 */
export function setCompile(get: () => WebAssembly.Module): void {
  compile = get;
}

/**
 * The engine of one socket.
 *
 * @internal
 */
export function createEngine(options: SocketOptions<unknown>, user: User): Engine {
  instance ??= createInstance(compile(), (exports) => guard(exports, (cause) => broken(exports, cause)));
  return new instance(numbersOf(options), user);
}

/** What `figure` of an engine can be asked for, in the order of `src/npm/mod.rs`. Latency is not a number before any. */
export const enum Figure {
  State,
  QueueCount,
  QueueBytes,
  Attempt,
  Latency,
  Connections,
  Sent,
  Received,
  Dropped,
}

/** What a message is to an engine. */
export const enum Kind {
  Message,
  Request,
  /** A request that may be sent once more when the connection is lost. */
  Repeatable,
  Subscription,
}

const CLOSED = 6;

const fail = (): never => {
  throw crashed();
};

/**
 * What a socket has in the place of an engine that broke: closed, and nothing more can be asked of it.
 *
 * @internal
 */
export const FALLEN: Omit<Engine, "free" | typeof Symbol.dispose> = {
  figure: (which) => (which === Figure.State ? CLOSED : which === Figure.Latency ? NaN : 0),
  close() {},
  command: (what) => (what < Command.Cancel ? fail() : 0),
  pass: fail,
  enqueue: fail,
  sort: () => 0,
};

/** Nothing half-dead stays: connections are closed and every socket is told. The next socket gets a new instance. */
function broken(exports: WebAssembly.Exports, cause: unknown): void {
  instance = undefined;
  for (const value of held(exports)) {
    if (value instanceof User) value.crash(cause);
    else if (isSocket(value)) drop(value);
  }
}

function isSocket(value: unknown): value is WebSocket {
  return typeof value === "object" && value !== null && "readyState" in value && "onmessage" in value;
}

function drop(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
  try {
    socket.close();
  } catch {
    // Of a class that throws there; there is nobody left to tell.
  }
}
