/** What the engine knows by number while JavaScript has it. */

import type { Packed } from "./frames.js";

/** Keys and reasons: the same text has the same number, from 1 on, as long as somebody needs it. */
export class Texts {
  readonly #entries = new Map<unknown, { readonly number: number; readonly text: string; users: number }>();
  #last = 0;

  /** The number of a text, which is needed once more. */
  add(text: string): number {
    const entry = this.#entries.get(text) ?? { number: ++this.#last, text, users: 0 };
    entry.users += 1;
    this.#entries.set(text, entry).set(entry.number, entry);
    return entry.number;
  }

  get(number: number): string {
    return this.#entries.get(number)?.text ?? "";
  }

  /** It is needed once less. */
  delete(number: number | undefined): void {
    const entry = this.#entries.get(number);
    if (!entry || --entry.users) return;
    this.#entries.delete(entry.text);
    this.#entries.delete(number);
  }
}

/** The frames that the engine has, by their slots from 1 on. */
export class Slots {
  readonly #frames: (Packed | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #keys = new Texts();
  /** Of the messages that have one, by slot. */
  readonly #keyOf = new Map<number, number>();
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
    const number = this.#keys.add(key);
    this.#keyOf.set(slot, number);
    return number;
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
      this.#keys.delete(this.#keyOf.get(slot));
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
