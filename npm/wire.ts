/**
 * What the engine borrows from JavaScript: operations on values that would cost a copy, or a formatter, inside wasm. It
 * decides nothing.
 */

import { OVERFLOWS, describe, get, invalid, utf8Length, wrongArgument } from "./check.js";
import { SocketError, type SocketErrorCode } from "./errors.js";
import type { SocketOptions } from "./options.js";

/** A frame as the native socket takes it. */
export type Frame = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

const OPEN = 1;

/**
 * Hands a frame over; gives its size, never too low, or -1 when the socket is not open and would swallow it.
 * @throws TypeError for what is no frame: the native socket would send it as "[object Object]".
 */
export function transmit(socket: WebSocket, data: Frame): number {
  const size = typeof data === "string" ? data.length * 3 : sizeOf(binary(data));
  if (socket.readyState !== OPEN) return -1;
  socket.send(data);
  return size;
}

/** Bytes on the wire. */
export function weigh(data: Frame): number {
  return typeof data === "string" ? utf8Length(data) : sizeOf(data);
}

/** Whether a message is larger than `bytes`, found without a copy and mostly without looking at it. */
export function exceeds(data: Frame, bytes: number): boolean {
  if (typeof data !== "string") return sizeOf(data) > bytes;
  return data.length > bytes || (data.length * 3 > bytes && utf8Length(data) > bytes);
}

/**
 * The frame as it is now: what its owner does to it later does not reach the queue.
 * @throws TypeError for what is no frame.
 */
export function snapshot(data: Frame): Frame {
  if (typeof data === "string") return data;
  const frame = binary(data);
  if (!("byteLength" in frame)) return frame;
  if (frame.byteLength === 0) requireAttached(frame);
  if (!("buffer" in frame)) return frame.slice(0);
  return new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength).slice().buffer;
}

/** Whether a value can go on the wire. */
export function isFrame(data: unknown): data is Frame {
  return typeof data === "string" || isBinary(data);
}

/** The option at a path such as `queue.overflow` as a number: a flag as 0 or 1, a word as its place among its like. */
export function number(options: unknown, path: string): number {
  const value = at(options, path);
  if (typeof value === "string") return OVERFLOWS.indexOf(value);
  return value === undefined ? NaN : Number(value);
}

/** The close code at a place of the option `fatalCodes`; not a number past the end. */
export function fatalCode(options: SocketOptions, at: number): number {
  return options.fatalCodes?.[at] ?? NaN;
}

export function has(options: unknown, path: string): boolean {
  return at(options, path) !== undefined;
}

/** The error for an option that the engine cannot meet. */
export function unmet(options: unknown, path: string, takes: string): TypeError {
  return invalid(path, takes, at(options, path));
}

export function failed(code: SocketErrorCode, message: string): SocketError {
  return new SocketError(code, message);
}

const at = (options: unknown, path: string) => path.split(".").reduce(get, options);

type Binary = Exclude<Frame, string>;

const BRANDS = new Set(["[object ArrayBuffer]", "[object Blob]", "[object File]"]);

function isBinary(data: unknown): data is Binary {
  // By brand and not only by class: a frame may come from another realm, such as an iframe.
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) || BRANDS.has(Object.prototype.toString.call(data));
}

function binary(data: unknown): Binary {
  if (isBinary(data)) return data;
  throw refused("a string, an ArrayBuffer, a view or a Blob where no codec is set", describe(data));
}

function sizeOf(data: Binary): number {
  if (!("byteLength" in data)) return data.size;
  if (data.byteLength === 0) requireAttached(data);
  return data.byteLength;
}

/** A buffer that was transferred away looks empty, and would be sent as such. */
function requireAttached(data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
  try {
    new Uint8Array("buffer" in data ? data.buffer : data);
  } catch {
    throw refused("a buffer with its content", "one that is detached");
  }
}

const refused = (takes: string, got: string) => wrongArgument("message", takes, got);
