/** One chaos run: a library in a real page, the proxy, the real server, and the accounts of it all. */
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { openPage } from "./browser.mjs";
import { sum, tally } from "./accounts.mjs";
import { startCounterpart } from "./counterpart.mjs";
import { startProxy } from "./proxy.mjs";
import { script } from "./script.mjs";

export const libraries = ["everwire", "reconnecting-websocket", "partysocket"];

/** Beyond the seconds of the run: starting a browser on a busy machine, and the calm at the end. */
const PATIENCE = 120_000;

/** The page's script; `everwire` is the file that an import of the package means. */
export async function bundlePage(everwire) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page/main.js", import.meta.url))],
    alias: { everwire },
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/**
 * Runs one library; answers its row, and what is unaccounted for in words. `page` is what `bundlePage` made; `onProgress` is called now and then with the
 * numbers so far.
 */
export async function runChaos({ library, seed, seconds, browser, page, onProgress = () => {} }) {
  let proxy;
  const counterpart = await startCounterpart({ seed: seed + 1, isLate: (dial) => proxy.superseded(dial) });
  proxy = await startProxy({ target: counterpart.port, faults: script(seed) });
  const calm = async () => {
    counterpart.calm();
    await proxy.calm();
  };
  const web = await servePage(page, calm);
  const query = new URLSearchParams({ library, seed: seed + 2, seconds, port: proxy.port });
  const opened = openPage(browser, `http://127.0.0.1:${web.port}/?${query}`);
  const progress = setInterval(
    () => onProgress({ received: counterpart.received.length, dials: proxy.dials, kills: proxy.kills }),
    1000,
  );
  try {
    const book = await Promise.race([web.book, opened.ended, overdue(seconds * 1000 + PATIENCE, library)]);
    const directions = Object.entries(account(book, counterpart, proxy));
    const numbers = sum(directions.map(([, { row }]) => row));
    const mysteries = directions.flatMap(([direction, { mysteries }]) =>
      mysteries.map((sentence) => `${direction}: ${sentence}`),
    );
    const maxLive = proxy.maxLive(new Set(book.withdrawn));
    return { row: { library, ...numbers, maxLive, kills: proxy.kills }, mysteries };
  } finally {
    clearInterval(progress);
    await opened.stop();
    web.stop();
    proxy.stop();
    counterpart.stop();
  }
}

/** The accounts of both directions, from the page's book (see page/main.js), the counterpart's and the proxy's. */
export function account(book, counterpart, proxy) {
  const died = (connection) => proxy.died(connection);
  const said = (result) => book.results.flatMap((given, n) => (given === result ? [n] : []));
  const handed = new Set(book.handed.map(({ n }) => n));
  // "sent" is a promise: it was handed to a connection. Without that, no report makes up for it.
  const untrue = new Set(said("sent").filter((n) => !handed.has(n)));
  const toServer = tally({
    accepted: book.results.map((_, n) => n),
    reported: [...book.refused, ...book.dropped].filter((n) => !untrue.has(n)),
    handed: book.handed,
    received: counterpart.received,
    died,
  });
  const delivered = new Set(book.delivered);
  const toPage = tally({
    accepted: counterpart.sent.map(({ n }) => n),
    reported: [],
    handed: counterpart.sent.map((entry) => ({ ...entry, open: true })),
    received: book.delivered.map((n) => ({ n, late: false })),
    swallowed: book.arrived.filter(({ n, wanted }) => wanted && !delivered.has(n)).map(({ n }) => n),
    died,
  });
  return { "to the server": toServer, "to the page": toPage };
}

async function servePage(script, calm) {
  let handIn, fail;
  const book = new Promise((...settle) => ([handIn, fail] = settle));
  book.catch(() => {});
  const html = `<!doctype html><title>chaos</title><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>`;
  const answers = {
    "/": () => ["text/html; charset=utf-8", html],
    "/main.js": () => ["text/javascript; charset=utf-8", script],
    "/calm": () => calm().then(() => ["application/json", "{}"]),
    "/book": (body) => (handIn(JSON.parse(body)), ["application/json", "{}"]),
    "/uncaught": (body) => (
      fail(new Error(`nobody caught in the page: ${JSON.parse(body)}`)),
      ["application/json", "{}"]
    ),
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const body = (await request.setEncoding("utf8").toArray()).join("");
    const [type, text] = Object.hasOwn(answers, pathname) ? await answers[pathname](body) : [];
    response.writeHead(type ? 200 : 404, type ? { "content-type": type } : {}).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    book,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function overdue(patience, library) {
  return new Promise((_, reject) => {
    const sentence = `the page of ${library} did not hand in its book`;
    setTimeout(() => reject(new Error(sentence)), patience).unref();
  });
}
