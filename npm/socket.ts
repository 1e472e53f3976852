/// <reference lib="esnext.disposable" preserve="true" />

import {
  checkClose,
  OPTIONS,
  REQUEST_OPTIONS,
  SEND_OPTIONS,
  SUBSCRIBE_OPTIONS,
  get,
  isBinaryType,
  readOptions,
} from "./check.js";
import { Driver } from "./driver.js";
import { Said, What } from "./engine.js";
import { stateOf, type State } from "./events.js";
import { Inbox } from "./inbox.js";
import type {
  NativeMessage,
  Provider,
  RequestOptions,
  Sendable,
  SendOptions,
  SocketOptions,
  SocketStats,
  SubscribeOptions,
} from "./options.js";
import { SocketTarget } from "./target.js";
import { User, type Expected } from "./user.js";

/** What became of a message: handed to the connection, put into the queue, or dropped by the queue's policy. */
export type SendResult = "sent" | "queued" | "dropped";

/** The kinds of messages that a tag tells apart. */
type KindOf<Message, Tag extends string> = Message extends Readonly<Record<Tag, infer Kind>> ? Kind : never;

/**
 * A WebSocket that stays connected: it dials again with backoff, queues what is sent meanwhile, and reports what it could
 * not deliver. It outlives every connection, until {@link close}.
 *
 * @typeParam Incoming - the messages that come in, after the codec
 * @typeParam Outgoing - the messages that go out
 * @typeParam Tag - the property that tells the kinds of messages apart, see {@link on}
 */
export class Socket<Incoming = NativeMessage, Outgoing = Incoming, Tag extends string = "type">
  extends SocketTarget<Incoming, Outgoing>
  implements Disposable
{
  readonly #user: User;
  readonly #driver: Driver;
  readonly #options: SocketOptions<Incoming, Outgoing>;
  #opened: Promise<void> | undefined;
  #readable: ReadableStream<Incoming> | undefined;
  #writable: WritableStream<Outgoing> | undefined;

  /**
   * @param url - where to connect: ws:, wss:, http: or https:, relative to the page; or a function that is called before
   *   every dial, so that a token in it is never stale
   * @throws TypeError - for a URL or an option that cannot be used; it names what it got and what it takes
   */
  constructor(url: Provider<string | URL>, options: SocketOptions<Incoming, Outgoing> & { tag?: Tag } = {}) {
    super();
    this.#options = readOptions(options, OPTIONS);
    this.#user = new User(this, url, this.#options as SocketOptions<unknown>);
    this.#driver = new Driver(this.#user, this.#options as SocketOptions<unknown>);
    if (this.#options.autoOpen !== false) this.open();
  }

  /** Where the socket stands. It changes at once; events follow. */
  get state(): State {
    return stateOf(this.#driver._ask(What.State));
  }

  /** The absolute URL of the last dial, or "" before the first. */
  get url(): string {
    return this.#driver._url;
  }

  /** The subprotocol that the server picked, or "". */
  get protocol(): string {
    return this.#driver._native?.protocol ?? "";
  }

  /** The extensions that the server picked, or "". */
  get extensions(): string {
    return this.#driver._native?.extensions ?? "";
  }

  /** How binary messages come in. It is kept over reconnects; setting anything else is ignored. */
  get binaryType(): BinaryType {
    return this.#user._binaryType;
  }
  set binaryType(binaryType: BinaryType) {
    // Anything else is ignored, as the standard has it.
    if (!isBinaryType(binaryType)) return;
    this.#user._binaryType = binaryType;
    if (this.#driver._native) this.#driver._native.binaryType = binaryType;
  }

  /** Bytes that are not sent yet: those in the queue and those that the native socket holds. */
  get bufferedAmount(): number {
    return this.#driver._ask(What.QueueBytes) + (this.#driver._native?.bufferedAmount ?? 0);
  }

  /** The send queue: how many messages wait, and how many bytes they are on the wire. */
  get queue(): { readonly count: number; readonly bytes: number } {
    return { count: this.#driver._ask(What.QueueCount), bytes: this.#driver._ask(What.QueueBytes) };
  }

  /** The number of dials since the last stable connection; 0 when there was none since. */
  get attempt(): number {
    return this.#driver._ask(What.Attempt);
  }

  /** How long the last recognised answer to a heartbeat took, in ms, or null before the first. */
  get latency(): number | null {
    const latency = this.#driver._ask(What.Latency);
    return latency >= 0 ? latency : null;
  }

  /** What the socket has done since it was made. */
  get stats(): SocketStats {
    return {
      connections: this.#driver._ask(What.Connections),
      sent: this.#driver._ask(What.SentCount),
      received: this.#driver._received,
      undeliverable: this.#user._undeliverable,
      dropped: this.#driver._ask(What.DroppedCount),
    };
  }

  /** Resolves when the socket is open, at once if it is; rejects when it is closed for good before. */
  get opened(): Promise<void> {
    // Whoever asks while others wait, waits with them.
    if (!this.#opened || !this.#user._awaiting[Said.Open]?.length) {
      this.#opened = this.#nextOpen();
      // Who reads this only sometimes should not find an unhandled rejection.
      this.#opened.catch(() => {});
    }
    return this.#opened;
  }

  /** Connects. Does nothing while the socket is connected or on its way there. */
  open(): void {
    this.#driver._dial(What.Open);
  }

  /**
   * Sends a message now, or queues it until there is a connection.
   *
   * @throws SocketError - `closed`, `queue-full`, `encode-failed` or `crashed`
   * @throws TypeError - for what cannot be sent, or an option that cannot be used
   */
  send(message: Sendable<Outgoing>, options?: SendOptions): SendResult {
    const checked = this.#user._check(message);
    if (options !== undefined || this.#user._negotiates) return this.#sendWith(checked, options);
    const frame = this.#user.encode(checked);
    return this.#driver._pass(frame) ? "sent" : this.#driver._enqueue(frame);
  }

  /** Apart from `send`: what most messages take is short, and soon compiled. */
  #sendWith(checked: unknown, options: SendOptions = {}): SendResult {
    options = readOptions(options, SEND_OPTIONS);
    const { signal } = options;
    const tag = signal && this.#driver._ask(What.Tag);
    const abort = () => this.#driver._command(What.Cancel, tag);
    const stop = () => signal?.removeEventListener("abort", abort);
    const packet = this.#user._pack(checked, stop);
    signal?.throwIfAborted();
    // Before it is sent: the packet may be settled by then.
    signal?.addEventListener("abort", abort);
    try {
      return this.#driver._enqueue(packet, options, tag);
    } catch (thrown) {
      stop();
      throw thrown;
    }
  }

  /**
   * Sends a message and resolves with its answer: the message that carries the same number, see the option `correlation`.
   * A request that waits for a connection waits in the queue.
   *
   * @returns rejects with a SocketError: as {@link send} throws, `request-timeout`, `request-lost` with its connection, `request-dropped` from the
   *   queue, `request-failed` when the server answers with an error, `invalid-message`; or with the signal's reason
   */
  async request<Reply extends Incoming = Incoming>(
    message: Sendable<Outgoing>,
    options: RequestOptions = {},
  ): Promise<Reply> {
    options = readOptions(options, REQUEST_OPTIONS);
    const { timeout = 10_000, repeat, signal } = options;
    const { _exchange: exchange } = this.#user;
    const tag = this.#driver._ask(What.Tag);
    const packet = this.#user._pack(exchange._wrap(tag, this.#user._check(message), "request"));
    signal?.throwIfAborted();
    let abort = () => {};
    try {
      return await new Promise<Reply>((resolve, reject) => {
        abort = () => {
          this.#driver._command(What.Cancel, tag);
          // The engine says so too, but not why.
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", abort);
        exchange._askers.set(tag, { _push: resolve as (reply: unknown) => void, _end: reject });
        this.#driver._enqueue(packet, options, tag, repeat ? What.Repeatable : What.Request, timeout);
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#driver._release(packet);
      exchange._askers.delete(tag);
    }
  }

  /**
   * Tells the server, and again after every reconnect before anything that is queued. Gives the messages that answer to
   * it; leaving the loop ends it.
   *
   * @throws SocketError - as {@link send}
   */
  subscribe(
    message: Sendable<Outgoing>,
    options: SubscribeOptions<Incoming, Outgoing> = {},
  ): AsyncIterableIterator<Incoming, undefined> {
    const { match, unsubscribe } = readOptions(options, SUBSCRIBE_OPTIONS);
    const tag = this.#driver._ask(What.Tag);
    const { _exchange: exchange } = this.#user;
    const wrap = (message: unknown, purpose: "subscribe" | "unsubscribe") =>
      this.#user._pack(match ? message : exchange._wrap(tag, message, purpose));
    const packet = wrap(this.#user._check(message), "subscribe");
    const end =
      unsubscribe === undefined ? (!match && !this.#options.correlation) || undefined : this.#user._check(unsubscribe);
    const goodbye = end === undefined ? end : wrap(end, "unsubscribe");
    const left = () => {
      const told = this.#driver._ask(What.Unsubscribe, tag);
      this.#driver._release(packet);
      exchange._askers.delete(tag);
      if (told && goodbye) this.#driver._say(goodbye);
    };
    this.#driver._enqueue(packet, {}, tag, What.Subscription);
    if (match) return this.#listen(tag, match, left);
    const inbox = this.#inbox(left);
    exchange._askers.set(tag, inbox as Inbox<unknown>);
    return inbox;
  }

  /**
   * Listens to one kind of messages: those whose property `tag`, see the options, has this value.
   *
   * @returns stops it
   */
  on<Kind extends KindOf<Incoming, Tag>>(
    kind: Kind,
    listener: (this: this, message: Extract<Incoming, Readonly<Record<Tag, Kind>>>) => unknown,
    options: AddEventListenerOptions = {},
  ): () => void {
    const { tag = "type" } = this.#options;
    const { once, ...others } = options;
    const stop = () => super.removeEventListener("message", heard, options);
    const heard = (event: Event) => {
      const { data } = event as MessageEvent<Extract<Incoming, Readonly<Record<Tag, Kind>>>>;
      if (get(data, tag) !== kind) return;
      if (once) stop();
      listener.call(this, data);
    };
    super.addEventListener("message", heard, others);
    return stop;
  }

  /** Resolves when nothing is queued and the connection has sent all that it was given; rejects when closed before. */
  async flushed(): Promise<void> {
    return this.#ready(Said.Flushed, What.AwaitFlush);
  }

  /**
   * The messages that come, as a stream: what is not read yet waits within the bound of the option `inbox`. It is the same
   * one until it is over.
   */
  get readable(): ReadableStream<Incoming> {
    if (this.#readable) return this.#readable;
    const readable = this.#listen()._stream(() => {
      // A read that was under way when it was cancelled says so once more.
      if (this.#readable === readable) this.#readable = undefined;
    });
    return (this.#readable = readable);
  }

  /**
   * What is written is sent. A write, and `ready` of its writer after it, waits until less than `highWaterMark`, and less
   * than half of `queue.maxBytes`, is queued; closing it closes the socket when everything is sent. It is the same
   * one until the socket is closed.
   */
  get writable(): WritableStream<Outgoing> {
    this.#writable ??= new WritableStream({
      start: (controller) => {
        // Told at once, while `abort` of a sink is told when the write is over that waits.
        controller.signal.onabort = () => this.close();
        this.#wait(Said.Closed).catch((error) => {
          this.#writable = undefined;
          controller.error(error);
        });
      },
      write: async (message) => {
        const room = this.#ready(Said.Room, What.AwaitRoom);
        // Others may have filled the queue. Where there is room, nothing comes in between.
        if (this.#user._awaiting[Said.Room]?.length) await room;
        this.send(message as Sendable<Outgoing>);
        await this.#ready(Said.Room, What.AwaitRoom);
      },
      close: async () => {
        await this.flushed();
        this.close();
      },
    });
    return this.#writable;
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
    this.#driver._close(code, reason);
  }

  /** Replaces the connection by a new one, now and with a fresh backoff. The queue is kept. Works after `close()` too. */
  reconnect(): void {
    this.#driver._dial(What.Reconnect);
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
    return this.#listen();
  }

  #inbox(left: () => void): Inbox<Incoming> {
    return new Inbox(this.#options.inbox, this.#user._warn, left);
  }

  /** The messages from now on, those that `wanted` picks, until the socket is closed for good or the loop is left. */
  #listen(tag: unknown = {}, wanted?: (message: Incoming) => unknown, left?: () => void): Inbox<Incoming> {
    const { _matching: matching } = this.#user._exchange;
    const heard = ({ data }: MessageEvent<Incoming>) => void ((!wanted || wanted(data)) && inbox._push(data));
    const inbox = this.#inbox(() => {
      super.removeEventListener("message", heard);
      matching.delete(tag);
      left?.();
    });
    super.addEventListener("message", heard);
    matching.set(tag, inbox as Inbox<unknown>);
    if (this.state === "closed") inbox._end();
    return inbox;
  }

  #ready(what: Expected, command: What): Promise<void> {
    const ready = this.#wait(what);
    this.#driver._command(command);
    return ready;
  }

  #nextOpen(): Promise<void> {
    if (this.state === "open") return Promise.resolve();
    return this.state === "closed" ? Promise.reject(this.#user._closedError()) : this.#wait(Said.Open);
  }

  #wait(what: Expected): Promise<void> {
    return new Promise((resolve, reject) => (this.#user._awaiting[what] ??= []).push({ resolve, reject }));
  }
}
