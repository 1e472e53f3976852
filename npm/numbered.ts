/** What the engine knows by number while JavaScript has it. */

import { attempt } from "./check.js";
import { Packet, type Packed } from "./frames.js";

/** What is queued, by the slots from 1 on that the engine knows it by. */
export class Slots {
  readonly #packed: (Packed | undefined)[] = [];
  readonly #free: number[] = [];
  /** The same key has the same number, from 1 on, as long as a message has it. */
  readonly #keys = new Map<string | undefined, { readonly number: number; users: number }>();
  #lastKey = 0;

  _add(packed: Packed): number {
    const slot = this.#free.pop() ?? this.#packed.length + 1;
    this.#packed[slot - 1] = packed;
    if (packed instanceof Packet) packed._slot = slot;
    return slot;
  }

  _get(slot: number): Packed {
    return this.#packed[slot - 1] as Packed;
  }

  /** The message has a key; answers its number. */
  _key(packet: Packet, key: string): number {
    const known = this.#keys.get(key) ?? { number: ++this.#lastKey, users: 0 };
    known.users += 1;
    this.#keys.set(key, known);
    packet._key = key;
    return known.number;
  }

  /** A request or a subscription is over. */
  _release(packet: Packet): void {
    if (this._get(packet._slot) === packet) this._delete(packet._slot);
  }

  /** The message has left the queue. */
  _done(slot: number): void {
    const packed = this._get(slot);
    if (packed instanceof Packet) {
      attempt(() => packed._settled?.());
      if (packed._again) return;
    }
    this._delete(slot);
  }

  /** Nothing of the message is in the engine any more. */
  _delete(slot: number): void {
    const packed = this._get(slot);
    if (packed instanceof Packet) {
      const known = this.#keys.get(packed._key);
      if (known && !--known.users) this.#keys.delete(packed._key);
    }
    this.#packed[slot - 1] = undefined;
    // What has been long gives its memory back when it is empty.
    if (this.#free.push(slot) === this.#packed.length) this.#packed.length = this.#free.length = 0;
  }
}
