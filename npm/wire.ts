/**
 * What the engine borrows from JavaScript: operations on values that would cost a copy, or a formatter, inside wasm. It
 * decides nothing.
 */

import { OVERFLOWS, get, kindOf, wrongArgument } from "./check.js";
import type { SocketOptions } from "./options.js";
import { utf8Length } from "./utf8.js";

/** A frame as the native socket takes it. */
export type Frame = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** What the engine has in its queue. */
export type Packed = Frame | Packet;

/** A frame that somebody follows, or that takes another form when the server picks another codec. */
export class Packet {
  /**
   * @param form - gives the frame that is handed over, by the protocol that the server picked
   * @param settled - called when it was handed over, or will never be
   */
  constructor(
    public frame: Frame,
    readonly form: (frame: Frame, protocol: string) => Frame,
    readonly settled: () => void,
  ) {}
}

/** What an engine is told in one word. Those from `Cancel` on mean nothing to one that broke. */
export const enum Command {
  Open,
  Reconnect,
  AwaitRoom,
  AwaitFlush,
  /** Answers a new number to follow a message by. */
  Tag,
  Cancel,
  /** Answers 1 where the server knows of the subscription. */
  Unsubscribe,
  /** The native socket refused what was passed. */
  Refused,
  /** The user has been told of a message. */
  Told,
  /** Answers 1 where a message from a connection is for the user. */
  Accepts,
}

/** What is to be done with a message that came: nothing, or some of these. */
export const enum Turn {
  Tell = 1,
  IsReply = 2,
  /** Until the engine says that it is its turn: the user is being told of something else. */
  Wait = 4,
}

/** What an engine tells in numbers. */
export const enum Told {
  /** Closed, and nothing more to tell. */
  Rest,
  /** It is the turn of the next message that waits. */
  Message,
  Open,
  State,
  Retry,
  Unanswered,
  Room,
  Flushed,
}

/** What each message asks of the engine, in numbers: a value would need a place in the wasm's table. */
export interface Engine {
  /** As `command` of `src/npm/mod.rs`. */
  command(what: Command, about: number): number;
  /** Whether a frame of so many bytes, or fewer, goes out past the queue. `open`: whether the native socket would send it. */
  pass(bytes: number, open: boolean): boolean;
  /** Takes notice of a message, if it is for the user, and of what it names, see `tagOf` of `npm/user.ts`. */
  sort(connection: number, tag: number): Turn;
}

/** The frame in what is queued. */
export const frameOf = (packed: Packed) => (packed instanceof Packet ? packed.frame : packed);

const OPEN = 1;

/** What was thrown last where a number had to say so: an exception would cost the fast path an array or a closure. */
let kept: unknown;

/** Keeps an error for {@link takeThrown}. */
export function keep(thrown: unknown): void {
  kept = thrown;
}

/** The error behind a number that says that there is one. */
export function takeThrown(): unknown {
  const thrown = kept;
  kept = undefined;
  return thrown;
}

/**
 * Hands a frame over past the queue, if it may go there.
 *
 * @throws TypeError for what is no frame, and what the socket throws
 */
export function pass(engine: Engine, socket: WebSocket | undefined, frame: Frame): boolean {
  const size = typeof frame === "string" ? frame.length * 3 : sizeOf(frame);
  if (!socket || !engine.pass(size, socket.readyState === OPEN)) return false;
  try {
    socket.send(frame);
  } catch (thrown) {
    engine.command(Command.Refused, 0);
    throw thrown;
  }
  return true;
}

/**
 * Hands a frame over; gives its size, never too low, -1 when the socket is not open and would swallow it, or -2 when it
 * is refused: what is no frame, which the native socket would send as "[object Object]", or what that socket throws at.
 */
export function transmit(socket: WebSocket, packed: Packed): number {
  try {
    const data = packed instanceof Packet ? packed.form(packed.frame, socket.protocol) : packed;
    const size = typeof data === "string" ? data.length * 3 : sizeOf(data);
    if (socket.readyState !== OPEN) return -1;
    socket.send(data);
    if (packed instanceof Packet) packed.settled();
    return size;
  } catch (thrown) {
    keep(thrown);
    return -2;
  }
}

/** Bytes on the wire. */
export function weigh(packed: Packed): number {
  const data = frameOf(packed);
  return typeof data === "string" ? utf8Length(data) : sizeOf(data);
}

/** Whether a message is larger than `bytes`, found without a copy and mostly without looking at it. */
export function exceeds(data: Frame, bytes: number): boolean {
  if (typeof data !== "string") return ("byteLength" in data ? data.byteLength : data.size) > bytes;
  return data.length > bytes || (data.length * 3 > bytes && utf8Length(data) > bytes);
}

/** What is to be queued, as it is now: what its owner does to it later does not reach the queue. Undefined for no frame. */
export function snapshot(packed: Packed): Packed | undefined {
  try {
    if (!(packed instanceof Packet)) return copyOf(packed);
    packed.frame = copyOf(packed.frame);
    return packed;
  } catch (thrown) {
    keep(thrown);
    return undefined;
  }
}

function copyOf(data: Frame): Frame {
  if (typeof data === "string") return data;
  sizeOf(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice().buffer;
  return "byteLength" in data ? data.slice(0) : data;
}

/** Whether a value can go on the wire. */
export function isFrame(data: unknown): data is Frame {
  return typeof data === "string" || ArrayBuffer.isView(data) || lengthOf(data) !== undefined || isBlob(data);
}

/**
 * What the engine reads of the options, in the order in which `src/npm/options.rs` does: what is not given is undefined,
 * which comes out as "not a number", a flag as 0 or 1, a word as its place among its like.
 */
export function numbersOf({ backoff, queue, heartbeat, ...options }: SocketOptions<unknown>): unknown[] {
  return [
    options.connectTimeout,
    options.closeTimeout,
    options.stableAfter,
    backoff?.min,
    backoff?.base,
    backoff?.max,
    heartbeat?.interval,
    heartbeat?.timeout,
    queue?.ttl,
    options.maxAttempts,
    queue?.maxMessages,
    queue?.maxBytes,
    options.highWaterMark,
    OVERFLOWS.indexOf(queue?.overflow ?? "reject"),
    options.retryOnNormalClose,
    options.shouldRetry !== undefined,
    heartbeat?.answer !== undefined,
    heartbeat !== undefined,
    ...(options.fatalCodes ?? []),
  ];
}

/** The number at a place in what {@link numbersOf} made; WebAssembly makes it one. */
export function number(numbers: unknown[], at: number): unknown {
  return numbers[at];
}

/** @throws TypeError for what is neither a buffer nor a view nor a blob. */
function sizeOf(data: unknown): number {
  const buffer = ArrayBuffer.isView(data) ? data.buffer : data;
  const length = lengthOf(buffer);
  if (length === undefined) {
    // Asked last: the getter of a Blob throws for all that is none, which takes microseconds.
    if (isBlob(data)) return data.size;
    throw refused("a string, an ArrayBuffer, a view or a Blob where no codec is set", kindOf(data));
  }
  // A buffer that was transferred away looks empty, and would be sent as such.
  if (length === 0 && isDetached(buffer as ArrayBuffer)) {
    throw refused("a buffer with its content", "one that is detached");
  }
  return ArrayBuffer.isView(data) ? data.byteLength : length;
}

// The getters of the platform know their own from any realm, such as an iframe, and nothing else.
const byteLength = getter(ArrayBuffer, "byteLength");
const blobSize = typeof Blob === "function" ? getter(Blob, "size") : () => undefined;

function getter(of: { prototype: object }, name: string): (this: unknown) => number | undefined {
  return Object.getOwnPropertyDescriptor(of.prototype, name)?.get ?? (() => undefined);
}

/** The length of an ArrayBuffer that stays as it is: one that is shared or can grow is taken by no socket. */
function lengthOf(buffer: unknown): number | undefined {
  if (get(buffer, "resizable") === true) return undefined;
  try {
    return byteLength.call(buffer);
  } catch {
    return undefined;
  }
}

function isBlob(data: unknown): data is Blob {
  return typeof data === "object" && data !== null && attempt(() => blobSize.call(data)) !== undefined;
}

const isDetached = (buffer: ArrayBuffer) => attempt(() => new Uint8Array(buffer)) === undefined;

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const refused = (takes: string, got: string) => wrongArgument("message", takes, got);
