/**
 * What the engine borrows from JavaScript: operations on values that would cost a copy, or a formatter, inside wasm. It
 * decides nothing.
 */

import { SocketError } from "./errors.js";

/** A frame as the native socket takes it. */
export type Frame = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

const OPEN = 1;

export const wire = {
  /**
   * Hands a frame over; gives its size, never too low, or -1 when the socket is not open and would swallow it.
   * @throws TypeError for what is no frame: the native socket would send it as "[object Object]".
   */
  transmit(socket: WebSocket, data: Frame): number {
    const size = typeof data === "string" ? data.length * 3 : sizeOf(binary(data));
    if (socket.readyState !== OPEN) return -1;
    socket.send(data);
    return size;
  },

  /** Bytes on the wire. */
  weigh(data: Frame): number {
    return typeof data === "string" ? utf8Length(data) : sizeOf(data);
  },

  /** Whether a message is larger than `bytes`, found without a copy and mostly without looking at it. */
  exceeds(data: Frame, bytes: number): boolean {
    if (typeof data !== "string") return sizeOf(data) > bytes;
    return data.length > bytes || (data.length * 3 > bytes && utf8Length(data) > bytes);
  },

  /**
   * The frame as it is now: what its owner does to it later does not reach the queue.
   * @throws TypeError for what is no frame.
   */
  snapshot(data: Frame): Frame {
    if (typeof data === "string") return data;
    const frame = binary(data);
    if (!("byteLength" in frame)) return frame;
    if (frame.byteLength === 0) requireAttached(frame);
    if (!("buffer" in frame)) return frame.slice(0);
    return new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength).slice().buffer;
  },

  /** Whether a value can go on the wire. */
  isFrame(data: unknown): boolean {
    return typeof data === "string" || isBinary(data);
  },

  error(code: SocketError["code"], message: string, cause: unknown): SocketError {
    return new SocketError(code, message, cause);
  },

  typeError(code: string, message: string): TypeError {
    return Object.assign(new TypeError(message), { code });
  },

  /** Waits for both; calls back with the failure flag and what was thrown, or with both values. */
  settle(
    url: unknown,
    protocols: unknown,
    settled: (failed: boolean, url: unknown, protocols?: unknown) => void,
  ): void {
    Promise.all([url, protocols]).then(
      (both) => settled(false, both[0], both[1]),
      (thrown: unknown) => settled(true, thrown),
    );
  },

  /** Reports an exception of the user's code as the browser does, or to the console where it cannot. */
  report(thrown: unknown): void {
    if (typeof reportError === "function") reportError(thrown);
    else console.error(thrown);
  },

  /** A value in the words of an error message: short, and never what a string or an object holds beyond a few letters. */
  describe(value: unknown): string {
    if (typeof value === "string") return JSON.stringify(value.length > 24 ? `${value.slice(0, 24)}…` : value);
    if (typeof value === "function") return "a function";
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value !== "object" || value === null) return String(value);
    return Array.isArray(value) ? "an array" : "an object";
  },
};

export type Wire = typeof wire;

type Binary = Exclude<Frame, string>;

const BRANDS = new Set(["[object ArrayBuffer]", "[object Blob]", "[object File]"]);

function isBinary(data: unknown): data is Binary {
  // By brand and not only by class: a frame may come from another realm, such as an iframe.
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) || BRANDS.has(Object.prototype.toString.call(data));
}

function binary(data: unknown): Binary {
  if (isBinary(data)) return data;
  throw refused(`a string, an ArrayBuffer, a view or a Blob where no codec is set, got ${wire.describe(data)}`);
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
    throw refused("a buffer with its content, got one that is detached");
  }
}

function refused(takes: string): TypeError {
  return wire.typeError("invalid-argument", `argument \`message\`: takes ${takes}`);
}

/** The length in UTF-8, where a lone surrogate counts as the U+FFFD that is sent in its place. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
    } else {
      bytes += 2;
      if (isHigh(unit) && isLow(text.charCodeAt(at + 1))) at++;
    }
  }
  return bytes;
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000;
