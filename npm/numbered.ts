/** What the engine knows by number while JavaScript has it. */

import type { Packed } from "./frames.js";

/** The frames that are queued, by their slots from 1 on. */
export class Slots {
  readonly #frames: (Packed | undefined)[] = [];
  readonly #free: number[] = [];

  add(packed: Packed): number {
    const slot = this.#free.pop() ?? this.#frames.length + 1;
    this.#frames[slot - 1] = packed;
    return slot;
  }

  get(slot: number): Packed {
    return this.#frames[slot - 1] as Packed;
  }

  delete(slot: number): void {
    this.#frames[slot - 1] = undefined;
    // What has been long gives its memory back when it is empty.
    if (this.#free.push(slot) === this.#frames.length) this.#frames.length = this.#free.length = 0;
  }
}

/** Keys and reasons: the same text has the same number, from 1 on, as long as somebody needs it. */
export class Texts {
  readonly #entries = new Map<unknown, { readonly number: number; readonly text: string; users: number }>();
  #last = 0;

  /** The number of a text, which is needed once more; 0 for none. */
  add(text: string | undefined): number {
    if (text === undefined) return 0;
    const entry = this.#entries.get(text) ?? { number: ++this.#last, text, users: 0 };
    entry.users += 1;
    this.#entries.set(text, entry).set(entry.number, entry);
    return entry.number;
  }

  get(number: number): string {
    return this.#entries.get(number)?.text ?? "";
  }

  /** It is needed once less. */
  delete(number: number): void {
    const entry = this.#entries.get(number);
    if (!entry || --entry.users) return;
    this.#entries.delete(entry.text);
    this.#entries.delete(number);
  }
}
