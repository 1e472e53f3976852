/**
 * The server of the bench, in a process of its own so that it does not share a thread with what is measured. It prints
 * {"port":N} once it listens. socket.io's server listens on the same port.
 *
 *   /echo    sends every message back
 *   /flood   for {"count","size","kind"} sends so many messages of that size
 *   /count   answers a message that ends with "!" with how many it has had
 *   /greet   sends a message as soon as a connection is open
 */
import { createServer } from "node:http";
import { Server as SocketIoServer } from "socket.io";
import { WebSocketServer } from "ws";

const LAST = "!".charCodeAt(0);

const behaviours = {
  "/echo": (connection) => connection.on("message", (data, binary) => connection.send(binary ? data : String(data))),
  "/flood": (connection) =>
    connection.on("message", (data) => {
      const { count, size, kind } = JSON.parse(data);
      const message = kind === "text" ? "x".repeat(size) : Buffer.alloc(size, "x");
      for (let sent = 0; sent < count; sent += 1) connection.send(message);
    }),
  "/count": (connection) => {
    let count = 0;
    connection.on("message", (data) => {
      count += 1;
      if (data.at(-1) === LAST) connection.send(String(count));
    });
  },
  "/greet": (connection) => connection.send("hello"),
};

/** A socket.io connection with the part of `ws` that the behaviours use. */
const likeWs = (socket) => ({
  on: (_name, heard) => socket.on("message", (data) => heard(data, typeof data !== "string")),
  send: (data) => socket.send(data),
});

const http = createServer();
const plain = new WebSocketServer({ noServer: true });
const socketIo = new SocketIoServer({ maxHttpBufferSize: 1 << 24 });
// It serves no clients over HTTP, and takes the upgrades of its own path only.
socketIo.attach(http, { transports: ["websocket"], serveClient: false, destroyUpgrade: false });

socketIo.on("connection", (socket) => {
  const { pathname } = new URL(socket.handshake.query.url);
  behaviours[pathname](likeWs(socket));
});

http.on("upgrade", (request, socket, head) => {
  const { pathname } = new URL(request.url, "http://127.0.0.1");
  const behaviour = behaviours[pathname];
  if (!behaviour) return;
  plain.handleUpgrade(request, socket, head, (connection) => {
    connection.on("error", () => {});
    behaviour(connection);
  });
});

http.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(JSON.stringify({ port: http.address().port }));
});
