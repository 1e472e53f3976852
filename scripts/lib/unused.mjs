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
