/** What MessagePack and CBOR have in common: which values there are, and how they lie in one another. */

import { CodecError, MAX_DEPTH, Reader, Writer, below, binaryOf, define, formless, isPlain, tagOf } from "./bytes.js";
import { named } from "./named.js";

/** A codec for binary frames. */
export interface BinaryCodec<Protocol extends string> {
  /** The subprotocol that names the format, where client and server agree on one. */
  readonly protocol: Protocol;
  /**
   * The frame for a message, in a buffer of its own.
   *
   * @throws CodecError for what has no form in this format
   */
  encode(message: unknown): Uint8Array<ArrayBuffer>;
  /**
   * The message in a frame. Nothing checks that it is a `Message`.
   *
   * @throws CodecError for anything but one whole message
   */
  decode<Message = unknown>(frame: string | ArrayBuffer | ArrayBufferView): Message;
}

/** The codec of a format, known by its name from now on. */
export function binaryCodec<Protocol extends string>(
  protocol: Protocol,
  FormatEncoder: new () => Encoder,
  FormatDecoder: new () => Decoder,
): BinaryCodec<Protocol> {
  // Each waits for the next message: V8 drops the code that it optimised for a class when a garbage collection finds no
  // object of it, and to make that code takes longer than a thousand small messages do.
  let idleEncoder: Encoder | undefined;
  let idleDecoder: Decoder | undefined;
  return named({
    protocol,
    encode(message: unknown) {
      // Another one while it works: it may be asked for another message, by a getter, say.
      const encoder = idleEncoder ?? new FormatEncoder();
      idleEncoder = undefined;
      encoder.value(message, 0);
      const frame = encoder.finish();
      idleEncoder = encoder;
      return frame;
    },
    decode<Message>(frame: unknown): Message {
      const decoder = idleDecoder ?? new FormatDecoder();
      idleDecoder = undefined;
      decoder.begin(frame);
      const message = decoder.value();
      decoder.end();
      idleDecoder = decoder;
      return message as Message;
    },
  });
}

/** Writes values; a format says what their bytes are. */
export abstract class Encoder extends Writer {
  protected abstract constant(value: boolean | null): void;
  protected abstract integer(value: number): void;
  /** A whole number that is not exact as a `number`. */
  protected abstract bigint(value: bigint): void;
  protected abstract fraction(value: number): void;
  protected abstract binary(bytes: Uint8Array): void;
  /** @param time - in ms since 1970 */
  protected abstract date(time: number): void;
  protected abstract arrayHead(count: number): void;
  /** It takes no more bytes for a smaller count. */
  protected abstract mapHead(count: number): void;

  value(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.constant(value);
      case "bigint":
        return Number.isSafeInteger(Number(value)) ? this.integer(Number(value)) : this.bigint(value);
      case "object":
        return value === null ? this.constant(value) : this.#object(value, depth);
      default:
        throw formless(value);
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.integer(value);
    else this.fraction(value);
  }

  #object(value: object, depth: number): void {
    if (depth >= MAX_DEPTH) throw new CodecError(`nested more than ${MAX_DEPTH} deep, or in itself`);
    if (Array.isArray(value)) return this.#array(value, depth + 1);
    if (isPlain(value)) return this.#record(value as Record<string, unknown>, depth + 1);
    const binary = binaryOf(value);
    if (binary) return this.binary(binary);
    const tag = tagOf(value);
    if (tag === "Map") this.#map(value as Map<unknown, unknown>, depth + 1);
    else if (tag === "Date" && !isNaN((value as Date).getTime())) this.date((value as Date).getTime());
    // No more than its properties, as those of classes are too.
    else if (tag === "Object") this.#record(value as Record<string, unknown>, depth + 1);
    else throw formless(value);
  }

  #array(list: readonly unknown[], depth: number): void {
    const { length } = list;
    this.arrayHead(length);
    for (let at = 0; at < length; at++) this.#below(at, list[at] ?? null, depth);
  }

  #record(record: Record<string, unknown>, depth: number): void {
    const names = Object.keys(record);
    let count = names.length;
    const start = this.length;
    this.mapHead(count);
    const end = this.length;
    for (const name of names) {
      const value = record[name];
      // As in JSON.
      if (value === undefined) count--;
      else {
        this.text(name);
        this.#below(name, value, depth);
      }
    }
    if (count === names.length) return;
    // The head is written anew, and may be shorter now.
    const size = this.length - end;
    this.length = start;
    this.mapHead(count);
    this.bytes.copyWithin(this.room(size), end, end + size);
  }

  #map(map: Map<unknown, unknown>, depth: number): void {
    this.mapHead(map.size);
    for (const [key, value] of map) {
      this.value(key, depth);
      // Not every object has a text.
      this.#below(typeof key === "object" ? tagOf(key) : String(key), value ?? null, depth);
    }
  }

  #below(key: string | number, value: unknown, depth: number): void {
    try {
      this.value(value, depth);
    } catch (error) {
      throw below(key, error);
    }
  }
}

/** Reads values; a format says what their bytes mean. */
export abstract class Decoder extends Reader {
  abstract value(): unknown;
  /** The length of a text whose head is this one byte, or -1. */
  protected abstract shortText(head: number): number;

  /** Whether a list has one more element. */
  protected more(count: number, done: number): boolean {
    return done < count;
  }

  protected array(count: number): unknown[] {
    this.enter();
    this.list(count);
    // Never as long as the frame claims before the elements are there.
    const list: unknown[] = [];
    try {
      while (this.more(count, list.length)) list.push(this.value());
    } catch (error) {
      throw below(list.length, error);
    }
    this.depth--;
    return list;
  }

  protected record(count: number): Record<string, unknown> {
    this.enter();
    this.list(2 * count);
    const record: Record<string, unknown> = {};
    for (let done = 0; this.more(count, done); done++) {
      const name = this.#name();
      try {
        define(record, name, this.value());
      } catch (error) {
        throw below(name, error);
      }
    }
    this.depth--;
    return record;
  }

  /** The name of a property; a number becomes one as in JavaScript. */
  #name(): string {
    const size = this.shortText(this.bytes[this.at]!);
    if (size >= 0) {
      this.at++;
      return this.key(size);
    }
    const value = this.value();
    // A large one takes as long to write down as the square of its length.
    const isLarge = typeof value === "bigint" && BigInt.asIntN(65, value) !== value;
    if (typeof value === "object" || typeof value === "boolean" || value === undefined || isLarge) {
      throw new CodecError("a key that is neither text nor number");
    }
    return String(value);
  }
}
