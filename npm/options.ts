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
  /** How long the server may stay silent after a heartbeat before the connection is given up, in ms. Default: 10,000. */
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
  protocols?: Provider<string | string[]>;
  /** How messages become frames. Default: none, messages are what the native socket gives and takes. */
  codec?: "json" | "text" | "binary" | Codec<Incoming, Outgoing>;
  /** How binary messages come in. Default: `"blob"` as in the standard, `"arraybuffer"` where a codec is set. */
  binaryType?: BinaryType;
  /** Whether to dial at once; if not, `open()` does. Default: true. */
  autoOpen?: boolean;
  /** How long a dial may take, providers included, in ms. Default: 10,000. */
  connectTimeout?: number;
  /** How long the server may take to answer a close before the connection is given up, in ms. Default: 5,000. */
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
}
