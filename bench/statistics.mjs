export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Between which two of the values the median of ever more of them lies, with a probability of 95 %. */
export function confidence(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const below = Math.floor((sorted.length - 1.96 * Math.sqrt(sorted.length)) / 2);
  const low = Math.max(below - 1, 0);
  return [sorted[low], sorted[sorted.length - 1 - low]];
}

/** A generator of numbers from 0 to 1 that starts the same for the same seed (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled(list, random) {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/**
 * Rows of one case from the samples of each contender, in the order of the rounds. A ratio is taken within a round, so
 * that what slows the machine down for a while slows both sides of it.
 */
export function rowsOf(name, unit, samples) {
  const native = samples.get("native");
  return [...samples].map(([contender, values]) => {
    const ratios = native?.map((base, round) => values[round] / base).filter(Number.isFinite) ?? [];
    return {
      case: name,
      contender,
      unit,
      median: median(values),
      min: Math.min(...values),
      max: Math.max(...values),
      values,
      toNative: ratios.length > 0 ? median(ratios) : null,
      ratioBetween: ratios.length > 0 ? confidence(ratios) : null,
    };
  });
}
