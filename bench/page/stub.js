/** A `WebSocket` without a network: `send` does nothing, and what it hands out was prepared. */
export class StubSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;
  CONNECTING = 0;
  OPEN = 1;
  CLOSING = 2;
  CLOSED = 3;
  /** Whether new sockets wait for somebody to call `accept()`. */
  static held = false;
  /** The newest. */
  static last;

  readyState = 0;
  binaryType = "blob";
  bufferedAmount = 0;
  protocol = "";
  extensions = "";
  sent = 0;
  lastSent;
  #handlers = new Map();

  constructor(url) {
    super();
    this.url = String(url);
    StubSocket.last = this;
    if (!StubSocket.held) setTimeout(() => this.accept());
  }

  accept() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  send(data) {
    this.sent += 1;
    this.lastSent = data;
  }

  close() {
    this.readyState = 3;
  }

  #handle(type, handler) {
    this.removeEventListener(type, this.#handlers.get(type));
    this.#handlers.set(type, handler);
    if (handler) this.addEventListener(type, handler);
  }

  set onopen(handler) {
    this.#handle("open", handler);
  }
  set onmessage(handler) {
    this.#handle("message", handler);
  }
  set onerror(handler) {
    this.#handle("error", handler);
  }
  set onclose(handler) {
    this.#handle("close", handler);
  }
}
