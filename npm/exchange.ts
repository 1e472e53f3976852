/** Ask and answer: which message carries which number, and who waits for it. When a request ends, the engine says. */

import { get, isObject, kindOf, wrongArgument } from "./check.js";
import { SocketError, type SocketErrorCode } from "./errors.js";
import type { Inbox } from "./inbox.js";
import type { Correlation } from "./options.js";
import { DROP_REASONS } from "./user.js";

/** What a message is sent as. */
export type Purpose = "request" | "subscribe" | "unsubscribe";

/** A message that came and names a number, or cannot be delivered. */
export interface Numbered {
  /** 0 where it has none. */
  readonly tag: number;
  message?: unknown;
  /** What the server answered in the place of a reply, or why the message cannot be delivered. */
  readonly error?: unknown;
  readonly lost?: boolean;
}

/** Who waits for messages that carry a number: a request for one, a subscription for all. */
export interface Asker {
  _push(message: unknown): void;
  _end(error?: unknown): void;
}

// By the engine's numbers, which go on where those of the reasons for a drop end.
const UNANSWERED: Record<number, [SocketErrorCode, string]> = {
  6: ["request-timeout", "no answer in time"],
  7: ["request-lost", "the connection was lost"],
};

export class Exchange {
  readonly #outgoing: string | undefined;
  readonly #incoming: string;
  readonly _askers = new Map<number, Asker>();
  /** Subscriptions whose messages carry no number, and loops. */
  readonly _matching = new Map<unknown, Inbox<unknown>>();

  constructor(correlation: Correlation | undefined) {
    this.#outgoing = typeof correlation === "string" ? correlation : correlation?.outgoing;
    this.#incoming = typeof correlation === "string" ? correlation : (correlation?.incoming ?? "id");
  }

  /** The message with its number: at the place that the user names, or in our envelope. */
  _wrap(tag: number, message: unknown, purpose: Purpose): unknown {
    if (!this.#outgoing) return { id: tag, [purpose]: message };
    if (!isObject(message)) throw wrongArgument("message", "an object, to hold its number", kindOf(message));
    return place(message, this.#outgoing.split("."), tag);
  }

  /** What a message is without its envelope, if it names a number that somebody waits for. */
  _unwrap(message: unknown): Numbered | undefined {
    const tag = this.#incoming.split(".").reduce(get, message) as number;
    if (!this._askers.has(tag)) return undefined;
    if (this.#outgoing) return { tag, message };
    const envelope = message as object;
    // JSON leaves nothing but the number of an answer that is undefined.
    if (!("reply" in envelope || "error" in envelope) && Object.keys(envelope).length > 1) return undefined;
    const error = get(message, "error") ?? undefined;
    return { tag, message: get(message, "reply"), error: error === undefined ? error : failed(error) };
  }

  _unanswered(tag: number, why: number): void {
    const [code, what] = UNANSWERED[why] ?? ["request-dropped", `the request was not sent: ${DROP_REASONS[why]}`];
    (this._askers.get(tag) ?? this._matching.get(tag))?._end(new SocketError(code, what));
  }
}

const failed = (error: unknown) => new SocketError("request-failed", "the server answered with an error", error);

/** A copy of an object with a value at a path in it. */
function place(object: object, [name, ...rest]: string[], value: unknown): object {
  const inner = get(object, name as string);
  return { ...object, [name as string]: rest.length ? place(isObject(inner) ? inner : {}, rest, value) : value };
}
