import type { SocketError } from "./errors.js";

/**
 * The state of a `Socket`. `idle`: not opened yet. `connecting`: a dial is under way. `open`: messages flow. `waiting`:
 * between two dials. `suspended`: the same, while the browser says that it is offline or the page is frozen. `closing`:
 * the closing handshake is under way. `closed`: until `open()` or `reconnect()`.
 */
export type State = "idle" | "connecting" | "open" | "waiting" | "suspended" | "closing" | "closed";

// In the order of the engine's numbers.
const STATES: State[] = ["idle", "connecting", "open", "waiting", "suspended", "closing", "closed"];

/** @internal */
export function stateOf(number: number): State {
  return STATES[number] as State;
}

/**
 * Why a message that had been accepted was not sent. `expired`: its time to live was over. `replaced`: a newer message
 * has its key. `overflow`: the queue was full. `closed`: the socket was closed for good. `refused`: the native socket
 * threw. `aborted`: its signal took it back.
 */
export type DropReason = "expired" | "replaced" | "overflow" | "closed" | "refused" | "aborted";

/** How a connection ended, in the words of a `CloseEvent`. */
export interface CloseInfo {
  /** The close code: 1006 when there was no close frame. */
  code: number;
  /** The server's reason, or "". */
  reason: string;
  /** Whether both sides closed in order. */
  wasClean: boolean;
  /** Whether everwire dials again by itself. */
  willRetry: boolean;
}

// Node has no `CloseEvent`.
const NativeCloseEvent = ((globalThis as { CloseEvent?: unknown }).CloseEvent ?? Event) as typeof Event;

/** A connection ended, or a dial failed. A `CloseEvent` where the platform has that class. */
export class SocketCloseEvent extends NativeCloseEvent implements CloseInfo {
  declare readonly code: number;
  declare readonly reason: string;
  declare readonly wasClean: boolean;
  /** Whether everwire dials again by itself; false on the last `close` event. */
  readonly willRetry: boolean;

  constructor(type: string, init: CloseInfo) {
    super(type, init as EventInit);
    this.willRetry = init.willRetry;
    if (NativeCloseEvent === Event) Object.assign(this, init);
  }
}

/** Something went wrong; `error.code` says what. */
export class SocketErrorEvent extends Event {
  /** What went wrong. */
  readonly error: SocketError;

  constructor(type: string, error: SocketError) {
    super(type);
    this.error = error;
  }

  /** The message of {@link error}. */
  get message(): string {
    return this.error.message;
  }
}

/** A wait before the next dial begins, or is cut short. */
export class RetryEvent extends Event {
  /** The number of the dial that follows, counted from 1 since the last stable connection. */
  readonly attempt: number;
  /** The wait before it, in milliseconds. */
  readonly delay: number;

  constructor(type: string, attempt: number, delay: number) {
    super(type);
    this.attempt = attempt;
    this.delay = delay;
  }
}

/** The state of the socket changed. */
export class StateChangeEvent extends Event {
  /** What it is now. */
  readonly state: State;
  /** What it was. */
  readonly previous: State;

  constructor(type: string, state: State, previous: State) {
    super(type);
    this.state = state;
    this.previous = previous;
  }
}

/** A message that had been accepted will not be sent. */
export class DropEvent<Outgoing = unknown> extends Event {
  readonly #message: Outgoing;
  /** Why it is not. */
  readonly reason: DropReason;

  constructor(type: string, message: Outgoing, reason: DropReason) {
    super(type);
    this.#message = message;
    this.reason = reason;
  }

  /** What would have been sent. Behind a getter, as in a `MessageEvent`: who logs the event does not log the message. */
  get message(): Outgoing {
    return this.#message;
  }
}

/** The events of a `Socket`, by name. */
export interface SocketEventMap<Incoming = unknown, Outgoing = unknown> {
  open: Event;
  message: MessageEvent<Incoming>;
  close: SocketCloseEvent;
  error: SocketErrorEvent;
  retry: RetryEvent;
  statechange: StateChangeEvent;
  drop: DropEvent<Outgoing>;
}

/** A listener for one kind of event. */
export type SocketListener<Target, E extends Event> =
  ((this: Target, event: E) => unknown) | { handleEvent(event: E): unknown };

/** The value of an `on…` property. */
export type SocketHandler<Target, E extends Event> = ((this: Target, event: E) => unknown) | null;
