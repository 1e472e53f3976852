/** The entry `everwire/cbor`: CBOR, https://www.rfc-editor.org/rfc/rfc8949. */

import { CodecError, dateOf } from "./bytes.js";
import { Decoder, Encoder, binaryCodec, type BinaryCodec } from "./values.js";

export { CodecError, type BinaryCodec };

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
/** In bytes: Firefox has no larger `BigInt`. */
const MAX_BIGNUM = 2 ** 17;
const BREAK = 0xff;

class CborEncoder extends Encoder {
  protected constant(value: boolean | null): void {
    this.byte(value === null ? 0xf6 : value ? 0xf5 : 0xf4);
  }

  protected integer(value: number): void {
    if (value >= 0) this.#head(Major.Unsigned, value);
    else this.#head(Major.Negative, -1 - value);
  }

  protected bigint(value: bigint): void {
    const negative = value < 0n;
    const size = negative ? -1n - value : value;
    if (BigInt.asUintN(64, size) === size) {
      this.large((negative ? Major.Negative : Major.Unsigned) | 27, size);
      return;
    }
    const hex = size.toString(16);
    const bytes = Uint8Array.from(hex.padStart(hex.length + (hex.length & 1), "0").match(/../g)!, (digits) =>
      Number.parseInt(digits, 16),
    );
    this.#head(Major.Tag, negative ? Tag.NegativeBignum : Tag.Bignum);
    this.binary(bytes);
  }

  protected fraction(value: number): void {
    this.float(0xfa, value);
  }

  protected textHead(size: number): void {
    this.#head(Major.Text, size);
  }

  protected binary(bytes: Uint8Array): void {
    this.#head(Major.Bytes, bytes.length);
    this.all(bytes);
  }

  protected arrayHead(count: number): void {
    this.#head(Major.Array, count);
  }

  protected mapHead(count: number): void {
    this.#head(Major.Map, count);
  }

  protected date(time: number): void {
    this.#head(Major.Tag, Tag.DateTime);
    this.value(time / 1000, 0);
  }

  #head(major: Major, value: number): void {
    if (value < 24) this.byte(major | value);
    else if (value < 0x100) this.small(major | 24, 1, value);
    else if (value < 0x10000) this.small(major | 25, 2, value);
    else if (value < 0x100000000) this.small(major | 26, 4, value);
    else this.large(major | 27, value);
  }
}

class CborDecoder extends Decoder {
  value(): unknown {
    const head = this.byte();
    const info = head & 31;
    switch ((head & 0xe0) as Major) {
      case Major.Unsigned:
        return this.#argument(info);
      case Major.Negative:
        return negative(this.#argument(info));
      case Major.Bytes:
        return info === INDEFINITE ? this.#joined() : this.binary(this.#size(info));
      case Major.Text:
        return info === INDEFINITE ? this.#chunks(Major.Text).join("") : this.text(this.#size(info));
      case Major.Array:
        return this.array(this.#count(info));
      case Major.Map:
        return this.record(this.#count(info));
      case Major.Tag:
        return this.#tagged(this.#argument(info));
      case Major.Simple:
        return this.#simple(info);
    }
  }

  protected shortText(head: number): number {
    return head >= 0x60 && head < 0x78 ? head & 31 : -1;
  }

  /** Of a list until a break the count is Infinity. */
  override list(count: number): void {
    if (count !== Infinity) super.list(count);
  }

  protected override more(count: number, done: number): boolean {
    if (count !== Infinity) return done < count;
    if (this.bytes[this.at] !== BREAK) return true;
    this.at++;
    return false;
  }

  #count(info: number): number {
    return info === INDEFINITE ? Infinity : this.#size(info);
  }

  #argument(info: number): number | bigint {
    if (info < 24) return info;
    switch (info) {
      case 24:
        return this.byte();
      case 25:
        return this.view.getUint16(this.take(2));
      case 26:
        return this.view.getUint32(this.take(4));
      case 27:
        return this.unsigned64();
      default:
        throw new CodecError("a byte that CBOR does not use");
    }
  }

  /** A length: no frame is as long as a BigInt. */
  #size(info: number): number {
    return Number(this.#argument(info));
  }

  /** The parts of what was sent before its length was known: definite ones of the same type, section 3.2.3. */
  #chunks(major: Major.Bytes | Major.Text): unknown[] {
    const parts = [];
    for (let head = this.byte(); head !== BREAK; head = this.byte()) {
      const info = head & 31;
      if ((head & 0xe0) !== major || info === INDEFINITE) throw new CodecError("a part of another type");
      parts.push(major === Major.Text ? this.text(this.#size(info)) : this.binary(this.#size(info)));
    }
    return parts;
  }

  #joined(): Uint8Array {
    const parts = this.#chunks(Major.Bytes) as Uint8Array[];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #tagged(tag: number | bigint): unknown {
    this.enter();
    const content = this.value();
    this.depth--;
    switch (tag) {
      case Tag.DateText:
        // A text without an offset would be another time on each machine.
        if (typeof content === "string" && /T.+(Z|[+-]..:..)$/.test(content)) return dateOf(Date.parse(content));
        break;
      case Tag.DateTime:
        if (typeof content === "number" || typeof content === "bigint") {
          const time = Number(content);
          const part = time % 1;
          // Of a time that is far away a product has no digits left to be rounded right.
          return dateOf((time - part) * 1000 + Math.round(part * 1000));
        }
        break;
      case Tag.Bignum:
        if (content instanceof Uint8Array && content.length < MAX_BIGNUM) return exact(bignum(content));
        break;
      case Tag.NegativeBignum:
        if (content instanceof Uint8Array && content.length < MAX_BIGNUM) return exact(-1n - bignum(content));
        break;
      case Tag.SelfDescribed:
        return content;
    }
    throw new CodecError(`a value with the tag ${tag}`);
  }

  #simple(info: number): unknown {
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
        return half(this.view.getUint16(this.take(2)));
      case 26:
        return this.view.getFloat32(this.take(4));
      case 27:
        return this.view.getFloat64(this.take(8));
      default:
        throw new CodecError("a byte that CBOR does not use");
    }
  }
}

function negative(argument: number | bigint): number | bigint {
  const value = -1 - Number(argument);
  return Number.isSafeInteger(value) ? value : -1n - BigInt(argument);
}

/** By its hex digits, which cost no more than a few bytes for each of the frame's. */
function bignum(bytes: Uint8Array): bigint {
  const digits = new Uint8Array(2 * bytes.length);
  bytes.forEach((byte, at) => {
    digits[2 * at] = digit(byte >> 4);
    digits[2 * at + 1] = digit(byte & 15);
  });
  return BigInt("0x0" + new TextDecoder().decode(digits));
}

const exact = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

const digit = (half: number) => half + (half < 10 ? 48 : 87);

/** A number of 16 bits, as in appendix D. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

/** CBOR in binary frames. */
export const cbor: BinaryCodec<"cbor"> = binaryCodec("cbor", CborEncoder, CborDecoder);
