// Invented metals with invented prices. A price is a function of the clock alone, so a server
// process that was killed comes back in the middle of the same market, with nothing to remember.

const metals = [
  { symbol: "CU", name: "Copper", base: 9.42, swing: 0.006, phase: 0.4 },
  { symbol: "AG", name: "Silver", base: 31.18, swing: 0.009, phase: 2.1 },
  { symbol: "SN", name: "Tin", base: 28.05, swing: 0.005, phase: 4.7 },
];

export const tickInterval = 500;

/** The prices at a moment (ms since 1970), rounded to cents. */
export function pricesAt(time) {
  return metals.map(({ symbol, name, base, swing, phase }) => ({
    symbol,
    name,
    price: Math.round(base * (1 + swing * drift(time / 1000, phase)) * 100) / 100,
  }));
}

/** What somebody who has just come in missed: one set of prices for each tick of the last minute. */
export function lastMinute(now) {
  const ticks = [];
  for (let at = now - 60_000; at <= now; at += tickInterval) ticks.push({ at, prices: pricesAt(at) });
  return ticks;
}

// Waves whose periods share no factor never visibly repeat; the fast ones give the line its grain.
function drift(seconds, phase) {
  return (
    Math.sin(seconds / 17 + phase) +
    0.5 * Math.sin(seconds / 5.3 + phase * 3) +
    0.22 * Math.sin(seconds / 1.37 + phase * 7) +
    0.12 * Math.sin(seconds / 0.41 + phase * 11)
  );
}
