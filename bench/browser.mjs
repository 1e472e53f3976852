import { once } from "node:events";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import puppeteer from "puppeteer-core";
import { findBrowser } from "../scripts/lib/browser.mjs";
import { inRoot, target } from "../scripts/lib/paths.mjs";
import { start } from "../scripts/lib/process.mjs";
import { rustContenders } from "./cases.mjs";
import { needsWasm } from "./codecs.mjs";
import { buildRust } from "./rust.mjs";

const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-precise-memory-info",
  "--js-flags=--expose-gc",
];
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};
const served = join(target, "bench", "page");

/** A browser, a server for the pages of these contenders, and the socket server; `close()` ends all three. */
export async function launch(contenders) {
  await bundle(contenders);
  const sockets = await startServer();
  const { http, origin } = await serve();
  // Network events would tell this process of each frame, and that takes as long as the frame's way there and back.
  const browser = await puppeteer.launch({
    executablePath: findBrowser().chrome,
    args: flags,
    networkEnabled: false,
    // A page says itself when there is no end in sight, and of which sample.
    protocolTimeout: 0,
  });
  return {
    browser,
    origin,
    port: sockets.port,
    startServer,
    version: (await browser.version()).replace(/^.*\//, ""),
    open: (contender, options) => openPage(browser, origin, contender, options),
    async close() {
      await browser.close();
      await sockets.kill();
      http.close();
      http.closeAllConnections();
    },
  };
}

/** A page in a process of its own with one contender in it. */
async function openPage(browser, origin, contender, { stub = false }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(`${origin}/page.html?contender=${contender}${stub ? "&stub" : ""}`);
  await page.waitForFunction(() => globalThis.ready);
  const devtools = await page.createCDPSession();
  return { contender, page, devtools, close: () => context.close() };
}

async function bundle(contenders) {
  const glue = contenders.some((name) => rustContenders.includes(name)) ? await buildRust() : undefined;
  const codecs = contenders.some(needsWasm) ? await buildRust("codecs-rust", "everwire_codecs_bench") : undefined;
  await rm(served, { recursive: true, force: true });
  await mkdir(join(served, "contenders"), { recursive: true });
  const common = { bundle: true, minify: true, format: "esm", target: "es2022", logLevel: "error" };
  await build({ ...common, entryPoints: [inRoot("bench/page/page.js")], outdir: served });
  await build({
    ...common,
    entryPoints: contenders.map((name) => inRoot(`bench/contenders/${name}.js`)),
    outdir: join(served, "contenders"),
    outbase: inRoot("bench/contenders"),
    // The first statement of the library's script, for `start`.
    banner: { js: "globalThis.ran ??= performance.now();" },
    alias: {
      everwire: inRoot("pkg/index.js"),
      "everwire/async": inRoot("pkg/async.js"),
      "everwire/msgpack": inRoot("pkg/msgpack.js"),
      "everwire/cbor": inRoot("pkg/cbor.js"),
      ...(glue && { "everwire-bench": join(glue, "everwire_bench.js") }),
      ...(codecs && { "everwire-codecs-bench": join(codecs, "everwire_codecs_bench.js") }),
    },
    external: ["node:*"],
  });
  await copyFile(inRoot("pkg/everwire.wasm"), join(served, "contenders/everwire.wasm"));
  if (glue) await copyFile(join(glue, "everwire_bench_bg.wasm"), join(served, "everwire_bench_bg.wasm"));
  if (codecs)
    await copyFile(join(codecs, "everwire_codecs_bench_bg.wasm"), join(served, "everwire_codecs_bench_bg.wasm"));
}

const head = `<!doctype html><title>bench</title><link rel="icon" href="data:,">`;
const pages = {
  "/page.html": `${head}<script type="module" src="/page.js"></script>`,
  "/start.html": `${head}<script>
    const began = performance.now();
    const contender = new URLSearchParams(location.search).get("contender");
    globalThis.WebSocket = class extends EventTarget {
      static CLOSING = 2;
      constructor() {
        super();
        globalThis.dialled ??= { loaded: performance.now() - began, run: performance.now() - globalThis.ran };
      }
      close() {}
      send() {}
    };
    import("/contenders/" + contender + ".js").then(({ open }) => open("ws://127.0.0.1/"));
  </script>`,
};

async function serve() {
  const http = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    // Isolated from other origins, a page's clock ticks every 5 µs.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.setHeader("cache-control", "max-age=3600");
    response.setHeader("content-type", `${types[extname(pathname)]}`);
    try {
      response.end(pages[pathname] ?? (await readFile(join(served, pathname))));
    } catch {
      response.writeHead(404).end();
    }
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { http, origin: `http://127.0.0.1:${http.address().port}` };
}

/** The socket server, which can be killed and started again on its port. */
async function startServer() {
  let running;
  const run = async (port) => {
    running = start("node", ["bench/server.mjs", String(port)], { stdio: ["ignore", "pipe", "inherit"] });
    return portOf(running);
  };
  const port = await run(0);
  return {
    port,
    async kill() {
      const ended = once(running, "exit");
      running.kill("SIGKILL");
      await ended;
    },
    /** Answers when it listened again, by the clock. */
    async restart() {
      await run(port);
      return Date.now();
    },
  };
}

async function portOf(server) {
  const [line] = await Promise.race([
    once(createInterface({ input: server.stdout }), "line"),
    once(server, "exit").then(() => Promise.reject(new Error("the server of the bench did not start"))),
  ]);
  return JSON.parse(line).port;
}
