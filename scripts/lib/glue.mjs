/**
 * What the package has of wasm-bindgen's glue: its classes, in a function, so that each call makes an instance with
 * finalizers and classes of its own, and one which broke can be left behind. What wasm-bindgen writes is a module, with one
 * instance for ever, and ways to load it, to throw texts and to pass values, which nothing here needs: the wasm is asked and
 * answered in numbers.
 */
export function classesOf(text) {
  const parts = [/^class Engine \{$.*?^\}$/ms, /^const EngineFinalization = .*?;$/ms].map((part) => {
    const [found] = part.exec(text.replace(/^export (?=class )/gm, "")) ?? [];
    if (!found) throw new Error(`wasm-bindgen's glue has nothing like ${part}`);
    return found;
  });
  return UNUSED.reduce(without, parts.join("\n"));
}

/** The function; `names` are those that wasm-opt gave to the wasm's imports and exports. */
export function instanceOf(classes, { imports, exports }) {
  const names = new Map(exports);
  // The one import throws for a null pointer or a class that is borrowed twice; nothing here can do that.
  const [[, , thrower], ...others] = imports;
  if (others.length > 0) throw new Error("the wasm imports more than what throws");
  return [
    "export function createInstance(module, guard) {",
    classes.replace(/(?<=\bwasm\.)\w+/g, (name) => names.get(name) ?? name),
    `const wasm = guard(new WebAssembly.Instance(module, { a: { ${thrower}() { throw new Error() } } }).exports);`,
    "return Engine;",
    "}",
  ].join("\n");
}

/** Each has to find something, or wasm-bindgen writes something else by now. */
const UNUSED = [
  // For browsers that could not run this wasm.
  /\(typeof FinalizationRegistry === 'undefined'\)\s+\? .*\s+: (?=new)/,
  // What nothing here calls.
  /^    __destroy_into_raw\(\) \{$.*?^    \}$/ms,
  /^    free\(\) \{$.*?^    \}$/ms,
];

function without(text, part) {
  if (text.search(part) < 0) throw new Error(`wasm-bindgen's glue has nothing like ${part}`);
  return text.replace(part, "");
}
