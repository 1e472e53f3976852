/**
 * The wasm's text without the exports that `glue` does not mention. wasm-bindgen exports what it might need for values that
 * nothing here passes, and wasm-opt has to keep what is exported.
 */
export function withoutUnused(wat, glue) {
  return wat.replace(/^ \(export "(\w+)" .*\n/gm, (line, name) =>
    glue.includes(`wasm.${name}`) || name === "memory" ? line : "",
  );
}
