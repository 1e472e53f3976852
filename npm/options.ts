import type { StandardSchema } from "./schema.js";

/** What the native socket gives when no codec is set. */
export type NativeMessage = string | ArrayBuffer | Blob;

/** What can be sent: where buffers are taken, so are views on them. */
export type Sendable<Outgoing> = ArrayBuffer extends Outgoing ? Outgoing | ArrayBufferView<ArrayBuffer> : Outgoing;

/** A value, or a function that is called before every dial and may be asynchronous. */
export type Provider<T> = T | (() => T | PromiseLike<T>);

/** Turns messages into frames and back. */
export interface Codec<Incoming, Outgoing = Incoming> {
  /** The frame for a message. What it throws, `send` throws as the `cause` of an `encode-failed` error. */
  encode(message: Outgoing): string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;
  /**
   * The message in a frame. What it throws becomes an `error` event with the code `decode-failed`. With the default
   * `binaryType` binary frames are buffers; also called for a message that is reported in a `drop` event.
   */
  decode(frame: string | ArrayBuffer): Incoming;
  /** The subprotocol that names it, where the server picks among several. */
  readonly protocol?: string;
}

/** A codec, or its name; the entry of `"msgpack"` and `"cbor"` has to be imported: `import "everwire/msgpack"`. */
type AnyCodec<Incoming, Outgoing> = "json" | "text" | "binary" | "msgpack" | "cbor" | Codec<Incoming, Outgoing>;

/**
 * Where the number of a request stands in a message, and of its answer in another: a path such as `"meta.id"`, or one for
 * each direction.
 */
export type Correlation = string | { readonly outgoing: string; readonly incoming: string };

/** What came and waits to be read by a loop or a stream. */
export interface InboxOptions {
  /** How many messages may wait. Default: 100,000. */
  maxMessages?: number;
  /**
   * What gives way when more come: the oldest (`"drop-oldest"`), the new one (`"drop-newest"`), or the loop, which ends
   * with an error (`"throw"`). What is dropped is reported by one `error` event, `inbox-full`, each time that the reader
   * falls behind. Default: `"drop-oldest"`.
   */
  overflow?: "drop-oldest" | "drop-newest" | "throw";
}

/** The wait before the next dial: `min + U(0, min(max, base · 2ⁿ))`, drawn anew each time. */
export interface BackoffOptions {
  /** The floor under every wait, in ms. Default: 100. */
  min?: number;
  /** The width of the first draw, in ms; it doubles with each dial. Default: 1,000. */
  base?: number;
  /** The largest width of a draw, in ms; at least `min`. Default: 30,000. */
  max?: number;
}

/** The bounds of the send queue. */
export interface QueueOptions {
  /** The largest number of waiting messages, or Infinity. Default: 100,000. */
  maxMessages?: number;
  /** The largest sum of their sizes on the wire, in bytes, or Infinity. Default: 16 MiB. */
  maxBytes?: number;
  /**
   * What gives way when a bound would be passed: the new message, with an error for the caller (`"reject"`); the oldest
   * ones of the lowest priority (`"drop-oldest"`); the new message (`"drop-newest"`). What is dropped is reported by a
   * `drop` event. Default: `"reject"`.
   */
  overflow?: "reject" | "drop-oldest" | "drop-newest";
  /** How long a message may wait where it does not say so itself, in ms, or Infinity. Default: Infinity. */
  ttl?: number;
}

/** How the server is asked for a sign of life. */
export interface HeartbeatOptions<Incoming, Outgoing> {
  /** What to send, or a function that makes it each time. */
  message: Outgoing | (() => Outgoing);
  /**
   * How an answer is recognised: the message itself, as `===` compares, or a function that says so. Answers are not
   * delivered, and give `latency`. Any other message counts as a sign of life too, and is delivered.
   */
  answer?: Incoming | ((message: Incoming) => boolean);
  /** The time from one heartbeat to the next, in ms. Default: 30,000. */
  interval?: number;
  /**
   * How long the server may stay silent after a heartbeat before the connection is given up, in ms; again as long as the
   * connection works off what it had to send before. Default: 10,000.
   */
  timeout?: number;
}

/** What `shouldRetry` is told. */
export interface LostConnection {
  /** The close code: 1006 when there was no close frame. */
  readonly code: number;
  /** The server's reason, or "". */
  readonly reason: string;
  /** Whether both sides closed in order. */
  readonly wasClean: boolean;
  /** The number of the dial, counted from 1 since the last stable connection; 0 for a stable connection. */
  readonly attempt: number;
}

/** A class with the interface of the browser's `WebSocket`. */
export type WebSocketConstructor = new (url: string, protocols?: string[]) => object;

/** The options of a `Socket`. All may be left out; one that is misspelt or out of range is a `TypeError`. */
export interface SocketOptions<Incoming = NativeMessage, Outgoing = Incoming> {
  /** The subprotocols to offer: one, several, or a function that is asked before every dial. Default: none. */
  protocols?: Provider<string | string[] | null>;
  /**
   * How messages become frames. Several are offered to the server as subprotocols, the first one first, and the server's
   * pick decides. Default: none, messages are what the native socket gives and takes.
   */
  codec?: AnyCodec<Incoming, Outgoing> | readonly AnyCodec<Incoming, Outgoing>[];
  /** Checks what comes, after the codec: what fails is an `error` event, `invalid-message`, and reaches no listener. */
  incoming?: StandardSchema<unknown, Incoming>;
  /** Checks what is sent, before the codec: `send` throws at what fails, `invalid-message`. */
  outgoing?: StandardSchema<Outgoing, unknown>;
  /** The property that tells the kinds of messages apart, for `on`. Default: `"type"`. */
  tag?: string;
  /**
   * Where `request` and `subscribe` put their number. Default: in an envelope, `{ id, request: message }`, answered by
   * `{ id, reply: message }` or `{ id, error }`.
   */
  correlation?: Correlation;
  /** The bound of what a loop or a stream has not read yet. */
  inbox?: InboxOptions;
  /** How binary messages come in. Default: `"blob"` as in the standard, `"arraybuffer"` where a codec is set. */
  binaryType?: BinaryType;
  /** Whether to dial at once; if not, `open()` does. Default: true. */
  autoOpen?: boolean;
  /** How long a dial may take, providers included, in ms. Default: 10,000. */
  connectTimeout?: number;
  /**
   * How long the server may take to answer a close before the connection is given up, in ms; again as long as the
   * connection works off what it had to send before. Default: 5,000.
   */
  closeTimeout?: number;
  /** How long a connection must last before the backoff starts from the beginning, in ms. Default: 5,000. */
  stableAfter?: number;
  /** The waits between dials. */
  backoff?: BackoffOptions;
  /** How many dials in a row may fail to give a stable connection, or Infinity. Default: Infinity. */
  maxAttempts?: number;
  /** Whether to dial again after a close with code 1000. Default: true. */
  retryOnNormalClose?: boolean;
  /** Close codes after which not to dial again, beside 1002, 1003 and 1007 to 1010. Default: none. */
  fatalCodes?: number[];
  /**
   * Asked about each lost connection: true dials again, false ends it, a number dials again but not before so many ms
   * have passed, undefined leaves it to the close code.
   */
  shouldRetry?: (lost: LostConnection) => boolean | number | undefined;
  /** The bounds of the send queue. */
  queue?: QueueOptions;
  /** How many bytes the native socket may hold unsent before the queue holds the rest back. Default: 1 MiB. */
  highWaterMark?: number;
  /** How the server is asked for a sign of life. Default: not at all. */
  heartbeat?: HeartbeatOptions<Incoming, Outgoing>;
  /** A larger message is not delivered but reported as an `error`, in bytes, or Infinity. Default: 64 MiB. */
  maxMessageBytes?: number;
  /** The class to dial with, such as that of the package `ws` in Node. Default: the global `WebSocket`. */
  WebSocket?: WebSocketConstructor;
}

/** What can be asked for one message. */
export interface SendOptions {
  /** How long the message may wait in the queue, in ms, or Infinity. 0 sends it now or drops it. Default: `queue.ttl`. */
  ttl?: number;
  /** A newer message with the same key takes the place of a queued one. */
  key?: string;
  /** Higher goes first; a whole number. Default: 0. */
  priority?: number;
  /** Takes the message back while it is queued; that is reported by a `drop` event. */
  signal?: AbortSignal;
}

/** What can be asked for a request. */
export interface RequestOptions extends SendOptions {
  /** How long to wait for the answer, the time in the queue included, in ms, or Infinity. Default: 10,000. */
  timeout?: number;
  /** Whether the request may be sent again when the connection that it was sent on is lost. Default: false. */
  repeat?: boolean;
}

/** What can be asked for a subscription. */
export interface SubscribeOptions<Incoming, Outgoing> {
  /** What tells the server that it is over. Default: `{ id, unsubscribe: true }` in our envelope, else nothing. */
  unsubscribe?: Outgoing;
  /**
   * Picks the messages of the subscription. The subscription is then sent as it is, without a number, and its messages
   * reach other listeners too. Default: those that carry its number.
   */
  match?: (message: Incoming) => boolean;
}

/** What a socket has done since it was made. */
export interface SocketStats {
  /** Connections that opened. */
  readonly connections: number;
  /** Messages that were handed to a connection, without heartbeats. */
  readonly sent: number;
  /** Messages that came, answers to heartbeats included. */
  readonly received: number;
  /** Messages among them that were too large, could not be decoded or were not valid. */
  readonly undeliverable: number;
  /** Messages that had been accepted and were not sent. */
  readonly dropped: number;
}
