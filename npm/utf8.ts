/** The length in UTF-8, where a lone surrogate counts as the U+FFFD that is sent in its place. */
export function utf8Length(text: string): number {
  let size = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    size += unit < 0x800 ? 1 : 2;
    // A pair of surrogates, which their upper six bits tell: 4 bytes for 2 units.
    if (unit >> 10 === 54 && text.charCodeAt(at + 1) >> 10 === 55) at++;
  }
  return size;
}

/** Writes a text, with U+FFFD in place of a lone surrogate; answers how many bytes it takes. */
export function writeUtf8(text: string, bytes: Uint8Array, start: number): number {
  let at = start;
  for (let from = 0; from < text.length; from++) {
    let code = text.codePointAt(from)!;
    if (code < 0x80) bytes[at++] = code;
    else {
      if (isSurrogate(code)) code = 0xfffd;
      let more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      if (more === 3) from++;
      // As many ones as bytes; those beyond the byte are lost.
      bytes[at++] = (0x7f80 >> more) | (code >> (6 * more));
      while (more-- > 0) bytes[at++] = 0x80 | ((code >> (6 * more)) & 63);
    }
  }
  return at - start;
}

/** The UTF-16 of what stands between two places; nothing where that is not UTF-8, from its first byte to its last. */
export function utf8Units(bytes: Uint8Array, start: number, end: number): number[] | undefined {
  const units: number[] = [];
  let at = start;
  while (at < end) {
    let code = bytes[at++]!;
    if (code >= 0x80) {
      const more = code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;
      // Too large in the end for a byte that begins no character.
      code -= more === 1 ? 0xc0 : more === 2 ? 0xe0 : 0xf0;
      let odd = 0;
      for (const last = at + more; at < last; at++) {
        const next = bytes[at]! ^ 0x80;
        odd |= next;
        code = (code << 6) | next;
      }
      const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
      if (odd > 63 || code < least || code > 0x10ffff || isSurrogate(code)) return undefined;
      if (more === 3) {
        units.push(0xd7c0 + (code >> 10));
        code = 0xdc00 | (code & 0x3ff);
      }
    }
    units.push(code);
  }
  return at === end ? units : undefined;
}

const isSurrogate = (code: number) => code >> 11 === 27;
