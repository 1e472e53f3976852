/** Messages to frames and back. */

import { get, protocolOf } from "./check.js";
import { SocketError, type SocketErrorCode } from "./errors.js";
import { codecOf } from "./named.js";
import type { Codec } from "./options.js";
import { sizeOf, type Frame } from "./frames.js";

/** A codec whose errors are those of the socket. */
export interface Coder {
  /** @throws SocketError - `encode-failed` */
  encode(message: unknown): Frame;
  /** @throws SocketError - `decode-failed` */
  decode(data: unknown): unknown;
}

/** The coders that the option `codec` names, by their protocols; the first one is what is used until a server picks. */
export function codersOf(codec: unknown): Map<unknown, Coder> {
  return new Map([codec].flat().map((codec) => [protocolOf(codec), codec === undefined ? NATIVE : coderOf(codec)]));
}

/** What the native socket gives and takes. Whether a message is that shows when it is handed over. */
const NATIVE: Coder = {
  encode: (message) => message as Frame,
  decode: (data) => data,
};

const failure = (code: SocketErrorCode, what: string, cause: unknown) => {
  const path = get(cause, "path");
  return new SocketError(code, what, cause, Array.isArray(path) ? path : undefined);
};

function coderOf(given: unknown): Coder {
  const codec = codecOf(given) as Codec<unknown>;
  const coder: Coder = {
    encode(message) {
      try {
        const frame = codec.encode(message);
        sizeOf(frame);
        return frame;
      } catch (thrown) {
        throw failure("encode-failed", "the codec could not encode the message", thrown);
      }
    },
    decode(data) {
      try {
        return codec.decode(data as string | ArrayBuffer);
      } catch (thrown) {
        throw failure("decode-failed", "the codec could not decode the message", thrown);
      }
    },
  };
  if (given !== "text") return coder;
  // A text is its own frame, and the way to that a short one.
  return {
    encode: (message) => (typeof message === "string" ? message : coder.encode(message)),
    decode: (data) => (typeof data === "string" ? data : coder.decode(data)),
  };
}
