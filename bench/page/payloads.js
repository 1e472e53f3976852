const KINDS = 64;

/** Messages of one size, all different, as many as `pick` cycles through. */
export function payloads(kind, size) {
  return Array.from({ length: KINDS }, (_, index) => {
    const bytes = new Uint8Array(size).map((_, at) => 97 + ((index + at) % 26));
    // Decoded and not put together, so that no library pays for making one string out of its pieces.
    return kind === "text" ? new TextDecoder().decode(bytes) : bytes.buffer;
  });
}

export const pick = (list, index) => list[index & (KINDS - 1)];

/** An object such as an app sends: about 120 bytes of JSON. */
export const document = (index) => ({
  type: "position",
  id: index,
  user: "01f8c2a7",
  at: 1_700_000_000_000 + index,
  x: 12.5,
  y: -7.25,
  tags: ["a", "b"],
  active: true,
});

export function requireCount(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}
