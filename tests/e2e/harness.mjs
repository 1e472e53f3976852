/**
 * What every end-to-end test stands on: the tarball that would be published, installed where a
 * user would install it; a web server for the pages; one Chromium a file; the real socket server.
 *
 *   EVERWIRE_TARBALL   the tarball to test (default: `npm pack` of the repository)
 *   CHROME             the browser (default: /usr/bin/chromium)
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { startServer } from "../server/server.mjs";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
export const repository = resolve(here, "../..");

/** No test takes this long, on a busy machine either; one that hangs is told apart from one that is slow. */
export const limit = { timeout: 180_000 };

export const chromiumPath = process.env.CHROME ?? "/usr/bin/chromium";

export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

const workspace = mkdtempSync(join(tmpdir(), "everwire-e2e-"));
process.once("exit", () => rmSync(workspace, { recursive: true, force: true }));

let packing;
const tarball = () => (packing ??= pack());

async function pack() {
  if (process.env.EVERWIRE_TARBALL) return resolve(process.env.EVERWIRE_TARBALL);
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", workspace], {
    cwd: repository,
  });
  return join(workspace, JSON.parse(stdout)[0].filename);
}

async function install() {
  const folder = join(workspace, "installed");
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  const flags = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"];
  await run("npm", ["install", ...flags, await tarball()], { cwd: folder });
  return join(folder, "node_modules");
}

let installing;
/** The node_modules folder that `npm install` of the tarball makes. */
export const installed = () => (installing ??= install());

/** A copy of a fixture with everwire installed in it; returns its folder. */
export async function project(fixture) {
  const folder = join(workspace, fixture);
  await cp(join(here, "fixtures", fixture), folder, { recursive: true });
  await cp(await installed(), join(folder, "node_modules"), { recursive: true });
  return folder;
}

/** The tarball's files, and those that imports of `everwire` and its other entries mean in a browser. */
async function unpack() {
  const folder = join(workspace, "unpacked");
  await mkdir(folder);
  await run("tar", ["-xzf", await tarball(), "-C", folder]);
  const { exports } = JSON.parse(await readFile(join(folder, "package/package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, target]) => target.types);
  const imports = Object.fromEntries(
    entries.map(([name, target]) => [name.replace(".", "everwire"), target.default.replace("./", "/")]),
  );
  return { folder: join(folder, "package"), module: exports["."].default, imports };
}

let unpacking;
export const unpacked = () => (unpacking ??= unpack());

/** Serves folders, the first that has the file; `pages` are paths with their text. */
export async function serveFolders(folders, pages = {}) {
  const http = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://127.0.0.1").pathname);
    const file = normalize(path.endsWith("/") ? `${path}index.html` : path);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const body = pages[path] ?? (await firstFile(folders, file));
    if (body === undefined) response.writeHead(404).end(`no ${path}`);
    else response.writeHead(200, { "content-type": type }).end(body);
  });
  await new Promise((ready) => http.listen(0, "127.0.0.1", ready));
  after(() => {
    http.close();
    http.closeAllConnections();
  });
  return `http://127.0.0.1:${http.address().port}`;
}

async function firstFile(folders, file) {
  for (const folder of folders) {
    try {
      return await readFile(join(folder, file));
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

/** The real server, stopped when the file's tests are over. */
export async function socketServer() {
  const server = await startServer();
  after(() => server.stop());
  return server;
}

/** One Chromium for the file's tests, closed when they are over. */
export async function launchBrowser() {
  const launched = await chromium.launch({
    executablePath: chromiumPath,
    args: CHROMIUM_FLAGS,
  });
  after(() => launched.close());
  return launched;
}

/** The browser of the tests that name none. */
export const browser = { name: "Chromium", launch: launchBrowser };

/** A new page that keeps what nobody caught: exceptions and rejections, as text, in `uncaught`. */
export async function openPage(browser) {
  const page = await browser.newPage();
  page.setDefaultTimeout(limit.timeout);
  const uncaught = [];
  page.on("pageerror", (error) => uncaught.push(error?.message ?? String(error)));
  return { page, uncaught };
}

/** Compares what nobody caught in a page with texts, or patterns, of what is expected. */
export function requireUncaught(uncaught, expected = []) {
  const matches = (text, wanted) => (wanted instanceof RegExp ? wanted.test(text) : wanted === text);
  const same = uncaught.length === expected.length && expected.every((wanted, at) => matches(uncaught[at], wanted));
  if (!same) assert.deepEqual(uncaught, expected, "what nobody caught in the page");
}

let lastId = 0;

/**
 * Everything for tests whose bodies run inside a page that has imported the package.
 *
 * `inPage(body, { args, uncaught, before })` loads a fresh document and calls `body(kit, args)` there;
 * the kit is described in kit.js. It fails when the body throws, and when what nobody caught in
 * the page differs from `uncaught`. `before` runs ahead of every script of the page. `withPage` is
 * for a test that also acts from outside: `act({ page, call, id })`, with `server` at hand;
 * `call(body, args, port)` is for a server of the test's own. `launch` starts another browser.
 * The files in anywhere/ are given all of it.
 */
export async function pageTests({ launch = browser.launch } = {}) {
  const [server, launched, { folder, imports }] = await Promise.all([socketServer(), launch(), unpacked()]);
  const importMap = JSON.stringify({ imports });
  const origin = await serveFolders([folder, here, join(repository, "bench/page")], {
    "/": `<!doctype html><title>everwire</title><link rel="icon" href="data:,">
      <script type="importmap">${importMap}</script>`,
  });

  // One process of Chromium's for all documents: a new one for each test costs more than most tests.
  let shared;

  async function blankPage(before) {
    if (!before) return (shared ??= await openPage(launched));
    const opened = await openPage(launched);
    await opened.page.addInitScript(before);
    return opened;
  }

  async function withPage(act, { uncaught: expected, before } = {}) {
    const opened = await blankPage(before);
    const { page, uncaught } = opened;
    const id = `e2e-${process.pid}-${(lastId += 1)}`;
    const call = (body, args, port = server.port) => {
      const setting = JSON.stringify({ id, port });
      return page.evaluate(
        `import("/kit.js").then(({ kit }) => (${body})(kit(${setting}), ${JSON.stringify(args ?? null)}))`,
      );
    };
    try {
      await page.goto(`${origin}/`);
      uncaught.length = 0;
      const result = await act({ page, call, id });
      // Firefox's driver tells of them later than of the result.
      for (let turns = 0; turns < 100 && uncaught.length < (expected?.length ?? 0); turns += 1) await sleep(20);
      requireUncaught(uncaught, expected);
      return result;
    } catch (error) {
      // The next test gets a page of its own, whatever this one has left behind.
      if (opened === shared) shared = undefined;
      throw error;
    } finally {
      if (opened !== shared) await page.context().close();
    }
  }

  const inPage = (body, { args, ...options } = {}) => withPage(({ call }) => call(body, args), options);

  return { test: (name, body) => test(name, limit, body), inPage, withPage, server };
}
