import type { RoomSocket } from "./connection";
import { onTick } from "./clock";
import { randomKey, type Visitor } from "./visitor";

/**
 * - `queued`: everwire holds it until the connection is there;
 * - `sent`: handed to a connection, the room has not confirmed it;
 * - `delivered`: the room has confirmed it;
 * - `unsent`: the socket is closed for good; it leaves when the visitor reconnects.
 */
export type Delivery = "queued" | "sent" | "delivered" | "unsent";

export interface OwnMessage {
  readonly id: string;
  readonly text: string;
  readonly at: number;
  delivery: Delivery;
}

/**
 * The visitor's own messages until the room confirms them.
 *
 * A queue alone cannot promise delivery: what was handed to a connection that then turned out to be
 * dead is gone. So what is unconfirmed when a connection ends is sent again, under the same id, and the
 * room takes each id once.
 */
export class Outbox {
  #socket: RoomSocket;
  #pending = new Map<string, OwnMessage>();
  #changed: (message: OwnMessage) => void;
  #visitor: Visitor;

  constructor(socket: RoomSocket, visitor: Visitor, changed: (message: OwnMessage) => void) {
    this.#socket = socket;
    this.#visitor = visitor;
    this.#changed = changed;
    socket.addEventListener("close", ({ willRetry }) => {
      if (willRetry) this.#sendAgain("sent");
      else for (const message of this.#pending.values()) this.#set(message, "unsent");
    });
    socket.addEventListener("statechange", ({ previous }) => {
      if (previous === "closed") this.#sendAgain("unsent");
    });
    onTick(() => this.#settle());
  }

  say(text: string): OwnMessage {
    const id = `${this.#visitor.key}.${randomKey()}`;
    const message: OwnMessage = { id, text, at: Date.now(), delivery: "queued" };
    this.#pending.set(message.id, message);
    this.#send(message);
    return message;
  }

  /** The room has said it; answers the message if it was one of ours. */
  confirm(id: string): OwnMessage | undefined {
    const message = this.#pending.get(id);
    if (!message) return undefined;
    this.#pending.delete(id);
    this.#set(message, "delivered");
    return message;
  }

  /** The oldest message that the room has not confirmed. */
  get firstPending(): OwnMessage | undefined {
    return this.#pending.values().next().value;
  }

  #sendAgain(which: Delivery): void {
    for (const message of this.#pending.values()) if (message.delivery === which) this.#send(message);
  }

  #send(message: OwnMessage): void {
    if (this.#socket.state === "closed") {
      this.#set(message, "unsent");
      return;
    }
    const outcome = this.#socket.send({ type: "say", id: message.id, text: message.text });
    this.#set(message, outcome === "dropped" ? "unsent" : outcome);
  }

  // everwire empties its queue in one go when it opens; then all that waited has left.
  #settle(): void {
    if (this.#socket.state !== "open" || this.#socket.queue.count > 0) return;
    for (const message of this.#pending.values()) if (message.delivery === "queued") this.#set(message, "sent");
  }

  #set(message: OwnMessage, delivery: Delivery): void {
    if (message.delivery === delivery) return;
    message.delivery = delivery;
    this.#changed(message);
  }
}
