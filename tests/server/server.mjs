/**
 * The real server of the tests: HTTP for control, WebSocket for everything else, one port.
 *
 *   node tests/server/server.mjs          listens on 127.0.0.1, a port the system picks,
 *                                         and prints {"port":N} when it is ready
 *   import { startServer } from ".../server.mjs"   the same inside a test's own process
 *
 * A dial says by its path what the server does to it, and by `id` which test it belongs to:
 *
 *   ws://127.0.0.1:N/echo?id=a-test
 *
 * The paths are listed in behaviours.mjs. What an id saw is kept apart from every other id.
 *
 * Control is plain GET with CORS *, `/control/ACTION?id=ID&…`. Every answer is the id's stats:
 *
 *   stats                                what was seen so far
 *   next?dial=/refuse&dial=/close%3Fcode%3D4001
 *                                        what the next dials get, in order, instead of their path;
 *                                        `forget=1` drops what is left of an older list
 *   kill                                 cuts the TCP connection of all (the client sees 1006)
 *   close?code=&reason=                  closes all with a code and a reason
 *   send?text=                           sends a text to all
 *   mute, unmute                         reads and records, but answers nothing (also later dials)
 *   stall, unstall                       stops reading: no pong, no closing handshake, TCP stays up
 *   wait?dials=&opens=&received=&closes=&abandoned=&live=&within=20000
 *                                        answers when every given count is reached (`live` exactly,
 *                                        the others at least); 408 with the stats if it never is
 *
 * Stats are
 *
 *   { id, live, maxLive,
 *     dials: [{ number, at, path, protocols,        as asked for; `at` in ms since the server began
 *               opened, abandoned,                  abandoned: the client went away before an answer
 *               received, bytes,                    its messages in order, and their size in total
 *               close: { at, code, reason } | null }],
 *     received: [ … ],                              the messages of all dials, in order of arrival
 *     opens, closes, abandoned }                    how many dials did
 *
 * where a text message is its string (a long one is { text: its beginning, bytes }) and a binary
 * one is { hex: its first 64 bytes, bytes }.
 */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { handshakes, parseDial, protocolFor, serve } from "./behaviours.mjs";
import { Ledger } from "./ledger.mjs";

const MAX_PAYLOAD = 256 * 1024 * 1024;

/** Starts a server; `stop()` cuts every connection and frees the port. */
export async function startServer({ port = 0 } = {}) {
  const ledgers = new Map();
  const sockets = new Set();
  const ledger = (id) => {
    if (!ledgers.has(id)) ledgers.set(id, new Ledger(id));
    return ledgers.get(id);
  };

  const actions = {
    stats: () => {},
    next: (book, query) => book.script(query.getAll("dial"), query.has("forget")),
    kill: (book) => book.each((connection) => connection.terminate()),
    close: (book, query) =>
      book.each((connection) => connection.close(Number(query.get("code") ?? 1000), query.get("reason") ?? "")),
    send: (book, query) => book.each((connection) => connection.send(query.get("text") ?? "")),
    mute: (book) => book.mute(true),
    unmute: (book) => book.mute(false),
    stall: (book) => book.stall(true),
    unstall: (book) => book.stall(false),
    wait: (book, query) => book.wait(Object.fromEntries(query)),
  };

  const control = async (id, action, query = new URLSearchParams()) => {
    const book = ledger(id);
    const reached = await actions[action](book, query);
    return { reached: reached ?? true, stats: book.stats() };
  };

  const http = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    const action = pathname.replace(/^\/control\//, "");
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("cache-control", "no-store");
    response.setHeader("content-type", "application/json");
    if (action === pathname || !Object.hasOwn(actions, action)) {
      response.writeHead(404).end(JSON.stringify({ error: `no ${pathname} here` }));
      return;
    }
    const { reached, stats } = await control(searchParams.get("id") ?? "", action, searchParams);
    response.writeHead(reached ? 200 : 408).end(JSON.stringify(stats));
  });
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });

  const websockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    handleProtocols: (offered, request) => protocolFor(offered, request.behaviour),
  });

  http.on("upgrade", (request, socket, head) => {
    const asked = parseDial(request.url);
    const book = ledger(asked.query.get("id") ?? "");
    const dial = book.dial(asked, request.headers["sec-websocket-protocol"]);
    const behaviour = book.nextBehaviour(asked);
    socket.on("error", () => {});
    request.behaviour = behaviour;

    const refuseToOpen = handshakes[behaviour.name];
    if (refuseToOpen) {
      refuseToOpen(socket, behaviour.query);
      const unanswered = !socket.writableEnded && !socket.destroyed;
      if (unanswered) socket.once("close", () => book.abandon(dial));
      socket.once("end", () => socket.destroy());
      socket.resume();
      return;
    }
    websockets.handleUpgrade(request, socket, head, (connection) => {
      book.open(dial, connection);
      serve(connection, behaviour, book, socket);
    });
  });

  await new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, "127.0.0.1", resolve);
  });
  const bound = http.address().port;

  return {
    port: bound,
    /** The URL of a dial: `url("/close", { id, code: 4000 })`. */
    url: (path, query = {}) => `ws://127.0.0.1:${bound}${path}?${new URLSearchParams(query)}`,
    /** The control interface without HTTP; throws where HTTP says 408. */
    async control(id, action, query = {}) {
      const { reached, stats } = await control(id, action, new URLSearchParams(query));
      if (!reached) {
        throw new Error(`${id}: never saw ${JSON.stringify(query)}, but ${JSON.stringify(stats)}`);
      }
      return stats;
    },
    stop: () =>
      new Promise((resolve) => {
        http.close(resolve);
        for (const socket of sockets) socket.destroy();
      }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { port } = await startServer();
  console.log(JSON.stringify({ port }));
}
