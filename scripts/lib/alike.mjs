/** How many words in a row say that two texts are alike. */
const ROW = 3;

/**
 * The items in an order in which each is followed by the one, of those left, that has most in common with it. What a compressor
 * has seen it refers to by how far back that is, and near takes fewer bits than far.
 */
export function alikeTogether(items, textOf = String) {
  const rows = new Map(items.map((item) => [item, rowsOf(textOf(item))]));
  const inCommon = (a, b) => {
    const common = Array.from(a).filter((row) => b.has(row)).length;
    return (2 * common) / (a.size + b.size);
  };
  const ordered = [];
  let left = items;
  for (let last = left[0]; left.length;) {
    ordered.push(last);
    left = left.filter((item) => item !== last);
    const likeness = new Map(left.map((item) => [item, inCommon(rows.get(last), rows.get(item))]));
    last = left.reduce((best, item) => (likeness.get(item) > likeness.get(best) ? item : best), left[0]);
  }
  return ordered;
}

function rowsOf(text) {
  const words = text.match(/[\w.$#]+|[^\w\s()]/g) ?? [];
  return new Set(words.map((_, at) => words.slice(at, at + ROW).join(" ")));
}

/** A wasm's text with its functions in that order. */
export function functionsAlikeTogether(wat) {
  const start = wat.indexOf("\n (func $") + 1;
  const end = wat.lastIndexOf("\n)") + 1;
  const functions = wat.slice(start, end).split(/(?<=\n)(?= \(func \$)/);
  return wat.slice(0, start) + alikeTogether(functions).join("") + wat.slice(end);
}
