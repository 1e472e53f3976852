/** A socket as a target of events: with their types, and with a property for each handler. */

import type {
  DropEvent,
  RetryEvent,
  SocketCloseEvent,
  SocketErrorEvent,
  SocketEventMap,
  SocketHandler,
  SocketListener,
  StateChangeEvent,
} from "./events.js";
import { MessageTarget } from "./message.js";

type EventName = keyof SocketEventMap;

const NAMES: EventName[] = ["open", "message", "close", "error", "retry", "statechange", "drop"];

/** An `EventTarget` of what happens to a socket. */
export class SocketTarget<Incoming, Outgoing> extends MessageTarget {
  /** The handler of `open` events. */
  declare onopen: SocketHandler<this, Event>;
  /** The handler of `message` events. */
  declare onmessage: SocketHandler<this, MessageEvent<Incoming>>;
  /** The handler of `close` events. */
  declare onclose: SocketHandler<this, SocketCloseEvent>;
  /** The handler of `error` events. */
  declare onerror: SocketHandler<this, SocketErrorEvent>;
  /** The handler of `retry` events. */
  declare onretry: SocketHandler<this, RetryEvent>;
  /** The handler of `statechange` events. */
  declare onstatechange: SocketHandler<this, StateChangeEvent>;
  /** The handler of `drop` events. */
  declare ondrop: SocketHandler<this, DropEvent<Outgoing>>;

  readonly #handlers: Partial<Record<EventName, (event: Event) => unknown>> = {};

  /** As the standard has it: a handler takes its place among the listeners when it is first set, and keeps it. */
  #setHandler(name: EventName, listener: (event: Event) => void, handler: unknown): void {
    if (typeof handler === "function") {
      this.#handlers[name] = handler as (event: Event) => unknown;
      super.addEventListener(name, listener);
    } else {
      this.#handlers[name] = undefined;
      super.removeEventListener(name, listener);
    }
  }

  static {
    for (const name of NAMES) {
      const listener = function (this: SocketTarget<unknown, unknown>, event: Event) {
        this.#handlers[name]?.call(this, event);
      };
      Object.defineProperty(this.prototype, `on${name}`, {
        get(this: SocketTarget<unknown, unknown>) {
          return this.#handlers[name] ?? null;
        },
        set(this: SocketTarget<unknown, unknown>, handler: unknown) {
          this.#setHandler(name, listener, handler);
        },
        configurable: true,
      });
    }
  }
}

/** Typed forms of what `EventTarget` has. */
export interface SocketTarget<Incoming, Outgoing> {
  addEventListener<Name extends EventName>(
    name: Name,
    listener: SocketListener<this, SocketEventMap<Incoming, Outgoing>[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends EventName>(
    name: Name,
    listener: SocketListener<this, SocketEventMap<Incoming, Outgoing>[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
}
