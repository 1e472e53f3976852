/** What goes over the wire in a run, both ways. */

/** ms from one message to the next, in each direction. */
export const PACE = 10;

/** A numbered message: mostly small, sometimes of several kilobytes. */
export function message(number, random) {
  const size = random.oneIn(20) ? random.between(2_000, 16_000) : random.between(0, 200);
  return `${number} ${".".repeat(size)}`;
}

export const numberIn = (text) => parseInt(text, 10);
