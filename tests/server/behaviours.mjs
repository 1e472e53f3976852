/**
 * What the test server does to a dial, by path. Without a query value the default is in brackets.
 *
 * Never opens:
 *   /refuse?status=       [503] answers the handshake with an HTTP error
 *   /hang                 never answers the handshake
 *   /reset                cuts TCP during the handshake
 *
 * Opens, then:
 *   /echo                 sends every message back
 *   /answer               answers JSON: { id, request } with { id, reply: request }, "fail" with an error, "silence" with
 *                         nothing; { id, subscribe: count } with so many replies 0, 1, …; anything else comes back
 *   /record, /silent      answers nothing
 *   /heartbeat            answers "ping" with "pong", nothing else
 *   /slow?rate=           the same, and takes in so many bytes a second [8 MiB]
 *   /close?after=&code=&reason=   closes after N received messages [0: at once], code [none: 1005]
 *   /accept-then-close    the same as /close?code=1000
 *   /drop?after=          cuts TCP after N received messages [0]
 *   /push?count=&size=&binary=1   sends [1] messages: "0", "1", … padded with dots to [0] bytes
 *   /greet?text=          sends one text as soon as it is open ["hello"]
 *   /nested?depth=        sends JSON arrays in arrays [1,000 levels]
 *   /protocols?pick=      answers with this subprotocol [the first offered]; elsewhere the first too
 *
 * A muted id (control: mute) records and answers nothing, on every path.
 */
const REASONS = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
};

/** A dial's path and query, as a request or as an entry of a script of dials says it. */
export function parseDial(address) {
  const { pathname, searchParams } = new URL(address, "http://127.0.0.1");
  return { name: pathname.slice(1), query: searchParams };
}

/** Behaviours that keep a connection from opening. */
export const handshakes = {
  refuse(socket, query) {
    const status = Number(query.get("status") ?? 503);
    socket.end(`HTTP/1.1 ${status} ${REASONS[status] ?? "No"}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  },
  hang() {},
  reset(socket) {
    socket.resetAndDestroy();
  },
};

const number = (query, name, fallback) => Number(query.get(name) ?? fallback);

function closeWith(connection, query) {
  if (query.has("code")) connection.close(number(query, "code"), query.get("reason") ?? "");
  else connection.close();
}

function afterMessages(connection, count, end) {
  let left = count;
  if (left === 0) return end();
  connection.on("message", () => {
    left -= 1;
    if (left === 0) end();
  });
}

const opened = {
  echo: (connection, _query, answer) =>
    connection.on("message", (data, isBinary) => answer(data, { binary: isBinary })),
  answer: (connection, _query, answer) =>
    connection.on("message", (data) => {
      for (const reply of repliesTo(JSON.parse(data))) answer(JSON.stringify(reply));
    }),
  record() {},
  silent() {},
  heartbeat: (connection, _query, answer) =>
    connection.on("message", (data) => data.length === 4 && String(data) === "ping" && answer("pong")),
  slow(connection, query, answer, socket) {
    opened.heartbeat(connection, query, answer);
    const began = performance.now();
    let bytes = 0;
    socket.prependListener("data", (chunk) => {
      bytes += chunk.length;
      const early = (bytes / number(query, "rate", 8 << 20)) * 1000 - (performance.now() - began);
      if (early < 1) return;
      connection.pause();
      setTimeout(() => connection.resume(), early);
    });
  },
  close: (connection, query) =>
    afterMessages(connection, number(query, "after", 0), () => closeWith(connection, query)),
  "accept-then-close": (connection) => connection.close(1000),
  drop: (connection, query) => afterMessages(connection, number(query, "after", 0), () => connection.terminate()),
  push(connection, query, answer) {
    const size = number(query, "size", 0);
    for (let index = 0; index < number(query, "count", 1); index += 1) {
      answer(String(index).padEnd(size, "."), { binary: query.has("binary") });
    }
  },
  greet: (_connection, query, answer) => answer(query.get("text") ?? "hello"),
  nested(_connection, query, answer) {
    const depth = number(query, "depth", 1000);
    answer("[".repeat(depth) + "]".repeat(depth));
  },
  protocols() {},
};

function repliesTo(message) {
  const { id, request, subscribe, unsubscribe } = message ?? {};
  if (request === "fail") return [{ id, error: { why: "on purpose" } }];
  if (request === "silence" || unsubscribe !== undefined) return [];
  if (request !== undefined) return [{ id, reply: request }];
  if (subscribe !== undefined) return Array.from({ length: subscribe }, (_, reply) => ({ id, reply }));
  return [message];
}

/** Runs a behaviour on a connection that has just opened. */
export function serve(connection, { name, query }, book, socket) {
  const behaviour = Object.hasOwn(opened, name) ? opened[name] : null;
  if (!behaviour) {
    connection.close(4404, `the test server has no /${name}`);
    return;
  }
  const answer = (data, options) => {
    if (!book.muted) connection.send(data, options);
  };
  behaviour(connection, query, answer, socket);
}

/** The subprotocol to answer with; `false` leaves it out. */
export function protocolFor(offered, { query }) {
  return query.get("pick") ?? offered.values().next().value ?? false;
}
