import { readFileSync } from "node:fs";
import { constants, brotliCompressSync, gzipSync } from "node:zlib";
import { build as buildPackage } from "./build.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { inRoot } from "./lib/paths.mjs";
import { explain } from "./lib/process.mjs";
import { smallRust } from "./lib/small-rust.mjs";
import { fail, table } from "./lib/terminal.mjs";
import { weigh } from "./lib/weight.mjs";

/** The most bytes, brotli-compressed, that importing all of an entry may add to a user's page. */
export const budgets = {
  everwire: 16_250,
  "everwire/async": 16_000,
  "everwire/msgpack": 3_250,
  "everwire/cbor": 3_450,
};

/** What each entry adds to a page: `[{ name, raw, gzip, brotli }]`. */
export async function measure() {
  const { exports } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const inlined = sizes("everwire", await bundled(exports["."].default));
  const script = sizes("everwire/async (script)", await bundled(exports["./async"].default));
  const wasm = sizes("everwire/async (wasm)", readFileSync(inRoot("pkg", "everwire.wasm")));
  const codecs = ["msgpack", "cbor"].map(async (name) => {
    return sizes(`everwire/${name}`, await bundled(exports[`./${name}`].default));
  });
  return [inlined, total("everwire/async", [script, wasm]), script, wasm, ...(await Promise.all(codecs))];
}

/** One sentence for each entry that is over its budget, which counts on a standard library of the wasm's own. */
export function overBudget(entries) {
  if (smallRust().lacking) return [];
  return entries
    .filter(({ name, brotli }) => brotli > budgets[name])
    .map(({ name, brotli }) => `${name} is ${brotli} bytes with brotli; its budget is ${budgets[name]}`);
}

export const sizeTable = (entries) =>
  table(
    ["entry", "raw", "gzip", "brotli", "budget"],
    entries.map(({ name, raw, gzip, brotli }) => [name, ...[raw, gzip, brotli, budgets[name]].map(grouped)]),
    { right: ["raw", "gzip", "brotli", "budget"] },
  );

const appTable = (apps) =>
  table(
    ["wasm and script", "raw", "gzip", "brotli"],
    apps.map(({ name, raw, gzip, brotli }) => [name, ...[raw, gzip, brotli].map(grouped)]),
    { right: ["raw", "gzip", "brotli"] },
  );

/** What everwire and others add to the smallest release app of each Rust framework: `[{ name, raw, gzip, brotli }]`. */
export async function measureApps(options) {
  const weightOf = ({ name, files }) =>
    total(
      name,
      files.map((file) => sizes("", file)),
    );
  const apps = await weigh(options);
  return apps.flatMap((app) => {
    const without = weightOf(app);
    const added = app.with.map((library) => {
      const whole = weightOf(library);
      const more = Object.fromEntries(["raw", "gzip", "brotli"].map((key) => [key, whole[key] - without[key]]));
      return { ...more, name: `… ${library.name} adds` };
    });
    return [{ ...without, name: `an app with ${app.name}` }, ...added];
  });
}

/** The entry as it ends up in an app: all of its exports, through a bundler that minifies. */
async function bundled(path) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [inRoot(path)],
    bundle: true,
    minify: true,
    format: "esm",
    external: ["node:*"],
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].contents;
}

function sizes(name, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    name,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}

function total(name, parts) {
  const sum = (key) => parts.reduce((all, part) => all + part[key], 0);
  return { name, raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") };
}

function grouped(bytes) {
  return bytes === undefined ? "" : bytes.toLocaleString("en").replaceAll(",", " ");
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary:
      "Prints what each entry of the package adds to a page, and what the crate adds to the smallest release app of each " +
      "Rust framework, in bytes. To build those apps takes minutes the first time.",
    usage: "npm run size -- [options]",
    options: {
      json: { type: "boolean", help: 'print {"entries":[{"name","raw","gzip","brotli"}, …],"apps":[…]}' },
      "no-apps": { type: "boolean", help: "only the entries of the package" },
      check: { type: "boolean", help: "fail when an entry is over its budget" },
    },
  });
  // npm keeps `--json` for itself when it stands before the `--`.
  const json = options.json || process.env.npm_config_json === "true";
  try {
    await buildPackage({ log: console.error });
    const entries = await measure();
    if (!json) console.log(sizeTable(entries));
    const apps = options["no-apps"] || options.check ? [] : await measureApps({ log: console.error });
    if (json) console.log(JSON.stringify({ entries, apps }));
    else if (apps.length > 0) console.log(appTable(apps));
    if (options.check) for (const sentence of overBudget(entries)) fail(sentence);
  } catch (error) {
    fail(explain(error));
  }
}
