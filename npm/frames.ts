/** Frames: what can go on the wire, how large it is, and what is kept of it while it is queued. */

import { kindOf, wrongArgument } from "./check.js";
import type { Coder } from "./codec.js";
import { utf8Length } from "./utf8.js";

/** A frame as the native socket takes it. */
export type Frame = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** What is queued. */
export type Packed = Frame | Packet;

/** A frame with what is noted of it, which may take another form when the server picks another codec. */
export class Packet {
  /** Where the engine has it, from 1 on. */
  _slot = 0;
  _key: string | undefined;
  /** It may be sent again: it keeps its slot until it is released. */
  _again = false;

  readonly _frame: Frame;

  /**
   * @param _coder - makes the frame
   * @param _settled - called when it was handed over, or will never be
   * @throws SocketError - `encode-failed`
   * @throws TypeError for what is no frame
   */
  constructor(
    readonly _coder: Coder,
    message: unknown,
    readonly _settled?: () => void,
  ) {
    this._frame = snapshot(_coder.encode(message));
  }
}

/** Bytes on the wire. */
export function weigh(packed: Packed): number {
  const data = packed instanceof Packet ? packed._frame : packed;
  return typeof data === "string" ? utf8Length(data) : sizeOf(data);
}

/** Whether a message is larger than `bytes`, found without a copy and mostly without looking at it. */
export function exceeds(data: Frame, bytes: number): boolean {
  // No unit of UTF-16 takes more than three.
  if (typeof data === "string") return data.length * 3 > bytes && utf8Length(data) > bytes;
  return ("byteLength" in data ? data.byteLength : data.size) > bytes;
}

/**
 * A frame as it is now: what its owner does to it later does not reach the queue.
 *
 * @throws TypeError for what is no frame
 */
export function snapshot(data: Frame): Frame {
  if (typeof data === "string") return data;
  sizeOf(data);
  if (ArrayBuffer.isView(data)) return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return "byteLength" in data ? data.slice(0) : data;
}

/**
 * Bytes on the wire, or more: what is quick to say. Short, so that it costs a text no call; no unit of UTF-16 takes more.
 *
 * @throws TypeError for what is neither a string nor a buffer nor a view nor a blob
 */
export const sizeOf = (data: unknown): number => (typeof data === "string" ? data.length * 3 : sizeOfObject(data));

function sizeOfObject(data: unknown): number {
  let got: string | undefined;
  try {
    const buffer = (ArrayBuffer.isView(data) ? data.buffer : data) as ArrayBuffer & { resizable?: boolean };
    // The platform's own are told by their tags from any realm, such as an iframe.
    const tag: unknown = buffer[Symbol.toStringTag];
    if (tag === "ArrayBuffer") {
      // What can grow is taken by no socket, as what is shared.
      if (buffer.resizable) got = "a resizable buffer";
      else {
        if (!buffer.byteLength) {
          // One that was transferred away looks empty, and would be sent as such; of that there are no views.
          got = "a detached buffer";
          new Uint8Array(buffer);
        }
        return (data as ArrayBuffer).byteLength;
      }
    } else if (tag === "Blob" || tag === "File") {
      const { size } = data as Blob;
      if (size >= 0) return size;
    }
  } catch {
    // None of these, whatever it says.
  }
  const takes = "a string, an ArrayBuffer, a view or a Blob (requests and all else need a codec)";
  throw wrongArgument("message", takes, got ?? kindOf(data));
}
