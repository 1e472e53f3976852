import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { alikeTogether, functionsAlikeTogether } from "./lib/alike.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { fingerprint, readIfThere } from "./lib/fingerprint.mjs";
import { inRoot, target } from "./lib/paths.mjs";
import { explain, mustRun } from "./lib/process.mjs";
import { smallRust } from "./lib/small-rust.mjs";
import { duration, fail } from "./lib/terminal.mjs";
import { withoutUnused, withoutUnusedData } from "./lib/unused.mjs";

const compiled = join(target, "wasm32-unknown-unknown", "npm", "everwire.wasm");
const work = join(target, "npm");
const glue = join(work, "glue");
const optimised = join(work, "everwire.wasm");
const decoder = join(work, "text.wasm");
const stamp = join(work, "built-from");
const pkg = inRoot("pkg");

/** What LLVM is told: to make little of what takes fewer nanoseconds and more bytes. */
const SMALL_LLVM = [
  // What is put in the place of a call is hardly larger than the call.
  "-inline-threshold=15",
  // A loop counts once, not once for each address that it goes over.
  "-disable-lsr",
  // What is longer than two words is copied, or filled, by one instruction.
  "-max-store-memcpy=2",
  "-max-store-memset=2",
  // What two branches do stands in both of them only where it is one of them that goes.
  "-bonus-inst-threshold=0",
  // Loads, and what branches have in common, stay where they are; no table in memory takes the place of a switch.
  "-enable-load-pre=false",
  "-simplifycfg-sink-common=false",
  "-switch-to-lookup=false",
];

/**
 * What is left to do when esbuild has minified: by names that compress better, and functions that stand together. A member
 * that begins with `_` is for our own modules only, and so it needs no name that says something. `unsafe` takes the built-in
 * functions for the platform's own, and `new Error()` for `Error()`.
 */
const SMALL_SCRIPT = {
  compress: { passes: 3, hoist_funs: true, reduce_funcs: false, unsafe: true },
  mangle: { properties: { regex: /^_/ } },
};

/** Builds the npm package into `pkg/`. Steps whose input is the same as last time are skipped. */
export async function build({ log = console.log } = {}) {
  const began = Date.now();
  await compile(log);
  const tools = [
    "tools/Cargo.lock",
    "package-lock.json",
    "scripts/build.mjs",
    "scripts/lib/alike.mjs",
    "scripts/lib/unused.mjs",
    "npm/text.wat",
  ];
  const sources = fingerprint(compiled, ...tools.map((path) => inRoot(path)));
  if (readIfThere(stamp) !== sources) {
    await bind();
    writeFileSync(stamp, sources);
  }
  const written = new Set([...(await bundle()), ...(await declare())]);
  copyFileSync(optimised, join(pkg, "everwire.wasm"));
  removeAllBut(written.add("everwire.wasm"));
  log(`Built pkg/ in ${duration(Date.now() - began)}`);
}

async function compile(log) {
  const { env, flags, options, lacking } = smallRust();
  if (lacking) log(`The wasm comes out larger: ${lacking}`);
  // What the wasm says of its sources should not depend on whose machine built it.
  const RUSTFLAGS = [`--remap-path-prefix=${homedir()}=~`, ...flags].join(" ");
  const features = ["--no-default-features", "--features", "npm"];
  await mustRun(
    "cargo",
    [
      ...[
        "rustc",
        "--locked",
        "--profile",
        "npm",
        "--lib",
        "--target",
        "wasm32-unknown-unknown",
        ...features,
        ...options,
      ],
      // A megabyte of stack would be most of the memory of a thousand sockets; nothing here calls itself.
      ...["--", "-Clink-arg=-zstack-size=65536", ...SMALL_LLVM.map((option) => `-Cllvm-args=${option}`)],
    ],
    { env: { ...env, RUSTFLAGS }, onChunk: (text) => process.stderr.write(text) },
  );
}

/** Makes the wasm as small as it gets. It takes and gives numbers only, so of wasm-bindgen's glue only the types are used. */
async function bind() {
  rmSync(glue, { recursive: true, force: true });
  mkdirSync(glue, { recursive: true });
  const form = ["--target", "web", "--omit-default-module-path", "--out-dir", glue, "--out-name", "everwire"];
  await mustRun("wasm-bindgen", [compiled, ...form]);
  const bound = join(glue, "everwire_bg.wasm");
  const declarations = readFileSync(join(glue, "everwire.d.ts"), "utf8");
  const text = join(glue, "everwire_bg.wat");
  await mustRun("wasm-dis", [bound, "-o", text]);
  writeFileSync(text, withoutUnused(readFileSync(text, "utf8"), declarations));
  const features = (await mustRun("wasm-opt", ["--print-features", bound])).match(/^--enable-.*$/gm);
  // What lies below address 1024 is the last of the stack, and what rustc compiles never counts on a load that traps. Where
  // an address is aligned is a hint that no engine takes.
  const small = ["-Os", "--low-memory-unused", "--ignore-implicit-traps", "--dealign"];
  const bare = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  await mustRun("wasm-opt", [...features, ...small, "-S", text, "-o", text]);
  writeFileSync(text, functionsAlikeTogether(withoutUnusedData(readFileSync(text, "utf8"))));
  // Once more: the text has lost in which order locals are declared, and what is gone may let go of something else.
  await mustRun("wasm-opt", [...features, ...small, ...bare, text, "-o", optimised]);
  await mustRun("wasm-opt", ["-Os", ...bare, inRoot("npm", "text.wat"), "-o", decoder]);
}

/** Bundles each entry point that package.json exports; answers the names of the files. */
async function bundle() {
  const { build } = await import("esbuild");
  const { minify } = await import("terser");
  const { exports } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const scripts = Object.values(exports)
    .flatMap((conditions) => Object.values(conditions))
    .map((path) => /^\.\/pkg\/(.+)\.js$/.exec(path)?.[1])
    .filter(Boolean);
  const { outputFiles } = await build({
    entryPoints: scripts.map((name) => inRoot("npm", `${name}.ts`)),
    outdir: pkg,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    // The entry for Node is the other one and how to read a file.
    external: ["node:*", "./async.js"],
    legalComments: "none",
    logLevel: "error",
    plugins: [generatedModules],
  });
  mkdirSync(pkg, { recursive: true });
  const form = { module: true, ecma: 2022 };
  for (const { path, text } of outputFiles) {
    const { ast } = await minify(text, { ...form, ...SMALL_SCRIPT, format: { ast: true, code: false } });
    const functions = ast.body.filter(({ TYPE }) => TYPE === "Defun");
    const others = ast.body.filter((statement) => !functions.includes(statement));
    ast.body = [...alikeTogether(functions, (defined) => defined.print_to_string()), ...others];
    const { code } = await minify(ast, { ...form, compress: false, mangle: false });
    writeFileSync(path, code);
  }
  return scripts.map((name) => `${name}.js`);
}

/** `everwire:wasm` is the wasm as a string. */
const generatedModules = {
  name: "generated modules",
  setup(build) {
    build.onResolve({ filter: /^everwire:wasm$/ }, ({ path }) => ({ path, namespace: "everwire", sideEffects: false }));
    build.onLoad({ filter: /./, namespace: "everwire" }, () => ({
      contents: [
        `export const text = "${toText(readFileSync(optimised))}";`,
        `export const decoder = "${readFileSync(decoder, "base64")}";`,
      ].join("\n"),
    }));
  },
};

/**
 * Bytes as printable ASCII without quote and backslash: one character where the byte is below 86, as most are, two
 * otherwise. Compressed, it is a quarter smaller than base64 and a twentieth smaller than hex digits, see
 * docs/performance.md. `npm/text.wat` is the way back, and has this much memory.
 */
function toText(bytes) {
  const character = (digit) => String.fromCharCode(digit + (digit < 57 ? 35 : 36));
  const text = Array.from(bytes, (byte) => (byte < 86 ? "" : character(byte < 172 ? 86 : 87)) + character(byte % 86));
  const joined = text.join("");
  if (joined.length > 65_536) throw new Error("the wasm as text needs more than one page of memory in npm/text.wat");
  return joined;
}

/** Writes the types of the entry points and all they refer to; answers the names of the files. */
async function declare() {
  const types = join(work, "types");
  rmSync(types, { recursive: true, force: true });
  await mustRun("tsc", ["--project", "tsconfig.json", "--noEmit", "false", "--emitDeclarationOnly", "--outDir", types]);
  const { exports } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const names = new Set(Object.values(exports).flatMap(({ types }) => (types ? [basename(types)] : [])));
  // What an iteration adds to a set, it comes to.
  for (const name of names) {
    const text = readFileSync(join(types, name), "utf8");
    if (text.includes("everwire:")) throw new Error(`npm/${name} leaks a type of the generated glue to users`);
    writeFileSync(join(pkg, name), text);
    for (const [, referred] of text.matchAll(/(?: from |import\()"\.\/([\w-]+)\.js"/g)) names.add(`${referred}.d.ts`);
  }
  return names;
}

/** Files of an earlier build go only now: somebody may be reading the folder. */
function removeAllBut(written) {
  for (const name of readdirSync(pkg)) {
    if (!written.has(name)) rmSync(join(pkg, name), { recursive: true });
  }
}

if (isMain(import.meta)) {
  readOptions(import.meta, {
    summary: "Builds the npm package into pkg/: the wasm, the entry points, their types.",
    usage: "npm run build",
  });
  if (!existsSync(inRoot("node_modules"))) fail("nothing is installed yet: run `npm run setup` first.");
  await build().catch((error) => fail(explain(error)));
}
