/** Messages to frames and back. */

import { get, kindOf, protocolOf } from "./check.js";
import { SocketError, type SocketErrorCode } from "./errors.js";
import { codecOf } from "./named.js";
import type { Codec } from "./options.js";
import { isFrame, type Frame } from "./frames.js";

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

const failure = (code: SocketErrorCode, what: string, cause?: unknown) => {
  const path = get(cause, "path");
  return new SocketError(code, what, cause, Array.isArray(path) ? path : undefined);
};

function coderOf(given: unknown): Coder {
  const codec = codecOf(given) as Codec<unknown>;
  const coder: Coder = {
    encode(message) {
      let frame: unknown;
      try {
        frame = codec.encode(message);
      } catch (thrown) {
        throw failure("encode-failed", "the codec's encode threw", thrown);
      }
      if (isFrame(frame)) return frame;
      throw failure("encode-failed", `the codec made no frame, but ${kindOf(frame)}`);
    },
    decode(data) {
      try {
        return codec.decode(data as string | ArrayBuffer);
      } catch (thrown) {
        throw failure("decode-failed", "the codec's decode threw", thrown);
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
