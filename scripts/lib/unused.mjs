/**
 * The wasm's text without the exports that `declarations` do not have. wasm-bindgen exports what it might need for values
 * that nothing here passes, and wasm-opt has to keep what is exported.
 */
export function withoutUnused(wat, declarations) {
  const wanted = new Set([
    "memory",
    ...Array.from(declarations.matchAll(/^export function (\w+)/gm), ([, name]) => name),
  ]);
  return wat.replace(/^ \(export "(\w+)" .*\n/gm, (line, name) => (wanted.has(name) ? line : ""));
}

/**
 * The optimised wasm's text without what stands in its memory at first, if no number in the code is an address of it: what
 * wasm-bindgen's own functions had there, and where a panic would have said that it came from.
 */
export function withoutUnusedData(wat) {
  const segments = /^ \(data \S+ \(i32\.const (\d+)\) "(.*)"\)\n/gm;
  const bytes = (text) => text.replace(/\\(?:[\da-f]{2}|.)/g, "-").length;
  const data = Array.from(wat.matchAll(segments), ([, at, text]) => [Number(at), Number(at) + bytes(text)]);
  const [start, end] = [Math.min(...data.flat()), Math.max(...data.flat())];
  const code = wat.replace(segments, "");
  const numbers = code.replace(/^ \(global .*/gm, "").matchAll(/(?:const |offset=)(\d+)/g);
  return Array.from(numbers).some(([, number]) => start <= number && number < end) ? wat : code;
}
