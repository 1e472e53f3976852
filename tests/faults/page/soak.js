/** The page of a soak: sockets that live throughout and reconnect again and again, and others that come and go. */
import { Socket } from "everwire";
import { Random } from "../random.mjs";

const TROUBLES = 25;
const PASSING = 10;
const FAST = { backoff: { min: 0, base: 1, max: 4 }, stableAfter: 50, connectTimeout: 5_000 };

const port = new URLSearchParams(location.search).get("port");
const random = new Random(1);
const nothing = () => {};

const url = (path, id) => `ws://127.0.0.1:${port}${path}?id=${id}`;

async function control(id, action, query = {}) {
  const answer = await fetch(`http://127.0.0.1:${port}/control/${action}?${new URLSearchParams({ id, ...query })}`);
  if (!answer.ok) throw new Error(`${action} for ${id}: ${answer.status}`);
  await answer.arrayBuffer();
}

/** The next event; its listener is gone afterwards. */
const next = (socket, type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));

/** Waits for a connection that answers: one that has just opened may be closed by the server at once. */
async function settled(socket) {
  for (;;) {
    await socket.opened;
    const closed = new AbortController();
    const { signal } = closed;
    const answers = await new Promise((resolve) => {
      socket.addEventListener("message", () => resolve(true), { signal });
      socket.addEventListener("close", () => resolve(false), { signal });
      socket.send("still there?");
    });
    closed.abort();
    if (answers) return;
  }
}

/** Each ends a connection in its own way; the caller waits for the next. */
const troubles = [
  (socket) => socket.reconnect(),
  (socket) => (socket.reconnect(), socket.reconnect()),
  (_, id) => control(id, "kill"),
  (_, id) => control(id, "close", { code: 1012, reason: "restart" }),
  async (_, id) => {
    await control(id, "next", { dial: "/accept-then-close" });
    await control(id, "kill");
  },
  async (_, id) => {
    // Chromium holds back the dials of a page in which many fail.
    if (random.oneIn(8)) await control(id, "next", { dial: "/reset" });
    await control(id, "kill");
  },
  async (socket) => {
    const closed = next(socket, "close");
    socket.close(4000, "pause");
    await closed;
    socket.open();
  },
];

/** Sockets that live throughout, each used in another way. */
const lasting = [
  (id) => new Socket(url("/echo", id), FAST),
  (id) => new Socket(async () => url("/echo", id), { ...FAST, protocols: () => ["one", "two"] }),
  (id) => new Socket(url("/echo", id), { ...FAST, codec: "json", heartbeat: { message: "ping", answer: "ping" } }),
  (id) => new Socket(() => url("/echo", id), { ...FAST, shouldRetry: () => true, binaryType: "arraybuffer" }),
].map((create, at) => ({ id: `lasting-${at}`, socket: create(`lasting-${at}`) }));

let opens = 0;
for (const { socket } of lasting) socket.addEventListener("open", () => (opens += 1));

async function annoy({ socket, id }) {
  for (let left = TROUBLES; left > 0; left -= 1) {
    const opened = next(socket, "open");
    await random.pick(troubles)(socket, id);
    if (socket.state !== "open") {
      socket.send("while it is down", { ttl: random.between(0, 3), key: "down" });
      for (const type of ["open", "message", "retry"]) {
        socket.addEventListener(type, nothing);
        socket.removeEventListener(type, nothing);
      }
    }
    await opened;
    await settled(socket);
  }
}

async function comeAndGo(index) {
  const id = "passing";
  const idle = new Socket(url("/echo", id), { autoOpen: false });
  idle.onopen = () => idle.send("never");
  const socket = new Socket(url("/echo", id), FAST);
  socket.onmessage = nothing;
  await socket.opened;
  const messages = socket[Symbol.asyncIterator]();
  socket.send(new Blob(["blob"]));
  socket.send(new Uint8Array(10));
  socket.send("text");
  for (let left = 3; left > 0; left -= 1) await messages.next();
  if (index % 3 === 0) return socket[Symbol.dispose]();
  const closed = next(socket, "close");
  socket.close(1000, "done");
  await closed;
}

window.WireSocket = Socket;

/** Plays one round; answers how many connections the lasting sockets have had until now. */
window.playRound = async () => {
  await Promise.all([...lasting.map(annoy), ...Array.from({ length: PASSING }, (_, index) => comeAndGo(index))]);
  await control("passing", "wait", { live: 0 });
  // What the page's own requests and the failed dials leave in the browser's books.
  performance.clearResourceTimings();
  console.clear();
  return opens;
};
