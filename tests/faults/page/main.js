/** The page of a chaos run: sends and receives numbered messages, then waits until all is calm, then hands in its book. */
import { message, numberIn, PACE } from "../messages.mjs";
import { Random } from "../random.mjs";
import { clients } from "./clients.js";
import { watchedWebSocket } from "./watched.js";

const CALM_PATIENCE = 30_000;
const ANSWER_PATIENCE = 2_000;

const asked = new URLSearchParams(location.search);
const random = new Random(Number(asked.get("seed")));
const post = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body) });

// What a peer leaves uncaught is its own affair, and shows in its row.
if (asked.get("library") === "everwire") {
  addEventListener("error", ({ message }) => post("/uncaught", message));
  addEventListener("unhandledrejection", ({ reason }) => post("/uncaught", String(reason)));
}

/**
 * `results`: what `send` said; `refused`: it threw; `dropped`: reported by an event; `handed` and `arrived`: what went
 * through native sockets; `delivered`: what the library passed on; `withdrawn`: dials that were closed before they opened.
 */
const book = { results: [], refused: [], dropped: [], handed: [], arrived: [], delivered: [], withdrawn: [] };
let calmed;

const client = clients[asked.get("library")]({
  url: `ws://127.0.0.1:${asked.get("port")}/`,
  WebSocket: watchedWebSocket(book),
  received(text) {
    const n = numberIn(text);
    if (n !== undefined) book.delivered.push(n);
    else calmed?.(text);
  },
  dropped(text) {
    const n = numberIn(text);
    if (n !== undefined) book.dropped.push(n);
  },
});

function send() {
  const n = book.results.length;
  let result = "refused";
  try {
    result = client.send(message(n, random), n);
  } catch {
    book.refused.push(n);
  }
  book.results.push(result);
}

/** Now and then somebody asks for a new connection, and sometimes twice. */
function meddle() {
  if (!random.oneIn(500)) return;
  client.reconnect();
  if (random.oneIn(2)) client.reconnect();
}

const sending = setInterval(() => {
  send();
  meddle();
}, PACE);

setTimeout(
  async () => {
    clearInterval(sending);
    await post("/calm");
    const deadline = performance.now() + CALM_PATIENCE;
    while (!(await settled()) && performance.now() < deadline);
    await post("/book", book);
  },
  Number(asked.get("seconds")) * 1000,
);

/** Whether a question came back: then so has everything that was sent before it on its connection, both ways. */
function settled() {
  const question = `calm ${performance.now()}`;
  return new Promise((resolve) => {
    const giveUp = setTimeout(resolve, ANSWER_PATIENCE, false);
    calmed = (text) => {
      if (text !== question) return;
      clearTimeout(giveUp);
      resolve(client.queued() === 0);
    };
    client.send(question);
  });
}
