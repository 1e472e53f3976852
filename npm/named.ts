/** Codecs by name. */

const textOf = (frame: unknown): string => {
  if (typeof frame === "string") return frame;
  throw new TypeError("expected text");
};
const binaryOf = (frame: unknown): object => {
  if (typeof frame === "object" && frame !== null) return frame;
  throw new TypeError("expected binary");
};

/** Those that every socket knows. */
const STANDARD: Record<string, unknown> = {
  json: {
    encode: JSON.stringify,
    decode(frame: unknown): unknown {
      const text = textOf(frame);
      try {
        return JSON.parse(text);
      } catch {
        // Not what was thrown: it quotes the message.
        throw new SyntaxError("invalid JSON");
      }
    },
  },
  text: { encode: textOf, decode: textOf },
  binary: { encode: binaryOf, decode: binaryOf },
};

// Each entry that brings one is a script of its own, so they meet at the global object: nobody pays for one not imported.
const KEY = Symbol.for("everwire.codecs");
const shared = globalThis as { [KEY]?: Map<unknown, unknown> };

/** Lets every socket know the codec by its protocol; called by the entry that brings it. */
export function named<Codec extends { readonly protocol: string }>(codec: Codec): Codec {
  (shared[KEY] ??= new Map()).set(codec.protocol, codec);
  return codec;
}

/** The codec that a name stands for, or what was given. */
export const codecOf = (given: unknown): unknown =>
  typeof given === "string" ? (STANDARD[given] ?? shared[KEY]?.get(given)) : given;
