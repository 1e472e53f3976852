/**
 * The libraries behind one interface. Each keeps its own defaults but for the times, which are short and as alike as
 * their options allow, so that a run of seconds sees many reconnects.
 */
import { Socket } from "everwire";
import PartySocket from "partysocket/ws";
import ReconnectingWebSocket from "reconnecting-websocket";

const CONNECT_TIMEOUT = 1_500;
const SHORTEST_WAIT = 20;
const LONGEST_WAIT = 600;
const TTL = 500;

/** One message in ten is of no use after half a second; only everwire can be told so. */
const ttlOf = (n) => (n % 10 === 9 ? { ttl: TTL } : undefined);

function everwire({ url, WebSocket, received, dropped }) {
  const socket = new Socket(url, {
    WebSocket,
    connectTimeout: CONNECT_TIMEOUT,
    stableAfter: 500,
    backoff: { min: SHORTEST_WAIT, base: 40, max: LONGEST_WAIT - SHORTEST_WAIT },
    heartbeat: { message: "ping", answer: "pong", interval: 300, timeout: 600 },
  });
  socket.onmessage = ({ data }) => received(data);
  socket.ondrop = ({ message }) => dropped(message);
  // A code such as 1008 says for good; the application of this run tries again all the same.
  socket.onclose = ({ willRetry }) => willRetry || socket.open();
  return {
    send: (text, n) => socket.send(text, ttlOf(n)),
    reconnect: () => socket.reconnect(),
    queued: () => socket.queue.count,
  };
}

const peer =
  (Peer) =>
  ({ url, WebSocket, received }) => {
    const socket = new Peer(url, [], {
      WebSocket,
      connectionTimeout: CONNECT_TIMEOUT,
      minUptime: 500,
      minReconnectionDelay: SHORTEST_WAIT,
      maxReconnectionDelay: LONGEST_WAIT,
    });
    socket.onmessage = ({ data }) => received(data);
    return {
      send: (text) => socket.send(text),
      reconnect: () => socket.reconnect(),
      queued: () => socket._messageQueue.length,
    };
  };

export const clients = {
  everwire,
  "reconnecting-websocket": peer(ReconnectingWebSocket),
  partysocket: peer(PartySocket),
};
