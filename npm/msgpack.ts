/** The entry `everwire/msgpack`: MessagePack, https://github.com/msgpack/msgpack/blob/master/spec.md. */

import { CodecError, dateOf } from "./bytes.js";
import { Decoder, Encoder, binaryCodec, type BinaryCodec } from "./values.js";

export { CodecError, type BinaryCodec };

const TIMESTAMP = -1;

class MsgPackEncoder extends Encoder {
  protected constant(value: boolean | null): void {
    this.byte(value === null ? 0xc0 : value ? 0xc3 : 0xc2);
  }

  protected integer(value: number): void {
    if (value >= 0) {
      if (value < 0x80) this.byte(value);
      else if (value < 0x100000000) this.#size(0xcc, value);
      else this.large(0xcf, value);
    } else if (value >= -0x20) this.byte(value);
    else if (value >= -0x80) this.small(0xd0, 1, value);
    else if (value >= -0x8000) this.small(0xd1, 2, value);
    else if (value >= -0x80000000) this.small(0xd2, 4, value);
    else this.large(0xd3, value);
  }

  protected bigint(value: bigint): void {
    if (BigInt.asUintN(64, value) === value) this.large(0xcf, value);
    else if (BigInt.asIntN(64, value) === value) this.large(0xd3, value);
    else throw new CodecError("a BigInt beyond 64 bits");
  }

  protected fraction(value: number): void {
    this.float(0xca, value);
  }

  protected textHead(size: number): void {
    if (size < 32) this.byte(0xa0 | size);
    else this.#size(0xd9, size);
  }

  protected binary(bytes: Uint8Array): void {
    this.#size(0xc4, bytes.length);
    this.all(bytes);
  }

  protected arrayHead(count: number): void {
    this.#count(0x90, 0xdc, count);
  }

  protected mapHead(count: number): void {
    this.#count(0x80, 0xde, count);
  }

  protected date(time: number): void {
    const seconds = Math.floor(time / 1000);
    const nanoseconds = (time - seconds * 1000) * 1_000_000;
    if (seconds >= 0 && seconds < 2 ** 34) {
      if (nanoseconds === 0 && seconds < 2 ** 32) {
        this.small(0xd6, 1, TIMESTAMP);
        const at = this.room(4);
        this.view.setUint32(at, seconds);
      } else {
        this.small(0xd7, 1, TIMESTAMP);
        const at = this.room(8);
        this.view.setUint32(at, nanoseconds * 4 + Math.floor(seconds / 2 ** 32));
        this.view.setUint32(at + 4, seconds >>> 0);
      }
    } else {
      this.small(0xc7, 1, 12);
      this.byte(TIMESTAMP);
      const at = this.room(12);
      this.view.setUint32(at, nanoseconds);
      this.view.setBigInt64(at + 4, BigInt(seconds));
    }
  }

  /** The head of what has three forms: with a number of 1, 2 or 4 bytes. */
  #size(head: number, size: number): void {
    if (size < 0x100) this.small(head, 1, size);
    else if (size < 0x10000) this.small(head + 1, 2, size);
    else this.small(head + 2, 4, size);
  }

  #count(few: number, many: number, count: number): void {
    if (count < 16) this.byte(few | count);
    else if (count < 0x10000) this.small(many, 2, count);
    else this.small(many + 1, 4, count);
  }
}

class MsgPackDecoder extends Decoder {
  value(): unknown {
    const head = this.byte();
    if (head < 0x80) return head;
    if (head < 0x90) return this.record(head & 15);
    if (head < 0xa0) return this.array(head & 15);
    if (head < 0xc0) return this.text(head & 31);
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
        return this.binary(this.#unsigned(head - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#unsigned(head - 0xc7));
      case 0xca:
        return this.view.getFloat32(this.take(4));
      case 0xcb:
        return this.view.getFloat64(this.take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#unsigned(head - 0xcc);
      case 0xcf:
        return this.unsigned64();
      case 0xd0:
        return this.view.getInt8(this.take(1));
      case 0xd1:
        return this.view.getInt16(this.take(2));
      case 0xd2:
        return this.view.getInt32(this.take(4));
      case 0xd3:
        return this.#signed64();
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (head - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.#unsigned(head - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.array(this.#unsigned(head - 0xdb));
      case 0xde:
      case 0xdf:
        return this.record(this.#unsigned(head - 0xdd));
      default:
        throw new CodecError("a byte that MessagePack does not use");
    }
  }

  protected shortText(head: number): number {
    return head >= 0xa0 && head < 0xc0 ? head & 31 : -1;
  }

  /** A number of 1, 2 or 4 bytes, by the place in that list. */
  #unsigned(width: number): number {
    if (width === 0) return this.byte();
    return width === 1 ? this.view.getUint16(this.take(2)) : this.view.getUint32(this.take(4));
  }

  #signed64(): number | bigint {
    const from = this.take(8);
    const value = this.view.getInt32(from) * 2 ** 32 + this.view.getUint32(from + 4);
    return Number.isSafeInteger(value) ? value : this.view.getBigInt64(from);
  }

  #extension(size: number): Date {
    const type = this.view.getInt8(this.take(1));
    const at = this.take(size);
    const { view } = this;
    if (type === TIMESTAMP && size === 4) return dateOf(view.getUint32(at) * 1000);
    if (type === TIMESTAMP && size === 8) {
      const high = view.getUint32(at);
      return timestamp((high & 3) * 2 ** 32 + view.getUint32(at + 4), high >>> 2);
    }
    if (type === TIMESTAMP && size === 12) return timestamp(Number(view.getBigInt64(at + 4)), view.getUint32(at));
    throw new CodecError(`an extension of the type ${type}`);
  }
}

const timestamp = (seconds: number, nanoseconds: number) =>
  dateOf(seconds * 1000 + Math.floor(nanoseconds / 1_000_000));

/** MessagePack in binary frames. */
export const msgpack: BinaryCodec<"msgpack"> = binaryCodec("msgpack", MsgPackEncoder, MsgPackDecoder);
