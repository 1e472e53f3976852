/** What came and has not been read yet, for who reads at a pace of their own. */

import { SocketError } from "./errors.js";
import type { InboxOptions } from "./options.js";

/** Who asked for the next message. */
interface Reader<Message> {
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
}

/**
 * A bounded line of messages with an async iterator at its end. A server that sends faster than the loop reads does not
 * fill the memory: see {@link InboxOptions}.
 */
export class Inbox<Message> implements AsyncIterableIterator<Message, undefined> {
  // By number: to take from the front of an array would move a long backlog each time.
  readonly #arrived = new Map<number, Message>();
  /** The number of the oldest. */
  #first = 0;
  #waiting: Reader<Message>[] = [];
  #error: unknown;
  /** Told once for each time that the reader falls behind. */
  #behind = false;
  readonly #options: InboxOptions;
  readonly #overran: (error: SocketError) => void;
  /** Nothing when no more is wanted: it holds what has been asked for. */
  #left: (() => void) | undefined;

  /**
   * @param overran - called when messages have to go
   * @param left - called once when nothing more is wanted
   */
  constructor(options: InboxOptions = {}, overran: (error: SocketError) => void, left: () => void) {
    this.#options = options;
    this.#overran = overran;
    this.#left = left;
  }

  _push(message: Message): void {
    if (!this.#left) return;
    const next = this.#waiting.shift();
    if (next) return next.resolve({ done: false, value: message });
    const { maxMessages = 100_000, overflow = "drop-oldest" } = this.#options;
    if (this.#arrived.size >= maxMessages) {
      const error = new SocketError("inbox-full", "messages came faster than they were read");
      if (overflow === "throw") return this._end(error);
      if (!this.#behind) this.#overran(error);
      this.#behind = true;
      // Who is told may leave.
      if (overflow === "drop-newest" || maxMessages === 0 || !this.#left) return;
      this.#take();
    }
    this.#arrived.set(this.#first + this.#arrived.size, message);
  }

  /** Nothing more comes. What is there can still be read; then comes the end, after the error, which is told once. */
  _end(error?: unknown): void {
    const left = this.#left;
    if (!left) return;
    this.#left = undefined;
    this.#error = error;
    left();
    for (const reader of this.#waiting.splice(0)) this.#answer(reader);
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return new Promise((resolve, reject) => this.#answer({ resolve, reject }));
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    this._end();
    this.#arrived.clear();
    this.#error = undefined;
    return this.next();
  }

  /**
   * The messages as a stream, which reads one ahead, to see the end: what comes meanwhile waits here, within the bound.
   *
   * @param over - called when nothing more can be read from it
   */
  _stream(over: () => void): ReadableStream<Message> {
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await this.next();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        over();
      },
      cancel: () => {
        over();
        void this.return();
      },
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #answer(reader: Reader<Message>): void {
    if (this.#arrived.size) return reader.resolve({ done: false, value: this.#take() });
    this.#behind = false;
    const error = this.#error;
    this.#error = undefined;
    if (error) reader.reject(error);
    else if (this.#left) this.#waiting.push(reader);
    else reader.resolve({ done: true, value: undefined });
  }

  #take(): Message {
    const message = this.#arrived.get(this.#first) as Message;
    this.#arrived.delete(this.#first);
    this.#first += 1;
    return message;
  }
}
