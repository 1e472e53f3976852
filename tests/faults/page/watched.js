/**
 * The browser's `WebSocket`, with a book of what goes through it: the truth about which connection each message was
 * handed to, whatever the library that uses it says.
 */
import { numberIn } from "../messages.mjs";

export function watchedWebSocket(book) {
  let dials = 0;
  return class extends WebSocket {
    #dial = (dials += 1);
    #givenUp = false;

    constructor(url, protocols = []) {
      const address = new URL(url);
      address.searchParams.set("dial", dials + 1);
      super(address, protocols);
      this.addEventListener("message", ({ data }) => {
        const n = numberIn(data);
        if (n !== undefined) book.arrived.push({ n, wanted: !this.#givenUp });
      });
    }

    send(data) {
      const n = numberIn(data);
      if (n !== undefined) book.handed.push({ n, connection: this.#dial, open: this.readyState === WebSocket.OPEN });
      super.send(data);
    }

    close(...reason) {
      if (this.readyState === WebSocket.CONNECTING) book.withdrawn.push(this.#dial);
      this.#givenUp = true;
      super.close(...reason);
    }
  };
}
