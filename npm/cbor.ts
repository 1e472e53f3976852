/** The entry `everwire/cbor`: CBOR, https://www.rfc-editor.org/rfc/rfc8949. */

import {
  CodecError,
  MAX_DEPTH,
  Reader,
  Writer,
  below,
  binaryOf,
  dateOf,
  define,
  formless,
  isPlain,
  isRecord,
  writing,
  type BinaryCodec,
} from "./bytes.js";
import { named } from "./named.js";

export { CodecError, type BinaryCodec };

/** CBOR in binary frames. */
export const cbor: BinaryCodec<"cbor"> = named({
  protocol: "cbor",
  encode: (message) => writing((writer) => new Encoder(writer).write(message, 0)),
  decode<Message>(frame: unknown): Message {
    const reader = new Reader(frame);
    const message = read(reader);
    reader.end();
    return message as Message;
  },
});

/** The major types, section 3.1, where they stand in the first byte. */
const enum Major {
  Unsigned = 0x00,
  Negative = 0x20,
  Bytes = 0x40,
  Text = 0x60,
  Array = 0x80,
  Map = 0xa0,
  Tag = 0xc0,
  Simple = 0xe0,
}

/** Section 3.4. */
const enum Tag {
  DateText = 0,
  DateTime = 1,
  Bignum = 2,
  NegativeBignum = 3,
  SelfDescribed = 55799,
}

const INDEFINITE = 31;
const BREAK = 0xff;

class Encoder {
  readonly #to: Writer;
  readonly #textHead: (size: number) => void;

  constructor(to: Writer) {
    this.#to = to;
    this.#textHead = (size) => this.#head(Major.Text, size);
  }

  write(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.#to.text(value, this.#textHead);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#to.byte(value ? 0xf5 : 0xf4);
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? this.#to.byte(0xf6) : this.#object(value, depth);
      default:
        throw formless(value);
    }
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.#to.float(0xfa, 0xfb, value);
    else if (value >= 0) this.#head(Major.Unsigned, value);
    else this.#head(Major.Negative, -1 - value);
  }

  #bigint(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return this.#number(number);
    const negative = value < 0n;
    const size = negative ? -1n - value : value;
    if (BigInt.asUintN(64, size) === size) {
      this.#to.large((negative ? Major.Negative : Major.Unsigned) | 27, size);
      return;
    }
    const hex = size.toString(16);
    const bytes = Uint8Array.from(hex.padStart(hex.length + (hex.length & 1), "0").match(/../g)!, (digits) =>
      Number.parseInt(digits, 16),
    );
    this.#head(Major.Tag, negative ? Tag.NegativeBignum : Tag.Bignum);
    this.#bytes(bytes);
  }

  #object(value: object, depth: number): void {
    if (depth >= MAX_DEPTH) throw new CodecError(`nested more than ${MAX_DEPTH} deep, or in itself`);
    if (Array.isArray(value)) return this.#array(value, depth + 1);
    if (isPlain(value)) return this.#record(value as Record<string, unknown>, depth + 1);
    const binary = binaryOf(value);
    if (binary) this.#bytes(binary);
    else if (value instanceof Map) this.#map(value, depth + 1);
    else if (value instanceof Date) this.#date(value);
    else if (isRecord(value)) this.#record(value as Record<string, unknown>, depth + 1);
    else throw formless(value);
  }

  #bytes(bytes: Uint8Array): void {
    this.#head(Major.Bytes, bytes.length);
    this.#to.all(bytes);
  }

  #array(list: readonly unknown[], depth: number): void {
    const { length } = list;
    this.#head(Major.Array, length);
    for (let at = 0; at < length; at++) {
      try {
        this.write(list[at] ?? null, depth);
      } catch (error) {
        throw below(at, error);
      }
    }
  }

  #record(record: Record<string, unknown>, depth: number): void {
    const names = Object.keys(record);
    const start = this.#to.length;
    this.#head(Major.Map, names.length);
    let count = 0;
    for (const name of names) {
      const value = record[name];
      // As in JSON.
      if (value === undefined) continue;
      count++;
      this.#to.text(name, this.#textHead);
      try {
        this.write(value, depth);
      } catch (error) {
        throw below(name, error);
      }
    }
    if (count < names.length) this.#recount(start, names.length, count);
  }

  #map(map: Map<unknown, unknown>, depth: number): void {
    this.#head(Major.Map, map.size);
    for (const [key, value] of map) {
      this.write(key, depth);
      try {
        this.write(value ?? null, depth);
      } catch (error) {
        throw below(String(key), error);
      }
    }
  }

  #date(date: Date): void {
    const time = date.getTime();
    if (Number.isNaN(time)) throw formless(date);
    this.#head(Major.Tag, Tag.DateTime);
    this.#number(time / 1000);
  }

  #head(major: Major, value: number): void {
    if (value < 24) this.#to.byte(major | value);
    else if (value < 0x100) this.#to.small(major | 24, 1, value);
    else if (value < 0x10000) this.#to.small(major | 25, 2, value);
    else if (value < 0x100000000) this.#to.small(major | 26, 4, value);
    else this.#to.large(major | 27, value);
  }

  /** Corrects the head of a record that turned out to hold less. */
  #recount(start: number, announced: number, count: number): void {
    const { bytes, view } = this.#to;
    if (announced < 24) bytes[start] = Major.Map | count;
    else if (announced < 0x100) bytes[start + 1] = count;
    else if (announced < 0x10000) view.setUint16(start + 1, count);
    else view.setUint32(start + 1, count);
  }
}

function read(from: Reader): unknown {
  const head = from.byte();
  const info = head & 31;
  switch ((head & 0xe0) as Major) {
    case Major.Unsigned:
      return argument(from, info);
    case Major.Negative:
      return negative(argument(from, info));
    case Major.Bytes:
      return info === INDEFINITE ? joined(from) : from.binary(size(from, info));
    case Major.Text:
      return info === INDEFINITE ? chunks(from, Major.Text).join("") : from.text(size(from, info));
    case Major.Array:
      return array(from, info);
    case Major.Map:
      return record(from, info);
    case Major.Tag:
      return tagged(from, argument(from, info));
    case Major.Simple:
      return simple(from, info);
  }
}

function argument(from: Reader, info: number): number | bigint {
  if (info < 24) return info;
  switch (info) {
    case 24:
      return from.byte();
    case 25:
      return from.view.getUint16(from.take(2));
    case 26:
      return from.view.getUint32(from.take(4));
    case 27:
      return from.unsigned64();
    default:
      throw new CodecError("a byte that CBOR does not use");
  }
}

/** A length: no frame is as long as a BigInt. */
const size = (from: Reader, info: number) => Number(argument(from, info));

function negative(argument: number | bigint): number | bigint {
  const value = -1 - Number(argument);
  return Number.isSafeInteger(value) ? value : -1n - BigInt(argument);
}

/** The parts of what was sent before its length was known: definite ones of the same type, section 3.2.3. */
function chunks(from: Reader, major: Major.Bytes | Major.Text): unknown[] {
  const parts = [];
  for (let head = from.byte(); head !== BREAK; head = from.byte()) {
    const info = head & 31;
    if ((head & 0xe0) !== major || info === INDEFINITE) throw new CodecError("a part of another type");
    parts.push(major === Major.Text ? from.text(size(from, info)) : from.binary(size(from, info)));
  }
  return parts;
}

function joined(from: Reader): Uint8Array {
  const parts = chunks(from, Major.Bytes) as Uint8Array[];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whether a list has one more element: by its count, or until a break. */
function more(from: Reader, count: number, done: number): boolean {
  if (count !== Infinity) return done < count;
  if (from.bytes[from.at] !== BREAK) return true;
  from.at++;
  return false;
}

function array(from: Reader, info: number): unknown[] {
  from.enter();
  const count = info === INDEFINITE ? Infinity : from.list(size(from, info));
  // Never as long as the frame claims before the elements are there.
  const list: unknown[] = [];
  try {
    while (more(from, count, list.length)) list.push(read(from));
  } catch (error) {
    throw below(list.length, error);
  }
  from.depth--;
  return list;
}

function record(from: Reader, info: number): Record<string, unknown> {
  from.enter();
  const count = info === INDEFINITE ? Infinity : from.list(2 * size(from, info)) / 2;
  const object: Record<string, unknown> = {};
  for (let done = 0; more(from, count, done); done++) {
    const name = key(from);
    try {
      define(object, name, read(from));
    } catch (error) {
      throw below(name, error);
    }
  }
  from.depth--;
  return object;
}

/** The name of a property; a number becomes one as in JavaScript. */
function key(from: Reader): string {
  const head = from.bytes[from.at]!;
  if (head >= 0x60 && head < 0x78) {
    from.at++;
    return from.key(head & 31);
  }
  const value = read(from);
  if (typeof value === "object" || typeof value === "boolean" || value === undefined) {
    throw new CodecError("a key that is neither text nor number");
  }
  return String(value);
}

function tagged(from: Reader, tag: number | bigint): unknown {
  from.enter();
  const content = read(from);
  from.depth--;
  switch (tag) {
    case Tag.DateText:
      if (typeof content === "string") return dateOf(Date.parse(content));
      break;
    case Tag.DateTime:
      if (typeof content === "number") return dateOf(Math.round(content * 1000));
      break;
    case Tag.Bignum:
      if (content instanceof Uint8Array) return bignum(content);
      break;
    case Tag.NegativeBignum:
      if (content instanceof Uint8Array) return -1n - bignum(content);
      break;
    case Tag.SelfDescribed:
      return content;
  }
  throw new CodecError(`a value with the tag ${tag}`);
}

const bignum = (bytes: Uint8Array) =>
  BigInt("0x0" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));

function simple(from: Reader, info: number): unknown {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
      return null;
    case 23:
      return undefined;
    case 25:
      return half(from.view.getUint16(from.take(2)));
    case 26:
      return from.view.getFloat32(from.take(4));
    case 27:
      return from.view.getFloat64(from.take(8));
    default:
      throw new CodecError("a byte that CBOR does not use");
  }
}

/** A number of 16 bits, as in appendix D. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}
