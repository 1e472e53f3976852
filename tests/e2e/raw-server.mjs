/** A server that opens WebSocket connections and then says whatever bytes a test wants, right or wrong. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { after } from "node:test";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Dial `/NAME` to be told `sayings[NAME]`, a list of buffers; what comes in is thrown away. */
export async function rawServer(sayings) {
  const sockets = new Set();
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
    socket.once("end", () => socket.end());
    socket.resume();
    const proof = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
    const head = ["HTTP/1.1 101 Switching Protocols", "upgrade: websocket", "connection: Upgrade"];
    socket.write([...head, `sec-websocket-accept: ${proof}`, "", ""].join("\r\n"));
    for (const bytes of sayings[decodeURIComponent(request.url.slice(1))]) socket.write(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: server.address().port };
}

export const FINAL = 0x80;
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** A server's frame: the first byte as it is given, the length as it is. */
export function frame(first, payload = "") {
  const body = Buffer.from(payload);
  const length = Buffer.alloc(body.length < 126 ? 1 : body.length < 65536 ? 3 : 9);
  if (length.length === 1) length.writeUInt8(body.length);
  else if (length.length === 3) length.writeUIntBE(126 * 65536 + body.length, 0, 3);
  else {
    length.writeUInt8(127);
    length.writeBigUInt64BE(BigInt(body.length), 1);
  }
  return Buffer.concat([Buffer.of(first), length, body]);
}
