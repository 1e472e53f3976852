/** Answers to a handshake after which no browser opens a connection. */
import { createHash } from "node:crypto";
import { Random } from "./random.mjs";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const switching = (proof, ...more) =>
  [
    "HTTP/1.1 101 Switching Protocols",
    "upgrade: websocket",
    "connection: Upgrade",
    `sec-websocket-accept: ${proof}`,
    ...more,
  ]
    .map((line) => `${line}\r\n`)
    .join("") + "\r\n";

const proofFor = (request) => {
  const [, key = ""] = /^sec-websocket-key: *(\S+)/im.exec(request) ?? [];
  return createHash("sha1").update(`${key}${GUID}`).digest("base64");
};

const GARBAGE = [
  () => "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno",
  () => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
  () => "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n",
  () => "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
  () => "HTTP/1.1 101 Switching Protocols\r\n\r\n",
  () => "HTTP/9.9 101\r\n\r\n",
  () => "SSH-2.0-OpenSSH_9.2\r\n",
  () => "HTTP/1.1 101 Switching Protocols\r\nupgrade: websock",
  (random) => Buffer.from(Array.from({ length: random.between(1, 2000) }, () => random.between(0, 255))),
];

/** What each kind of spoilt dial does; `socket` is the browser's, `request` the text of its handshake. */
export const spoil = {
  reset: (socket) => socket.resetAndDestroy(),
  hang() {},
  garbage(socket, request, { answer }) {
    const random = new Random(answer);
    socket.end(random.pick(GARBAGE)(random));
  },
  protocol: (socket, request) =>
    socket.end(switching(proofFor(request), "sec-websocket-protocol: nobody-asked-for-this")),
  accept: (socket) => socket.end(switching(proofFor(""))),
};
