/** How many words in a row say that two texts are alike. */
const ROW = 3;

/**
 * The items in an order in which each is followed by the one, of those left, that has most in common with it. What a
 * compressor has seen it refers to by how far back that is, and near takes fewer bits than far.
 */
export function alikeTogether(items, textOf = String) {
  const left = items.map((item) => ({ item, rows: rowsOf(textOf(item)) }));
  const ordered = left.splice(0, 1);
  while (left.length > 0) {
    const { rows } = ordered.at(-1);
    const likeness = left.map((other) => inCommon(rows, other.rows));
    ordered.push(...left.splice(likeness.indexOf(Math.max(...likeness)), 1));
  }
  return ordered.map(({ item }) => item);
}

/** From 0 to 1. */
function inCommon(a, b) {
  const common = Array.from(a).filter((row) => b.has(row)).length;
  return (2 * common) / (a.size + b.size);
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
