import { createServer } from "node:http";
import { once } from "node:events";
import { WebSocketServer } from "ws";
import { lastMinute, pricesAt, tickInterval } from "./prices.mjs";
import { readClientMessage } from "./messages.mjs";

const silenceEnds = 60_000;
const floodBatch = 250;
// Low enough that the answer to a heartbeat is not stuck behind the whole flood.
const floodHighWater = 64 * 1024;

/**
 * One chat room and one price feed over one socket, and the troubles they can get into.
 * `remember` is called with each new chat message before anybody hears of it: whatever is
 * confirmed to a client survives the death of this process.
 */
export class Room {
  #server = createServer((_, response) => response.writeHead(426).end("a WebSocket is served here\n"));
  #sockets = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 });
  #members = new Map();
  #history;
  #known;
  #remember;
  #run;
  #dials = "accept";
  #dialsTimer;

  constructor({ history, remember, run }) {
    this.#history = history;
    this.#known = new Set(history.map(({ id }) => id));
    this.#remember = remember;
    this.#run = run;
    this.#server.on("upgrade", (request, stream, head) => this.#dialled(request, stream, head));
    setInterval(() => this.#tick(), tickInterval);
  }

  /** Starts to listen and answers the port. */
  async listen(port, host) {
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    return this.#server.address().port;
  }

  /** Brings about one of the troubles that `messages.mjs` describes. */
  cause(trouble) {
    switch (trouble.kind) {
      case "refuse":
        this.#treatDials("refuse", trouble.seconds);
        for (const socket of this.#members.keys()) socket.terminate();
        break;
      case "turn-away":
        this.#treatDials("turn-away", trouble.seconds);
        for (const socket of this.#members.keys()) socket.close(1013, "no room");
        break;
      case "silence":
        for (const [socket, member] of this.#members) {
          member.silent = true;
          socket.pause();
          // A paused socket does not even see that its client is gone.
          setTimeout(() => socket.terminate(), silenceEnds);
        }
        break;
      case "close":
        for (const socket of this.#members.keys()) socket.close(trouble.code, trouble.reason);
        break;
      case "flood":
        for (const socket of this.#members.keys()) this.#flood(socket, trouble.count);
        break;
    }
  }

  #treatDials(how, seconds) {
    clearTimeout(this.#dialsTimer);
    this.#dials = how;
    this.#dialsTimer = setTimeout(() => (this.#dials = "accept"), seconds * 1000);
  }

  #dialled(request, stream, head) {
    if (this.#dials === "refuse") {
      stream.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      // A client that vanishes mid-frame is daily life: its `close` says all there is to say.
      socket.on("error", () => {});
      if (this.#dials === "turn-away") socket.close(1013, "no room");
      else this.#welcome(socket, nameIn(request));
    });
  }

  #welcome(socket, name) {
    this.#members.set(socket, { name, silent: false });
    socket.on("close", () => {
      this.#members.delete(socket);
      this.#announcePresence();
    });
    socket.on("message", (data, isBinary) => this.#received(socket, data, isBinary));
    const now = Date.now();
    say(socket, {
      type: "welcome",
      server: { run: this.#run, pid: process.pid },
      history: this.#history,
      ticks: lastMinute(now),
    });
    this.#announcePresence();
  }

  #received(socket, data, isBinary) {
    const message = isBinary ? undefined : readClientMessage(data.toString());
    switch (message?.type) {
      case "ping":
        say(socket, { type: "pong" });
        break;
      case "say":
        this.#said(socket, message);
        break;
      default:
        socket.close(1008, "not a message of this room");
    }
  }

  // A client that cannot know whether a message arrived sends it again. The id makes that harmless:
  // the second time only the sender hears, as the confirmation that it was waiting for.
  #said(socket, { id, text }) {
    if (this.#known.has(id)) {
      const said = this.#history.find((earlier) => earlier.id === id);
      if (said) say(socket, said);
      return;
    }
    const said = { type: "said", id, from: this.#members.get(socket).name, text, at: Date.now() };
    this.#known.add(id);
    this.#history.push(said);
    if (this.#history.length > 200) this.#history.shift();
    this.#remember(said);
    this.#broadcast(said);
  }

  #tick() {
    const at = Date.now();
    this.#broadcast({ type: "tick", at, prices: pricesAt(at) });
  }

  #announcePresence() {
    let present = 0;
    for (const { silent } of this.#members.values()) if (!silent) present += 1;
    this.#broadcast({ type: "presence", present });
  }

  #broadcast(message) {
    const frame = JSON.stringify(message);
    for (const [socket, { silent }] of this.#members) if (!silent) socket.send(frame);
  }

  #flood(socket, count) {
    let number = 0;
    const pour = () => {
      if (socket.readyState !== socket.OPEN) return;
      for (let i = 0; i < floodBatch && number < count; i += 1) {
        number += 1;
        say(socket, { type: "flood", number, of: count });
      }
      if (number === count) return;
      if (socket.bufferedAmount > floodHighWater) setTimeout(pour, 10);
      else setImmediate(pour);
    };
    pour();
  }
}

function say(socket, message) {
  socket.send(JSON.stringify(message));
}

function nameIn(request) {
  const { searchParams } = new URL(request.url, "http://room");
  return searchParams.get("name")?.trim().slice(0, 40) || "Somebody";
}
