/** Codecs by name. Each entry is a script of its own, so they meet at the global object: nobody pays for one not imported. */

const KEY = Symbol.for("everwire.codecs");
const shared = globalThis as { [KEY]?: Map<unknown, unknown> };

/** Lets every socket know the codec by its protocol; called by the entry that brings it. */
export function named<Codec extends { readonly protocol: string }>(codec: Codec): Codec {
  (shared[KEY] ??= new Map()).set(codec.protocol, codec);
  return codec;
}

/** The codec that a name stands for, or what was given. */
export const codecOf = (given: unknown): unknown => shared[KEY]?.get(given) ?? given;
