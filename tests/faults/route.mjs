/** One connection through the proxy: opens to the server behind it, then lives and dies as its fault says. */
import { connect } from "node:net";
import { closeFrame, FrameWalker, insideFrame } from "./frames.mjs";
import { Lane } from "./lane.mjs";
import { spoil } from "./spoilt.mjs";

const HEAD_END = Buffer.from("\r\n\r\n");

/** Resets a connection; one that is being shut down is only destroyed, as libuv would refuse the reset and leak it. */
function cut(socket) {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

export class Route {
  /** The client's number for this dial, from its URL. */
  dial = 0;
  /** From the handshake's arrival at the client until one side says that it is over: a close frame, or TCP's end. */
  live = false;
  opened = false;
  /** The client gave it up, or it was cut; whether it had opened or not. */
  over = false;
  /** The proxy ended it while it was live. */
  killed = false;
  #client;
  #server;
  #target;
  #fault;
  #changed;
  #toPage;
  #toServer;
  #fromPage = new FrameWalker();
  #passedToPage = new FrameWalker();
  #passedToServer = new FrameWalker();
  #timer;
  #cutting;
  #closing;
  #struck = false;

  /** `changed` is called with the route whenever `live` has changed. */
  constructor({ client, target, fault, changed }) {
    this.#client = client;
    this.#target = target;
    this.#fault = fault;
    this.#changed = changed;
    this.#toPage = new Lane((bytes) => this.#passToPage(bytes), fault);
    this.#toServer = new Lane((bytes) => this.#passToServer(bytes), fault);
    client.setNoDelay(true).on("error", () => {});
    client.once("close", () => this.#gaveUp());
    client.once("end", () => this.#gaveUp());
    if (fault.dial === "reset") spoil.reset(client);
    else this.#readRequest();
  }

  /** Meets another fault than it was made for, now. */
  strike(fault) {
    if (!this.live) return;
    clearTimeout(this.#timer);
    this.#fault = fault;
    this.#end();
  }

  /** The faults are over: whatever is broken ends now, whatever works stays. */
  heal() {
    clearTimeout(this.#timer);
    if (this.#fault.dial || this.#struck) this.destroy();
    else this.#fault = {};
  }

  destroy() {
    clearTimeout(this.#timer);
    this.#die();
    this.#toPage.swallow();
    this.#toServer.swallow();
    cut(this.#client);
    if (this.#server) cut(this.#server);
  }

  #readRequest() {
    let head = Buffer.alloc(0);
    const read = (bytes) => {
      head = Buffer.concat([head, bytes]);
      if (!head.includes(HEAD_END)) return;
      this.#client.off("data", read);
      const request = head.toString("latin1");
      this.dial = Number(/^GET \S*[?&]dial=(\d+)/.exec(request)?.[1] ?? 0);
      if (!this.#fault.dial) return this.#forward(head);
      this.#client.resume();
      spoil[this.#fault.dial](this.#client, request, this.#fault);
    };
    this.#client.on("data", read);
  }

  #forward(request) {
    const server = connect(this.#target, "127.0.0.1");
    this.#server = server;
    server.setNoDelay(true).on("error", () => {});
    server.once("close", () => this.#toPage.afterAll(() => this.#client.end()));
    this.#toServer.push(request);
    this.#client.on("data", (bytes) => {
      this.#fromPage.walk(bytes);
      // Its own close frame is the last that a client says of a connection: it has given it up.
      if (this.#fromPage.sawClose) this.#die();
      this.#toServer.push(bytes);
    });
    let head = Buffer.alloc(0);
    const read = (bytes) => {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf(HEAD_END) + HEAD_END.length;
      if (end < HEAD_END.length) return;
      server.off("data", read);
      this.#toPage.push(head.subarray(0, end));
      this.#toPage.afterAll(() => this.#open());
      if (head.length > end) this.#toPage.push(head.subarray(end));
      server.on("data", (bytes) => this.#toPage.push(bytes));
    };
    server.on("data", read);
  }

  #open() {
    if (this.over) return;
    this.live = this.opened = true;
    this.#changed(this);
    if (this.#fault.end) this.#timer = setTimeout(() => this.#end(), this.#fault.after);
  }

  #end() {
    this.#struck = true;
    this.killed = this.live;
    switch (this.#fault.end) {
      case "reset":
        return this.destroy();
      case "fin":
        this.#die();
        this.#server.destroy();
        this.#client.end();
        return;
      case "halfOpen":
        this.#toPage.swallow();
        this.#toServer.swallow();
        this.#timer = setTimeout(() => this.destroy(), this.#fault.for);
        return;
      case "cut":
        this.#cutting = this.#fault.toPage ? "toPage" : "toServer";
        return;
      case "close":
        this.#closing = closeFrame(this.#fault.code, this.#fault.reason);
        return this.#closeAtBoundary();
    }
  }

  #passToPage(bytes) {
    if (!this.opened) {
      this.#client.write(bytes);
      return;
    }
    if (this.#closing) bytes = this.#restOfFrame(bytes);
    if (this.#cutting === "toPage") return this.#cut(this.#client, this.#passedToPage, bytes);
    this.#passedToPage.walk(bytes);
    this.#client.write(bytes);
    if (this.#closing) this.#closeAtBoundary();
  }

  #passToServer(bytes) {
    if (this.#cutting === "toServer") return this.#cut(this.#server, this.#passedToServer, bytes);
    if (this.opened) this.#passedToServer.walk(bytes);
    this.#server.write(bytes);
  }

  /** Lets half a frame through, then resets both sides. Bytes without such a place pass whole. */
  #cut(socket, walker, bytes) {
    const passing = insideFrame(walker, bytes);
    if (passing === 0) {
      walker.walk(bytes);
      socket.write(bytes);
      return;
    }
    this.#die();
    this.#toPage.swallow();
    this.#toServer.swallow();
    socket.write(bytes.subarray(0, passing), () => this.destroy());
  }

  /** A server's last words: whole frames until now, the close frame, and then it neither reads nor writes. */
  #closeAtBoundary() {
    if (!this.#passedToPage.atBoundary) return;
    this.#client.write(this.#closing);
    this.#die();
    this.#toPage.swallow();
    this.#toServer.swallow();
    this.#server.destroy();
    this.#client.once("data", () => this.#client.end());
  }

  #restOfFrame(bytes) {
    for (let at = 1; at <= bytes.length; at += 1) {
      const probe = this.#passedToPage.copy();
      probe.walk(bytes.subarray(0, at));
      if (probe.atBoundary) return bytes.subarray(0, at);
    }
    return bytes;
  }

  #die() {
    this.over = true;
    if (!this.live) return;
    this.live = false;
    this.#changed(this);
  }

  /** The client closed TCP. What it said before still goes to the server, unless the fault has struck. */
  #gaveUp() {
    this.#die();
    if (this.#struck) return this.destroy();
    clearTimeout(this.#timer);
    this.#client.end();
    if (this.#server) this.#toServer.afterAll(() => this.#server.end());
  }
}
