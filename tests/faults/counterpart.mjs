/** The real server behind the proxy: a WebSocket server that keeps books. */
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { Random } from "./random.mjs";
import { message, numberIn, PACE } from "./messages.mjs";

/** `isLate(dial)` says whether a connection's client has moved on to another; `pace` is the ms from one message to the next. */
export async function startCounterpart({ seed, isLate, pace = PACE }) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const random = new Random(seed);
  const sent = [];
  const received = [];
  let newest;

  server.on("connection", (connection, request) => {
    const dial = Number(new URL(request.url, "ws://127.0.0.1").searchParams.get("dial"));
    newest = { connection, dial };
    connection.on("error", () => {});
    connection.on("message", (data) => {
      const text = String(data);
      const n = numberIn(text);
      if (n !== undefined) received.push({ n, late: isLate(dial) });
      else connection.send(text === "ping" ? "pong" : text);
    });
  });

  const push = () => {
    if (newest?.connection.readyState !== WebSocket.OPEN) return;
    newest.connection.send(message(sent.length, random));
    sent.push({ n: sent.length, connection: newest.dial });
  };
  const pushing = setInterval(push, pace);

  return {
    port: server.address().port,
    sent,
    received,
    get live() {
      return server.clients.size;
    },
    /** No more numbered messages. */
    calm: () => clearInterval(pushing),
    /** So many messages in one go. */
    burst(count) {
      for (let left = count; left > 0; left -= 1) push();
    },
    stop() {
      clearInterval(pushing);
      for (const connection of server.clients) connection.terminate();
      server.close();
    },
  };
}
