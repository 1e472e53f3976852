/** What came and has not been read yet, for who reads at a pace of their own. */

import { SocketError } from "./errors.js";
import type { InboxOptions } from "./options.js";

const enum Limit {
  /** So many messages that were read are kept before they are let go of. */
  Read = 10_000,
}

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
  // Read by index: taking from the front would move a long backlog each time.
  #arrived: Message[] = [];
  #read = 0;
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
  constructor(options: InboxOptions | undefined, overran: (error: SocketError) => void, left: () => void) {
    this.#options = options ?? {};
    this.#overran = overran;
    this.#left = left;
  }

  push(message: Message): void {
    if (!this.#left) return;
    const next = this.#waiting.shift();
    if (next) return next.resolve({ done: false, value: message });
    const { maxMessages = 100_000, overflow = "drop-oldest" } = this.#options;
    if (this.#arrived.length - this.#read >= maxMessages) {
      const error = new SocketError("inbox-full", "messages came faster than they were read");
      if (overflow === "throw") return this.end(error);
      if (!this.#behind) this.#overran(error);
      this.#behind = true;
      if (overflow === "drop-newest" || maxMessages === 0) return;
      this.#take();
    }
    this.#arrived.push(message);
  }

  /** Nothing more comes. What is there can still be read; then comes the end, after the error, which is told once. */
  end(error?: unknown): void {
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
    this.end();
    this.#arrived = [];
    this.#read = 0;
    this.#error = undefined;
    return this.next();
  }

  /** The messages as a stream, which reads when it is asked to: what comes meanwhile waits here, within the bound. */
  stream(): ReadableStream<Message> {
    return new ReadableStream(
      {
        pull: async (controller) => {
          const { done, value } = await this.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => void this.return(),
      },
      { highWaterMark: 0 },
    );
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #answer(reader: Reader<Message>): void {
    if (this.#read < this.#arrived.length) return reader.resolve({ done: false, value: this.#take() });
    this.#behind = false;
    const error = this.#error;
    this.#error = undefined;
    if (error) reader.reject(error);
    else if (this.#left) this.#waiting.push(reader);
    else reader.resolve({ done: true, value: undefined });
  }

  #take(): Message {
    const message = this.#arrived[this.#read] as Message;
    this.#read += 1;
    if (this.#read === this.#arrived.length || this.#read === Limit.Read) {
      this.#arrived = this.#arrived.slice(this.#read);
      this.#read = 0;
    }
    return message;
  }
}
