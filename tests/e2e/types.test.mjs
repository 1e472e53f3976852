/** The types: a strict project that uses the whole contract compiles, and each wrong use does not. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { limit, project, repository } from "./harness.mjs";

const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
const compiler = join(dirname(manifest), JSON.parse(await readFile(manifest, "utf8")).bin.tsc);
const folder = await project("typescript");
for (const library of ["zod", "valibot", "arktype", "@ark"]) {
  await symlink(join(repository, "node_modules", library), join(folder, "node_modules", library));
}

/** What the compiler says of the project, as `{ file, line, text }`. */
function compile(...flags) {
  const call = [compiler, "--pretty", "false", "--project", folder, ...flags];
  return new Promise((resolve) => {
    execFile(process.execPath, call, { cwd: folder }, (_error, stdout) => {
      const errors = [...stdout.matchAll(/^(.+?)\((\d+),\d+\): (error TS\d+: .*)$/gm)];
      // What is wrong inside other libraries, under these settings, is theirs.
      const ours = errors.filter(([, file]) => !/node_modules\/(?!everwire)/.test(file));
      resolve(ours.map(([, file, line, text]) => ({ file, line: Number(line), text })));
    });
  });
}

/** The wrong uses of a file: the sentence, and the lines from its comment to the next. */
function wrongUses(source) {
  const lines = source.split("\n");
  const starts = lines.flatMap((line, index) => (line.startsWith("// wrong: ") ? [index] : []));
  return starts.map((start, index) => ({
    sentence: lines[start].slice("// wrong: ".length),
    first: start + 1,
    last: starts[index + 1] ?? lines.length,
  }));
}

const errors = await compile();
const uses = wrongUses(await readFile(join(folder, "wrong.ts"), "utf8"));

test("a strict project that uses the whole contract compiles, the package's types included", limit, () => {
  assert.ok(uses.length > 40, "the wrong uses were found");
  const unexpected = errors.filter(
    ({ file, line }) => file !== "wrong.ts" || !uses.some(({ first, last }) => line > first && line <= last),
  );
  assert.deepEqual(unexpected, []);
});

for (const [kind, flags] of Object.entries({
  bundlers: ["--module", "esnext", "--moduleResolution", "bundler"],
  "older targets": ["--target", "es2020", "--lib", "es2020,dom,dom.iterable"],
  workers: ["--lib", "es2022,webworker,webworker.iterable"],
})) {
  test(`the types are right under the settings of projects for ${kind}`, limit, async () => {
    assert.deepEqual(
      (await compile(...flags)).filter(({ file }) => file !== "wrong.ts"),
      [],
    );
  });
}

test("who resolves without the package's exports finds the types of every entry", limit, async () => {
  // So does the resolution `node10` of TypeScript before 7.
  const entries = { module: "esnext", moduleResolution: "bundler", resolvePackageJsonExports: false };
  const flags = Object.entries(entries).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { exports, main } = JSON.parse(await readFile(join(folder, "node_modules/everwire/package.json"), "utf8"));
  assert.equal(main, exports["."].default);
  const names = Object.keys(exports).filter((name) => exports[name].types);
  const imports = names.map((name, at) => `export * as entry${at} from "${name.replace(".", "everwire")}";\n`);
  await writeFile(join(folder, "entries.ts"), imports.join(""));
  try {
    const unexpected = (await compile(...flags)).filter(({ file }) => file !== "wrong.ts");
    assert.deepEqual([names.length, unexpected], [4, []]);
  } finally {
    await rm(join(folder, "entries.ts"));
  }
});

for (const { sentence, first, last } of uses) {
  test(`does not compile: ${sentence}`, limit, () => {
    assert.ok(
      errors.some(({ file, line }) => file === "wrong.ts" && line > first && line <= last),
      `no error between lines ${first + 1} and ${last} of wrong.ts`,
    );
  });
}

test("the published types hold no any", limit, async () => {
  const { types } = JSON.parse(await readFile(join(folder, "node_modules/everwire/package.json"), "utf8"));
  const text = await readFile(join(folder, "node_modules/everwire", types), "utf8");
  const found = text.split("\n").filter((line) => /[:<|,(=]\s*any\b/.test(line.replace(/\/\/.*|^\s*\*.*/g, "")));
  assert.deepEqual(found, []);
});
