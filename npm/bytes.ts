/** Bytes that are written and read, for the binary codecs, and errors that say where they are. */

import { utf8Units, writeUtf8 } from "./utf8.js";

/** How deep a message may be nested: as deep as in Rust. */
export const MAX_DEPTH = 128;

/** Why a message has no frame, or a frame holds no message. It never says what they hold. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  /** The keys that lead to the place in the message, from the outside in. */
  readonly path: (string | number)[] = [];
}

/** An error on its way out, past one more key. */
export function below(key: string | number, error: unknown): unknown {
  if (error instanceof CodecError) error.path.unshift(key);
  return error;
}

/** The bytes of a frame. */
export function bytesOf(frame: unknown): Uint8Array {
  const bytes = bytesIn(frame);
  if (bytes) return bytes;
  const got = typeof frame === "string" ? "a text frame" : tagOf(frame);
  throw new CodecError(`${got}, expected a binary frame as an ArrayBuffer`);
}

/** Bytes in a message, or nothing for any other object. What is no list of bytes is not taken for one. */
export function binaryOf(value: object): Uint8Array | undefined {
  const { BYTES_PER_ELEMENT = 1 } = value as { BYTES_PER_ELEMENT?: number };
  return BYTES_PER_ELEMENT === 1 ? bytesIn(value) : undefined;
}

/** The bytes of a buffer or a view. */
function bytesIn(value: unknown): Uint8Array | undefined {
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return tagOf(value) === "ArrayBuffer" ? new Uint8Array(value as ArrayBuffer) : undefined;
  } catch {
    // It was transferred away, or made shorter than where the view begins.
    throw new CodecError("a buffer whose bytes are gone");
  }
}

/** Whether it is an object as a literal makes it, which most are. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function formless(value: unknown): CodecError {
  const what = typeof value === "object" ? tagOf(value) : typeof value;
  return new CodecError(`a value that has no form in this format: ${what}`);
}

/** What an object is, as one of another realm, such as an iframe, says too: `instanceof` tells only those of this one. */
export const tagOf = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1);

/** Gives an object a property of its own, whatever its name. */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  try {
    if (key !== "__proto__") return void (object[key] = value);
  } catch {
    // A frozen prototype has it. To ask for that first would cost every property more than it costs to be set.
  }
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** More than this is not kept from one message for the next. */
const KEPT = 65_536;
/** From so many characters on the platform's UTF-8 is faster than a loop. */
const LONG = 128;
const utf8 = new TextEncoder();

/** Bytes in a buffer that grows, and is used again. */
export abstract class Writer {
  bytes = new Uint8Array(1024);
  view = new DataView(this.bytes.buffer);
  length = 0;

  /** Writes what says that a text follows, in at most 5 bytes. */
  protected abstract textHead(size: number): void;

  /** The bytes, in a buffer of their own: this one where they fill it, as after a large binary. */
  finish(): Uint8Array<ArrayBuffer> {
    const full = this.length === this.bytes.length;
    const frame = full ? this.bytes : this.bytes.slice(0, this.length);
    if (full || this.bytes.length > KEPT) this.#grow(1024, 0);
    this.length = 0;
    return frame;
  }

  /** Room for so many bytes more; answers where. `bytes` and `view` may be others from then on. */
  room(size: number): number {
    const at = this.length;
    this.length = at + size;
    if (this.length > this.bytes.length) this.#grow(Math.max(this.length, 2 * this.bytes.length), at);
    return at;
  }

  byte(value: number): void {
    const at = this.room(1);
    this.bytes[at] = value;
  }

  /** A byte, then a number of 1, 2 or 4 bytes. */
  small(head: number, size: number, value: number): void {
    const at = this.room(1 + size);
    this.bytes[at] = head;
    if (size === 1) this.view.setUint8(at + 1, value);
    else if (size === 2) this.view.setUint16(at + 1, value);
    else this.view.setUint32(at + 1, value);
  }

  /** A byte, then a whole number of 8 bytes. */
  large(head: number, value: number | bigint): void {
    const at = this.room(9);
    this.bytes[at] = head;
    if (typeof value === "bigint") {
      this.view.setBigUint64(at + 1, BigInt.asUintN(64, value));
    } else {
      this.view.setInt32(at + 1, Math.floor(value / 2 ** 32));
      this.view.setUint32(at + 5, value >>> 0);
    }
  }

  /** A byte, or the next one, then a number in the shorter form that keeps it: of 32 bits, or of 64. */
  float(head: number, value: number): void {
    if (Math.fround(value) === value) {
      const at = this.room(5);
      this.bytes[at] = head;
      this.view.setFloat32(at + 1, value);
    } else {
      const at = this.room(9);
      this.bytes[at] = head + 1;
      this.view.setFloat64(at + 1, value);
    }
  }

  all(bytes: Uint8Array): void {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** A text after its head. Most are ASCII, so as many bytes as characters are expected. */
  text(text: string, expected = text.length): void {
    const start = this.length;
    this.textHead(expected);
    const from = this.room(3 * text.length);
    const { bytes } = this;
    const size =
      text.length < LONG ? writeUtf8(text, bytes, from) : utf8.encodeInto(text, bytes.subarray(from)).written;
    if (size !== expected) {
      this.length = start;
      this.textHead(size);
      if (this.length !== from) {
        // The head has another length than expected, and lies over the text now.
        this.length = start;
        return this.text(text, size);
      }
    }
    this.length = from + size;
  }

  #grow(size: number, used: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, used));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Up to so many bytes a loop is faster than the platform's UTF-8. */
const SHORT = 64;
/** Keys that came lately: the same ones come again and again, and to make a string costs more than to compare one. */
const keys: string[] = Array<string>(256).fill("");

/** What a reader holds between two frames, for it to keep none. */
const NOTHING = new Uint8Array();
const NO_VIEW = new DataView(NOTHING.buffer);

/** The bytes of a frame, one after the other. Whoever takes more than there are gets an error. */
export class Reader {
  bytes: Uint8Array = NOTHING;
  view: DataView = NO_VIEW;
  at = 0;
  depth = 0;

  /** @throws CodecError for what is no binary frame */
  begin(frame: unknown): void {
    this.bytes = bytesOf(frame);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.at = this.depth = 0;
  }

  /** Goes past so many bytes; answers where they begin. */
  take(size: number): number {
    this.list(size);
    const from = this.at;
    this.at = from + size;
    return from;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  /** Refuses a list of more elements than bytes are left: each takes one at least. */
  list(count: number): void {
    if (count > this.bytes.length - this.at) throw new CodecError("the frame ends within the message");
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) throw new CodecError(`nested more than ${MAX_DEPTH} deep`);
  }

  /** Whole numbers are numbers as long as these are exact, and BigInts beyond. */
  unsigned64(): number | bigint {
    const from = this.take(8);
    const value = this.view.getUint32(from) * 2 ** 32 + this.view.getUint32(from + 4);
    return Number.isSafeInteger(value) ? value : this.view.getBigUint64(from);
  }

  /** A view on the frame. */
  binary(size: number): Uint8Array {
    return this.bytes.subarray(this.take(size), this.at);
  }

  text(size: number): string {
    const from = this.take(size);
    // Without units the platform decides: an error for what is not UTF-8 is its own.
    const units = size <= SHORT ? utf8Units(this.bytes, from, this.at) : undefined;
    if (units) return String.fromCharCode(...units);
    try {
      return strictUtf8.decode(this.bytes.subarray(from, this.at));
    } catch {
      throw new CodecError("a text that is not UTF-8");
    }
  }

  key(size: number): string {
    if (size > SHORT) return this.text(size);
    const from = this.at;
    let hash = size;
    for (let at = from; at < from + size; at++) hash = (Math.imul(hash, 31) + this.bytes[at]!) | 0;
    const known = keys[hash & 255]!;
    if (known.length === size && this.#holds(known, from)) {
      this.at += size;
      return known;
    }
    const text = this.text(size);
    // Otherwise it has characters of several bytes, which `#holds` cannot compare.
    if (text.length === size) keys[hash & 255] = text;
    return text;
  }

  #holds(text: string, from: number): boolean {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== this.bytes[from + i]) return false;
    return true;
  }

  /** @throws CodecError when more bytes are left */
  end(): void {
    if (this.at < this.bytes.length) throw new CodecError("more bytes after the message");
    this.bytes = NOTHING;
    this.view = NO_VIEW;
  }
}

/** The date so many milliseconds after 1970. */
export function dateOf(time: number): Date {
  const date = new Date(time);
  if (isNaN(date.getTime())) throw new CodecError("a date that JavaScript has none for");
  return date;
}
