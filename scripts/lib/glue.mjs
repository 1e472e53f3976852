/**
 * What the package has of wasm-bindgen's glue: a function, so that each call makes an instance with caches, finalizers and
 * classes of its own, and one which broke can be left behind. What wasm-bindgen writes is a module, with one instance for
 * ever.
 *
 * These are its bindings, without what nothing here needs.
 */
export function bindingsOf(text) {
  const [bindings, loaders] = text.split(/^(?=async function __wbg_load)/m);
  if (!loaders) throw new Error("wasm-bindgen's glue has no loaders to be split off");
  return REWRITES.reduce(rewritten, bindings);
}

/** The function; `names` are those that wasm-opt gave to the wasm's imports and exports. */
export function instanceOf(bindings, names) {
  return [
    'import * as wire from "everwire:wire";',
    "export function createInstance(module, guard) {",
    shortened(bindings, names),
    "__wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()));",
    "return Engine;",
    "}",
  ].join("\n");
}

/** Each has to find something, or wasm-bindgen writes something else by now. */
const REWRITES = [
  // The wasm's imports from `everwire:wire` come under one name with those from the glue, see `shortened`.
  { find: /^import \* as .*$/gm },
  { find: /^ +"everwire:wire": import\d+,$/gm },
  { find: /^export (?=class )/gm },
  { find: /(?<=wasm = )instance\.exports;/g, put: "guard(instance.exports);" },
  // For browsers that could not run this wasm, which holds JavaScript's values as references.
  { find: /\(typeof FinalizationRegistry === 'undefined'\)\s+\? .*\s+: (?=new)/g },
  { find: /^if \(!\('encodeInto' in cachedTextEncoder\)\) \{$.*?^\}$/gms },
  // Strings come as often as keys and close reasons do. What is ahead of this is the shorter way, for where nothing grows.
  { find: /^    let len = arg\.length;$.*?^    return ptr;$/gms },
  { find: /^    if \(realloc === undefined\) (?=\{$)/gm },
  { find: /, realloc(?=\))|, wasm\.__wbindgen_realloc\b/g },
  // Memory that has grown is another buffer.
  {
    find: /(?<=if \()cachedDataViewMemory0 === null .*(?=\) \{)/g,
    put: "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
  },
  // What differs is that such a closure cannot be called while it runs: a timer's never is.
  { find: /^function makeMutClosure.*?^\}$/gms },
  { find: /\bmakeMutClosure\b/g, put: "makeClosure" },
  // What nothing here calls or reads. Decoders have to be made anew after two gigabytes.
  { find: /^if \(Symbol\.dispose\) .*$/gm },
  { find: /^    (?:__destroy_into_raw|free)\(\) \{$.*?^    \}$/gms },
  { find: /^const MAX_SAFARI_DECODE_BYTES.*?^\}$/gms },
  { find: /\bdecodeText\b/g, put: "cachedTextDecoder.decode" },
  { find: /\bwasmModule, wasmInstance, /g },
  { find: /^    wasm(?:Instance|Module) = \w+;$/gm },
];

function rewritten(text, { find, put = "" }) {
  if (text.search(find) < 0) throw new Error(`wasm-bindgen's glue has nothing like ${find}`);
  return text.replace(find, put);
}

/** The imports and exports under the names that wasm-opt has given them. */
function shortened(text, { imports, exports }) {
  const names = new Map([...imports.map(([, ...names]) => names), ...exports]);
  const ours = imports.filter(([module]) => module === "everwire:wire").map(([, name, short]) => [name, short]);
  return text
    .replace('"./everwire_bg.js": import0,', "a: import0,")
    .replace(/(?<=^ +|\bwasm\.)\w+/gm, (name) => names.get(name) ?? name)
    .replace(/(?<=const import0 = \{)/, ours.map(([name, short]) => `${short}: wire.${name},`).join("\n"));
}
