/** What goes over the wire in a run, both ways. */

/** ms from one message to the next, in each direction. */
export const PACE = 10;

/** A numbered message: mostly small, sometimes of several kilobytes. */
export function message(number, random) {
  const size = random.oneIn(20) ? random.between(2_000, 16_000) : random.between(0, 200);
  return `${number} ${size} ${".".repeat(size)}`;
}

/** The number of a message, undefined for what is no numbered message, NaN for one that is not whole. */
export function numberIn(text) {
  const [, number, size, filling] = /^(\d+) (\d+) (\.*)$/.exec(text) ?? [];
  if (number === undefined) return /^\d/.test(text) ? NaN : undefined;
  return filling.length === Number(size) ? Number(number) : NaN;
}
