/**
 * A `WebSocket` without a network: `send` does nothing, and it hands out events that were prepared. It calls its listeners
 * itself, since the browser's `dispatchEvent` would cost more than most libraries do.
 */
export class StubSocket {
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
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  sent = 0;
  lastSent;
  #listeners = { open: [], message: [], error: [], close: [] };

  constructor(url) {
    this.url = String(url);
    StubSocket.last = this;
    if (!StubSocket.held) setTimeout(() => this.accept());
  }

  accept() {
    this.readyState = 1;
    const opened = new Event("open");
    this.onopen?.(opened);
    for (const listener of this.#listeners.open) listener.call(this, opened);
  }

  /** Hands out a message. */
  deliver(event) {
    this.onmessage?.(event);
    for (const listener of this.#listeners.message) listener.call(this, event);
  }

  send(data) {
    this.sent += 1;
    this.lastSent = data;
  }

  close() {
    this.readyState = 3;
  }

  addEventListener(type, listener) {
    this.#listeners[type].push(listener);
  }

  removeEventListener(type, listener) {
    this.#listeners[type] = this.#listeners[type].filter((other) => other !== listener);
  }
}
