/**
 * `message` events and their listeners: the path of everything that comes in. To make one of the browser's own events and
 * have it dispatched takes microseconds; an object and a list of our own take nanoseconds.
 */

import { get } from "./check.js";
import { report } from "./report.js";

let anyStopped = false;
const stopped = new WeakSet<object>();

/** A message that came in. To who listens it is a `MessageEvent` whose target is the socket. */
export class Received {
  readonly #native: MessageEvent;
  readonly #data: unknown;
  readonly #target: MessageTarget;

  constructor(native: MessageEvent, data: unknown, target: MessageTarget) {
    this.#native = native;
    this.#data = data;
    this.#target = target;
  }

  /** Behind a getter, as with the browser's own: who logs the event does not log the message. */
  get data(): unknown {
    return this.#data;
  }

  get target(): MessageTarget {
    return this.#target;
  }

  get currentTarget(): MessageTarget {
    return this.#target;
  }

  get isTrusted(): boolean {
    return this.#native.isTrusted;
  }

  composedPath(): MessageTarget[] {
    return [this.#target];
  }

  stopImmediatePropagation(): void {
    stopped.add(this);
    anyStopped = true;
  }

  /**
   * One that stays. V8 forgets the shape of a class's objects when its garbage collection finds none, and with it all that
   * it compiled for them: everything on the way of a message. Its fields say that they hold anything, not what the first
   * message was.
   */
  static readonly _kept = new this(0 as never, 0, 0 as never);

  static {
    // All else, such as `origin` and `timeStamp`, is what the event of the native socket says.
    for (const { prototype } of [MessageEvent, Event]) {
      for (const name of Object.getOwnPropertyNames(prototype)) {
        if (name in this.prototype) continue;
        Object.defineProperty(this.prototype, name, {
          get(this: Received) {
            const native = this.#native;
            const value = get(native, name);
            if (typeof value === "function") return value.bind(native) as unknown;
            // By whatever name, such as Firefox's `originalTarget`, the native socket is not to be had.
            return value && value === native.target ? this.#target : value;
          },
        });
      }
    }
    Object.setPrototypeOf(this.prototype, MessageEvent.prototype);
  }
}

type Callback = ((event: unknown) => unknown) | { handleEvent(event: unknown): unknown };

interface Listener {
  readonly callback: Callback;
  readonly capture: boolean;
  readonly once: boolean;
  /** It is looked at, and not listened to: it may live longer than all else. */
  readonly signal: AbortSignal | undefined;
  removed: boolean;
}

const isGone = ({ removed, signal }: Listener) => removed || signal?.aborted;

const captures = (options: unknown) => Boolean(Object(options) === options ? get(options, "capture") : options);

/** Calls the listeners of the socket that a message came in on. */
export let deliver: (event: Received | Event) => void;

/** An `EventTarget` that calls who listens to `message` itself, as the DOM standard has it in sections 2.7 to 2.9. */
export class MessageTarget extends EventTarget {
  #listeners: readonly Listener[] = [];

  constructor() {
    super();
    // For the events that a user dispatches.
    super.addEventListener("message", deliver);
  }

  override addEventListener(
    type: string,
    callback: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    // What is no listener, the platform refuses or ignores.
    if (type !== "message" || Object(callback) !== callback) return super.addEventListener(type, callback, options);
    const { once, signal } = Object(options) as AddEventListenerOptions;
    const capture = captures(options);
    for (const listener of this.#listeners) if (isGone(listener)) this.#drop(listener);
    if (signal?.aborted || this.#find(callback, capture)) return;
    const listener = { callback: callback as Callback, capture, once: Boolean(once), signal, removed: false };
    // Never changed in place: who is calling them goes on with the list that it has.
    this.#listeners = [...this.#listeners, listener];
  }

  override removeEventListener(
    type: string,
    callback: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void {
    if (type !== "message") return super.removeEventListener(type, callback, options);
    const listener = this.#find(callback, captures(options));
    if (listener) this.#drop(listener);
  }

  #call(event: Received | Event): void {
    // By index, and not by an iterator: until the browser has compiled this, every message pays for each step of it.
    const listeners = this.#listeners;
    for (let at = 0; at < listeners.length; at += 1) {
      const listener = listeners[at] as Listener;
      const gone = isGone(listener);
      if (gone || listener.once) this.#drop(listener);
      if (gone) continue;
      try {
        const { callback } = listener;
        if (typeof callback === "function") callback.call(this, event);
        else callback.handleEvent(event);
      } catch (thrown) {
        report(thrown);
      }
      if (anyStopped && stopped.has(event)) break;
    }
  }

  #find(callback: unknown, capture: boolean): Listener | undefined {
    return this.#listeners.find((other) => other.callback === callback && other.capture === capture);
  }

  #drop(listener: Listener): void {
    listener.removed = true;
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }

  static {
    deliver = (event) => (event.target as MessageTarget).#call(event);
  }
}
