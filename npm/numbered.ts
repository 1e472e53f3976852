/** What the engine knows by number while JavaScript has it. */

import type { Packed } from "./frames.js";

/** The frames that the engine has, by their slots from 1 on. */
export class Slots {
  readonly #frames: (Packed | undefined)[] = [];
  readonly #free: number[] = [];
  /** The same key has the same number, from 1 on, as long as a message has it. */
  readonly #keys = new Map<string | undefined, { readonly number: number; users: number }>();
  #lastKey = 0;
  /** Of the messages that have one, by slot. */
  readonly #keyOf = new Map<number, string>();
  /** Requests and subscriptions, by slot: what they are followed by, and whether they may be sent again; and their slots. */
  readonly #followed = new Map<number, { readonly tag: number; readonly again: boolean }>();
  readonly #slotOf = new Map<number, number>();

  add(packed: Packed): number {
    const slot = this.#free.pop() ?? this.#frames.length + 1;
    this.#frames[slot - 1] = packed;
    return slot;
  }

  get(slot: number): Packed {
    return this.#frames[slot - 1] as Packed;
  }

  /** The message has a key; answers its number. */
  key(slot: number, key: string): number {
    const known = this.#keys.get(key) ?? { number: ++this.#lastKey, users: 0 };
    known.users += 1;
    this.#keys.set(key, known);
    this.#keyOf.set(slot, key);
    return known.number;
  }

  /** The message is a request or a subscription. */
  follow(slot: number, tag: number, again: boolean): void {
    this.#followed.set(slot, { tag, again });
    this.#slotOf.set(tag, slot);
  }

  /** A request or a subscription is over. */
  release(tag: number): void {
    const slot = this.#slotOf.get(tag);
    if (slot) this.delete(slot);
  }

  /** The message has left the queue. */
  done(slot: number): void {
    if (!this.#followed.size || !this.#followed.get(slot)?.again) this.delete(slot);
  }

  /** Nothing of the message is in the engine any more. */
  delete(slot: number): void {
    if (this.#keyOf.size) {
      const key = this.#keyOf.get(slot);
      const known = this.#keys.get(key);
      if (known && !--known.users) this.#keys.delete(key);
      this.#keyOf.delete(slot);
    }
    if (this.#followed.size) {
      this.#slotOf.delete(this.#followed.get(slot)?.tag ?? 0);
      this.#followed.delete(slot);
    }
    this.#frames[slot - 1] = undefined;
    // What has been long gives its memory back when it is empty.
    if (this.#free.push(slot) === this.#frames.length) this.#frames.length = this.#free.length = 0;
  }
}
