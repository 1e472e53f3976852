/** Frames: what can go on the wire, how large it is, and what is kept of it while it is queued. */

import { attempt, get, isObject, kindOf, wrongArgument } from "./check.js";
import { utf8Length } from "./utf8.js";

/** A frame as the native socket takes it. */
export type Frame = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** What is queued. */
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
    readonly settled: () => void = () => {},
  ) {}
}

/** The frame in what is queued. */
export const frameOf = (packed: Packed) => (packed instanceof Packet ? packed.frame : packed);

/** Bytes on the wire. */
export function weigh(packed: Packed): number {
  const data = frameOf(packed);
  return typeof data === "string" ? utf8Length(data) : sizeOf(data);
}

/** Whether a message is larger than `bytes`, found without a copy and mostly without looking at it. */
export function exceeds(data: Frame, bytes: number): boolean {
  if (typeof data !== "string") return ("byteLength" in data ? data.byteLength : data.size) > bytes;
  // No unit of UTF-16 takes more than three.
  return data.length * 3 > bytes && (data.length > bytes || utf8Length(data) > bytes);
}

/**
 * What is to be queued, as it is now: what its owner does to it later does not reach the queue.
 *
 * @throws TypeError for what is no frame
 */
export function snapshot(packed: Packed): Packed {
  if (!(packed instanceof Packet)) return copyOf(packed);
  packed.frame = copyOf(packed.frame);
  return packed;
}

function copyOf(data: Frame): Frame {
  if (typeof data === "string") return data;
  sizeOf(data);
  if (ArrayBuffer.isView(data)) return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return "byteLength" in data ? data.slice(0) : data;
}

/** Whether a value can go on the wire. */
export function isFrame(data: unknown): data is Frame {
  return typeof data === "string" || ArrayBuffer.isView(data) || lengthOf(data) !== undefined || isBlob(data);
}

/**
 * Bytes on the wire, or more: what is quick to say.
 *
 * @throws TypeError for what is neither a string nor a buffer nor a view nor a blob
 */
export function sizeOf(data: unknown): number {
  // No unit of UTF-16 takes more.
  if (typeof data === "string") return data.length * 3;
  const buffer = ArrayBuffer.isView(data) ? data.buffer : data;
  const length = lengthOf(buffer);
  if (length === undefined) {
    // Asked last: the getter of a Blob throws for all that is none, which takes microseconds.
    if (isBlob(data)) return data.size;
    throw refused(kindOf(data));
  }
  // A buffer that was transferred away looks empty, and would be sent as such.
  if (length === 0 && isDetached(buffer as ArrayBuffer)) throw refused("a detached buffer");
  return ArrayBuffer.isView(data) ? data.byteLength : length;
}

// The getters of the platform know their own from any realm, such as an iframe, and nothing else.
const byteLength = getter(ArrayBuffer, "byteLength");
const blobSize = getter(globalThis.Blob ?? Object, "size");

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
  return isObject(data) && attempt(() => blobSize.call(data)) !== undefined;
}

// Apart from `sizeOf`, where the closure would cost every message a place for the buffer.
const isDetached = (buffer: ArrayBuffer) => !attempt(() => new Uint8Array(buffer));

const refused = (got: string) => wrongArgument("message", "a string, an ArrayBuffer, a view or a Blob", got);
