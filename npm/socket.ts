/// <reference lib="esnext.disposable" preserve="true" />

import { checkClose, checkSendOptions, isBinaryType, readOptions } from "./check.js";
import { createEngine, FALLEN, Figure } from "./engine.js";
import { SocketError } from "./errors.js";
import {
  stateOf,
  type DropEvent,
  type RetryEvent,
  type SocketCloseEvent,
  type SocketErrorEvent,
  type SocketEventMap,
  type SocketHandler,
  type SocketListener,
  type State,
  type StateChangeEvent,
} from "./events.js";
import { iterate } from "./iterate.js";
import { MessageTarget } from "./message.js";
import type { NativeMessage, Provider, Sendable, SendOptions, SocketOptions } from "./options.js";
import { User } from "./user.js";
import { takeThrown } from "./wire.js";

/** What became of a message: handed to the connection, put into the queue, or dropped by the queue's policy. */
export type SendResult = "sent" | "queued" | "dropped";

// In the order of the engine's numbers.
const SEND_RESULTS: SendResult[] = ["sent", "queued", "dropped"];

function resultOf(number: number): SendResult {
  if (number === -1) throw takeThrown();
  if (number === -2) throw new SocketError("closed", "the socket is closed: call open() or reconnect() first");
  if (number === -3) throw new SocketError("queue-full", "the send queue is full: see the option queue");
  return SEND_RESULTS[number] as SendResult;
}

type EventName = keyof SocketEventMap;

/**
 * A WebSocket that stays connected: it dials again with backoff, queues what is sent meanwhile, and reports what it could
 * not deliver. It outlives every connection, until {@link close}.
 *
 * @typeParam Incoming - the messages that come in, after the codec
 * @typeParam Outgoing - the messages that go out
 */
export class Socket<Incoming = NativeMessage, Outgoing = Incoming> extends MessageTarget implements Disposable {
  readonly #user: User;
  readonly #own: ReturnType<typeof createEngine>;
  readonly #handlers = new Map<EventName, { handler: (event: Event) => unknown; listener: (event: Event) => void }>();
  #opened: Promise<void> | undefined;

  /**
   * @param url - where to connect: ws:, wss:, http: or https:, relative to the page; or a function that is called before
   *   every dial, so that a token in it is never stale
   * @throws TypeError - for a URL or an option that cannot be used; it names what it got and what it takes
   */
  constructor(url: Provider<string | URL>, options?: SocketOptions<Incoming, Outgoing>) {
    super();
    const read = readOptions(options as SocketOptions<unknown> | undefined);
    this.#user = new User(this, url, read);
    this.#own = createEngine(read, this.#user);
    if (read.autoOpen !== false) this.open();
  }

  /** Where the socket stands. It changes at once; events follow. */
  get state(): State {
    return stateOf(this.#engine.figure(Figure.State));
  }

  /** The absolute URL of the last dial, or "" before the first. */
  get url(): string {
    return (this.#engine.url as string | undefined) ?? "";
  }

  /** The subprotocol that the server picked, or "". */
  get protocol(): string {
    return this.#native?.protocol ?? "";
  }

  /** The extensions that the server picked, or "". */
  get extensions(): string {
    return this.#native?.extensions ?? "";
  }

  /** How binary messages come in. It is kept over reconnects; setting anything else is ignored. */
  get binaryType(): BinaryType {
    return this.#user.binaryType;
  }
  set binaryType(binaryType: BinaryType) {
    // Anything else is ignored, as the standard has it.
    if (!isBinaryType(binaryType)) return;
    this.#user.binaryType = binaryType;
    if (this.#native) this.#native.binaryType = binaryType;
  }

  /** Bytes that are not sent yet: those in the queue and those that the native socket holds. */
  get bufferedAmount(): number {
    return this.queue.bytes + (this.#native?.bufferedAmount ?? 0);
  }

  /** The send queue: how many messages wait, and how many bytes they are on the wire. */
  get queue(): { readonly count: number; readonly bytes: number } {
    return { count: this.#engine.figure(Figure.QueueCount), bytes: this.#engine.figure(Figure.QueueBytes) };
  }

  /** The number of dials since the last stable connection; 0 when there was none since. */
  get attempt(): number {
    return this.#engine.figure(Figure.Attempt);
  }

  /** How long the last recognised answer to a heartbeat took, in ms, or null before the first. */
  get latency(): number | null {
    const latency = this.#engine.figure(Figure.Latency);
    return isNaN(latency) ? null : latency;
  }

  /** Resolves when the socket is open, at once if it is; rejects when it is closed for good before. */
  get opened(): Promise<void> {
    this.#opened ??= this.#nextOpen().finally(() => (this.#opened = undefined));
    // Who reads this only sometimes should not find an unhandled rejection.
    this.#opened.catch(() => {});
    return this.#opened;
  }

  /** Connects. Does nothing while the socket is connected or on its way there. */
  open(): void {
    this.#engine.open();
    this.#user.hold();
  }

  /**
   * Sends a message now, or queues it until there is a connection.
   *
   * @throws SocketError - `closed`, `queue-full`, `encode-failed` or `crashed`
   * @throws TypeError - for what cannot be sent, or an option that cannot be used
   */
  send(message: Sendable<Outgoing>, options?: SendOptions): SendResult {
    if (options === undefined) return resultOf(this.#engine.send(this.#user.encode(message)));
    checkSendOptions(options);
    const { ttl, key, priority = 0 } = options;
    return resultOf(this.#engine.enqueue(this.#user.encode(message), ttl, key, priority));
  }

  /**
   * Ends it: no more dials. What is queued goes out first if there is a connection, and is reported by `drop` events if
   * there is none. One last `close` event follows.
   *
   * @param code - 1000, or 3000 to 4999. Default: none
   * @param reason - at most 123 bytes; it needs a code
   * @throws TypeError - for a code or a reason that cannot be sent
   */
  close(code?: number, reason?: string): void {
    checkClose(code, reason);
    this.#engine.close(code, reason ?? "");
  }

  /** Replaces the connection by a new one, now and with a fresh backoff. The queue is kept. Works after `close()` too. */
  reconnect(): void {
    this.#engine.reconnect();
    this.#user.hold();
  }

  /** The engine, or what is left of it once it broke. */
  get #engine() {
    return this.#user.crashed ? FALLEN : this.#own;
  }

  get [Symbol.toStringTag](): string {
    return "Socket";
  }

  /** `using socket = new Socket(…)` closes it at the end of the block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Every message from now on, in order, until the socket is closed for good. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Incoming> {
    return iterate(this as unknown as Socket<Incoming, never>);
  }

  /** The handler of `open` events. */
  get onopen(): SocketHandler<this, Event> {
    return this.#handler("open");
  }
  set onopen(handler: SocketHandler<this, Event>) {
    this.#setHandler("open", handler);
  }

  /** The handler of `message` events. */
  get onmessage(): SocketHandler<this, MessageEvent<Incoming>> {
    return this.#handler("message");
  }
  set onmessage(handler: SocketHandler<this, MessageEvent<Incoming>>) {
    this.#setHandler("message", handler);
  }

  /** The handler of `close` events. */
  get onclose(): SocketHandler<this, SocketCloseEvent> {
    return this.#handler("close");
  }
  set onclose(handler: SocketHandler<this, SocketCloseEvent>) {
    this.#setHandler("close", handler);
  }

  /** The handler of `error` events. */
  get onerror(): SocketHandler<this, SocketErrorEvent> {
    return this.#handler("error");
  }
  set onerror(handler: SocketHandler<this, SocketErrorEvent>) {
    this.#setHandler("error", handler);
  }

  /** The handler of `retry` events. */
  get onretry(): SocketHandler<this, RetryEvent> {
    return this.#handler("retry");
  }
  set onretry(handler: SocketHandler<this, RetryEvent>) {
    this.#setHandler("retry", handler);
  }

  /** The handler of `statechange` events. */
  get onstatechange(): SocketHandler<this, StateChangeEvent> {
    return this.#handler("statechange");
  }
  set onstatechange(handler: SocketHandler<this, StateChangeEvent>) {
    this.#setHandler("statechange", handler);
  }

  /** The handler of `drop` events. */
  get ondrop(): SocketHandler<this, DropEvent<Outgoing>> {
    return this.#handler("drop");
  }
  set ondrop(handler: SocketHandler<this, DropEvent<Outgoing>>) {
    this.#setHandler("drop", handler);
  }

  get #native(): WebSocket | undefined {
    return this.#engine.socket as WebSocket | undefined;
  }

  #handler<E extends Event>(name: EventName): SocketHandler<this, E> {
    return (this.#handlers.get(name)?.handler ?? null) as SocketHandler<this, E>;
  }

  /** As the standard has it: a handler takes its place among the listeners when it is first set, and keeps it. */
  #setHandler<E extends Event>(name: EventName, handler: SocketHandler<this, E>): void {
    const current = this.#handlers.get(name);
    if (typeof handler !== "function") {
      if (current) super.removeEventListener(name, current.listener);
      this.#handlers.delete(name);
      return;
    }
    const bound = handler as (event: Event) => unknown;
    if (current) {
      current.handler = bound;
    } else {
      const entry = { handler: bound, listener: (event: Event) => void entry.handler.call(this, event) };
      this.#handlers.set(name, entry);
      super.addEventListener(name, entry.listener);
    }
  }

  #nextOpen(): Promise<void> {
    const { state } = this;
    if (state === "open") return Promise.resolve();
    const closed = () => new SocketError("closed", "the socket was closed before it was open");
    if (state === "closed") return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const settled = new AbortController();
      const { signal } = settled;
      this.addEventListener("open", () => (settled.abort(), resolve()), { signal });
      this.addEventListener("close", ({ willRetry }) => willRetry || (settled.abort(), reject(closed())), { signal });
    });
  }
}

/** Typed forms of what `EventTarget` has. */
export interface Socket<Incoming, Outgoing> {
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
