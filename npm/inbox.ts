/** What came and has not been read yet, for who reads at a pace of their own. */

import { SocketError } from "./errors.js";
import type { InboxOptions } from "./options.js";
import type { Socket } from "./socket.js";

/** So many messages that were read are kept before they are let go of. */
const FORGET = 10_000;

/**
 * A bounded line of messages with an async iterator at its end. A server that sends faster than the loop reads does not
 * fill the memory: see {@link InboxOptions}.
 */
export class Inbox<Message> implements AsyncIterableIterator<Message, undefined> {
  // Read by index: taking from the front would move a long backlog each time.
  #arrived: Message[] = [];
  #read = 0;
  #waiting: { resolve(result: IteratorResult<Message, undefined>): void; reject(error: unknown): void }[] = [];
  #done = false;
  #error: unknown;
  /** Told once for each time that the reader falls behind. */
  #behind = false;
  readonly #options: InboxOptions;
  readonly #overran: (error: SocketError) => void;
  readonly #left: () => void;

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
    if (this.#done) return;
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

  /** Nothing more comes. What is there can still be read; then comes the end, or the error. */
  end(error?: unknown): void {
    if (this.#done) return;
    this.#done = true;
    // Told once: to who waits, or to who reads next.
    if (!this.#waiting.length) this.#error = error;
    this.#left();
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error) reject(error);
      else resolve({ done: true, value: undefined });
    }
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#read < this.#arrived.length) return Promise.resolve({ done: false, value: this.#take() });
    this.#behind = false;
    const error = this.#error;
    this.#error = undefined;
    if (error) return Promise.reject(error);
    if (this.#done) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
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

  #take(): Message {
    const message = this.#arrived[this.#read] as Message;
    this.#read += 1;
    if (this.#read === this.#arrived.length || this.#read === FORGET) {
      this.#arrived = this.#arrived.slice(this.#read);
      this.#read = 0;
    }
    return message;
  }
}

/** The messages of a socket from now on, those that `wanted` picks, until it is closed for good or the loop is left. */
export function listen<Incoming>(
  socket: Socket<Incoming, never>,
  options: InboxOptions | undefined,
  overran: (error: SocketError) => void,
  wanted?: (message: Incoming) => unknown,
  left?: () => void,
): Inbox<Incoming> {
  const listening = new AbortController();
  const { signal } = listening;
  const inbox = new Inbox<Incoming>(options, overran, () => {
    listening.abort();
    left?.();
  });
  if (socket.state === "closed") inbox.end();
  socket.addEventListener("message", ({ data }) => void ((!wanted || wanted(data)) && inbox.push(data)), { signal });
  // Closed, and not opened again before this is told.
  socket.addEventListener("close", ({ willRetry }) => willRetry || socket.state !== "closed" || inbox.end(), {
    signal,
  });
  return inbox;
}
