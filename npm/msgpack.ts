/** The entry `everwire/msgpack`: MessagePack, https://github.com/msgpack/msgpack/blob/master/spec.md. */

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

/** MessagePack in binary frames. */
export const msgpack: BinaryCodec<"msgpack"> = named({
  protocol: "msgpack",
  encode: (message) => writing((writer) => new Encoder(writer).write(message, 0)),
  decode<Message>(frame: unknown): Message {
    const reader = new Reader(frame);
    const message = read(reader);
    reader.end();
    return message as Message;
  },
});

const TIMESTAMP = -1;

class Encoder {
  readonly #to: Writer;
  readonly #textHead: (size: number) => void;

  constructor(to: Writer) {
    this.#to = to;
    this.#textHead = (size) => {
      if (size < 32) to.byte(0xa0 | size);
      else this.#size(0xd9, size);
    };
  }

  write(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.#to.text(value, this.#textHead);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#to.byte(value ? 0xc3 : 0xc2);
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? this.#to.byte(0xc0) : this.#object(value, depth);
      default:
        throw formless(value);
    }
  }

  #number(value: number): void {
    const to = this.#to;
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) to.float(0xca, 0xcb, value);
    else if (value >= 0) {
      if (value < 0x80) to.byte(value);
      else if (value < 0x100) to.small(0xcc, 1, value);
      else if (value < 0x10000) to.small(0xcd, 2, value);
      else if (value < 0x100000000) to.small(0xce, 4, value);
      else to.large(0xcf, value);
    } else if (value >= -0x20) to.byte(value);
    else if (value >= -0x80) to.small(0xd0, 1, value);
    else if (value >= -0x8000) to.small(0xd1, 2, value);
    else if (value >= -0x80000000) to.small(0xd2, 4, value);
    else to.large(0xd3, value);
  }

  #bigint(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) this.#number(number);
    else if (BigInt.asUintN(64, value) === value) this.#to.large(0xcf, value);
    else if (BigInt.asIntN(64, value) === value) this.#to.large(0xd3, value);
    else throw new CodecError("a BigInt beyond 64 bits");
  }

  #object(value: object, depth: number): void {
    if (depth >= MAX_DEPTH) throw new CodecError(`nested more than ${MAX_DEPTH} deep, or in itself`);
    if (Array.isArray(value)) return this.#array(value, depth + 1);
    if (isPlain(value)) return this.#record(value as Record<string, unknown>, depth + 1);
    const binary = binaryOf(value);
    if (binary) {
      this.#size(0xc4, binary.length);
      this.#to.all(binary);
    } else if (value instanceof Map) this.#map(value, depth + 1);
    else if (value instanceof Date) this.#date(value);
    else if (isRecord(value)) this.#record(value as Record<string, unknown>, depth + 1);
    else throw formless(value);
  }

  #array(list: readonly unknown[], depth: number): void {
    const { length } = list;
    this.#count(0x90, 0xdc, length);
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
    this.#count(0x80, 0xde, names.length);
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
    this.#count(0x80, 0xde, map.size);
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
    const seconds = Math.floor(time / 1000);
    const nanoseconds = (time - seconds * 1000) * 1_000_000;
    const to = this.#to;
    if (seconds >= 0 && seconds < 2 ** 34) {
      if (nanoseconds === 0 && seconds < 2 ** 32) {
        to.small(0xd6, 1, TIMESTAMP);
        const at = to.room(4);
        to.view.setUint32(at, seconds);
      } else {
        to.small(0xd7, 1, TIMESTAMP);
        const at = to.room(8);
        to.view.setUint32(at, nanoseconds * 4 + Math.floor(seconds / 2 ** 32));
        to.view.setUint32(at + 4, seconds >>> 0);
      }
    } else {
      to.small(0xc7, 1, 12);
      to.byte(TIMESTAMP);
      const at = to.room(12);
      to.view.setUint32(at, nanoseconds);
      to.view.setBigInt64(at + 4, BigInt(seconds));
    }
  }

  /** The head of what has three forms, for sizes of 1, 2 and 4 bytes. */
  #size(head: number, size: number): void {
    if (size < 0x100) this.#to.small(head, 1, size);
    else if (size < 0x10000) this.#to.small(head + 1, 2, size);
    else this.#to.small(head + 2, 4, size);
  }

  #count(few: number, many: number, count: number): void {
    if (count < 16) this.#to.byte(few | count);
    else if (count < 0x10000) this.#to.small(many, 2, count);
    else this.#to.small(many + 1, 4, count);
  }

  /** Corrects the head of a record that turned out to hold less. */
  #recount(start: number, announced: number, count: number): void {
    if (announced < 16) this.#to.bytes[start] = 0x80 | count;
    else if (announced < 0x10000) this.#to.view.setUint16(start + 1, count);
    else this.#to.view.setUint32(start + 1, count);
  }
}

function read(from: Reader): unknown {
  const head = from.byte();
  if (head < 0x80) return head;
  if (head < 0x90) return record(from, head & 15);
  if (head < 0xa0) return array(from, head & 15);
  if (head < 0xc0) return from.text(head & 31);
  if (head >= 0xe0) return head - 0x100;
  switch (head) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return from.binary(unsigned(from, head - 0xc4));
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return extension(from, unsigned(from, head - 0xc7));
    case 0xca:
      return from.view.getFloat32(from.take(4));
    case 0xcb:
      return from.view.getFloat64(from.take(8));
    case 0xcc:
    case 0xcd:
    case 0xce:
      return unsigned(from, head - 0xcc);
    case 0xcf:
      return from.unsigned64();
    case 0xd0:
      return from.view.getInt8(from.take(1));
    case 0xd1:
      return from.view.getInt16(from.take(2));
    case 0xd2:
      return from.view.getInt32(from.take(4));
    case 0xd3:
      return from.signed64();
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return extension(from, 1 << (head - 0xd4));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return from.text(unsigned(from, head - 0xd9));
    case 0xdc:
    case 0xdd:
      return array(from, unsigned(from, head - 0xdb));
    case 0xde:
    case 0xdf:
      return record(from, unsigned(from, head - 0xdd));
    default:
      throw new CodecError("a byte that MessagePack does not use");
  }
}

/** A number of 1, 2 or 4 bytes, by the place in that list. */
function unsigned(from: Reader, width: number): number {
  if (width === 0) return from.byte();
  return width === 1 ? from.view.getUint16(from.take(2)) : from.view.getUint32(from.take(4));
}

function array(from: Reader, count: number): unknown[] {
  from.enter();
  from.list(count);
  // Never as long as the frame claims before the elements are there.
  const list: unknown[] = [];
  try {
    while (list.length < count) list.push(read(from));
  } catch (error) {
    throw below(list.length, error);
  }
  from.depth--;
  return list;
}

function record(from: Reader, count: number): Record<string, unknown> {
  from.enter();
  from.list(count * 2);
  const object: Record<string, unknown> = {};
  for (; count > 0; count--) {
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
  if (head >= 0xa0 && head < 0xc0) {
    from.at++;
    return from.key(head & 31);
  }
  const value = read(from);
  if (typeof value === "object" || typeof value === "boolean")
    throw new CodecError("a key that is neither text nor number");
  return String(value);
}

function extension(from: Reader, size: number): Date {
  const type = from.view.getInt8(from.take(1));
  const at = from.take(size);
  const { view } = from;
  if (type === TIMESTAMP && size === 4) return dateOf(view.getUint32(at) * 1000);
  if (type === TIMESTAMP && size === 8) {
    const high = view.getUint32(at);
    return timestamp((high & 3) * 2 ** 32 + view.getUint32(at + 4), high >>> 2);
  }
  if (type === TIMESTAMP && size === 12) return timestamp(Number(view.getBigInt64(at + 4)), view.getUint32(at));
  throw new CodecError(`an extension of the type ${type}`);
}

const timestamp = (seconds: number, nanoseconds: number) =>
  dateOf(seconds * 1000 + Math.floor(nanoseconds / 1_000_000));
