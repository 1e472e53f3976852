/** The tarball in real projects and a real browser: plain scripts, Vite, webpack, workers. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { build as asOneScript } from "esbuild";
import { build, createServer as createVite } from "vite";
import webpack from "webpack";
import { installed, launchBrowser, limit, openPage, project, serveFolders, socketServer } from "./harness.mjs";

const [server, browser] = await Promise.all([socketServer(), launchBrowser()]);
let lastId = 0;

/** Opens a fixture's page, which talks to the echo server and leaves what came of it in `window.report`. */
async function reportOf(address) {
  const id = `package-${(lastId += 1)}`;
  const { page, uncaught } = await openPage(browser);
  try {
    const query = new URLSearchParams({ url: server.url("/echo", { id }) });
    await page.goto(`${address}?${query}`);
    const failed = new Promise((_resolve, reject) => page.once("pageerror", reject));
    const report = await Promise.race([page.waitForFunction("window.report"), failed]);
    assert.deepEqual(uncaught, []);
    await server.control(id, "wait", { live: 0 });
    return await report.jsonValue();
  } finally {
    await page.context().close();
  }
}

test("a plain script imports it from a file, with nothing to wait for", limit, async () => {
  const origin = await serveFolders([await project("script")]);
  assert.deepEqual(await reportOf(`${origin}/index.html`), { from: "a plain script" });
});

test("a plain script imports everwire/async, and the browser streams the wasm beside it", limit, async () => {
  const origin = await serveFolders([await project("script")]);
  assert.deepEqual(await reportOf(`${origin}/async.html`), { from: "a plain script, after load()" });
});

const vite = await project("vite");
const viteConfig = { root: vite, configFile: false, logLevel: "error", base: "./" };

test("a Vite project builds, and runs in a page and in a worker", limit, async () => {
  const rollupOptions = { input: [join(vite, "index.html"), join(vite, "async.html")] };
  await build({ ...viteConfig, worker: { format: "es" }, build: { rollupOptions } });
  const origin = await serveFolders([join(vite, "dist")]);
  assert.deepEqual(await reportOf(`${origin}/index.html`), {
    page: "a Vite project",
    worker: "a worker of a Vite project",
  });
  assert.equal(await reportOf(`${origin}/async.html`), "a Vite project, after load()");
});

test("a Vite project runs from its development server", limit, async () => {
  const http = createServer();
  const development = await createVite({
    ...viteConfig,
    base: "/",
    appType: "spa",
    cacheDir: join(vite, "cache"),
    server: { middlewareMode: true, hmr: { server: http } },
  });
  http.on("request", development.middlewares);
  await new Promise((ready) => http.listen(0, "127.0.0.1", ready));
  after(async () => {
    http.close();
    http.closeAllConnections();
    await development.close();
  });
  const origin = `http://127.0.0.1:${http.address().port}`;
  assert.deepEqual(await reportOf(`${origin}/index.html`), {
    page: "a Vite project",
    worker: "a worker of a Vite project",
  });
  assert.equal(await reportOf(`${origin}/async.html`), "a Vite project, after load()");
});

const webpackProject = await project("webpack");

async function bundle(entry, output) {
  const stats = await promisify(webpack)({
    mode: "production",
    context: webpackProject,
    entry: `./${entry}`,
    output: { path: join(webpackProject, output), filename: "main.js" },
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual({ errors, warnings }, { errors: [], warnings: [] });
}

test(
  "a webpack project builds without experiments or warnings, and runs in a page and in a worker",
  limit,
  async () => {
    await bundle("main.js", "dist");
    const origin = await serveFolders([webpackProject]);
    assert.deepEqual(await reportOf(`${origin}/index.html`), {
      page: "a webpack project",
      worker: "a worker of a webpack project",
    });
  },
);

/** A bundle of a module that imports everwire and calls nothing of it. */
const bundlers = {
  webpack: async () => {
    await bundle("unused.js", "unused");
    return readFile(join(webpackProject, "unused/main.js"), "utf8");
  },
  Vite: async () => {
    const outDir = join(webpackProject, "unused-vite");
    const rollupOptions = { input: join(webpackProject, "unused.js") };
    await build({ ...viteConfig, root: webpackProject, build: { outDir, rollupOptions, modulePreload: false } });
    const assets = join(outDir, "assets");
    return (await Promise.all((await readdir(assets)).map((name) => readFile(join(assets, name), "utf8")))).join("");
  },
};

for (const [name, bundled] of Object.entries(bundlers)) {
  test(`an import that is not used leaves nothing in ${name}'s bundle`, limit, async () => {
    const text = await bundled();
    assert.match(text, /nothing of everwire is used here/);
    assert.ok(text.length < 300, `the bundle has ${text.length} characters:\n${text.slice(0, 300)}`);
  });
}

test("the tarball forces no top-level await on its users, and its wasm imports nothing", limit, async () => {
  const folder = join(await installed(), "everwire/pkg");
  const files = await readdir(folder);
  const [wasm] = files.filter((file) => file.endsWith(".wasm"));
  const module = new WebAssembly.Module(await readFile(join(folder, wasm)));
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  // A script of its own cannot wait at its top level, and esbuild refuses to make one of what does.
  const entryPoints = files.filter((file) => file.endsWith(".js")).map((file) => join(folder, file));
  await asOneScript({
    entryPoints,
    outdir: folder,
    write: false,
    bundle: true,
    format: "iife",
    external: ["node:*"],
    logLevel: "silent",
  });
});
