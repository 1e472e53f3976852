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
  const codecs: unknown[] = Array.isArray(codec) ? codec : [codec];
  return new Map(codecs.map((codec) => [protocolOf(codec), coderOf(codec)]));
}

function coderOf(codec: unknown): Coder {
  const named = typeof codec === "string" || codec === undefined;
  return (named && CODERS[codec as keyof typeof CODERS]) || custom(codecOf(codec) as Codec<unknown>);
}

const failure = (code: SocketErrorCode) => (what: string, cause?: unknown) => {
  const path = get(cause, "path");
  return new SocketError(code, what, cause, Array.isArray(path) ? path : undefined);
};
const encodeFailed = failure("encode-failed");
const decodeFailed = failure("decode-failed");

function textOf(data: unknown): string {
  if (typeof data === "string") return data;
  throw decodeFailed("a binary frame, expected text");
}

const CODERS: Record<"json" | "text" | "binary" | "undefined", Coder> = {
  json: {
    encode(message) {
      let text: string | undefined;
      try {
        text = JSON.stringify(message);
      } catch (thrown) {
        throw encodeFailed("JSON.stringify threw", thrown);
      }
      if (text === undefined) throw encodeFailed("a message that JSON has no form for");
      return text;
    },
    decode(data) {
      const text = textOf(data);
      try {
        return JSON.parse(text);
      } catch {
        // Not with what was thrown: it quotes the message.
        throw decodeFailed("invalid JSON");
      }
    },
  },

  text: {
    encode(message) {
      if (typeof message === "string") return message;
      throw encodeFailed('the codec "text" takes strings');
    },
    decode: textOf,
  },

  binary: {
    encode(message) {
      if (typeof message === "object" && message !== null) return message as Frame;
      throw encodeFailed('the codec "binary" takes buffers, views and blobs');
    },
    decode(data) {
      if (typeof data !== "string") return data;
      throw decodeFailed("a text frame, expected binary");
    },
  },

  /** What the native socket gives and takes. Whether a message is that shows when it is handed over. */
  undefined: {
    encode: (message) => message as Frame,
    decode: (data) => data,
  },
};

function custom(codec: Codec<unknown>): Coder {
  return {
    encode(message) {
      let frame: unknown;
      try {
        frame = codec.encode(message);
      } catch (thrown) {
        throw encodeFailed("the codec's encode threw", thrown);
      }
      if (isFrame(frame)) return frame;
      const takes = "the codec's encode takes a message to a string, a buffer, a view or a Blob";
      throw encodeFailed(`${takes}, got ${kindOf(frame)}`);
    },
    decode(data) {
      try {
        return codec.decode(data as string | ArrayBuffer);
      } catch (thrown) {
        throw decodeFailed("the codec's decode threw", thrown);
      }
    },
  };
}
