/**
 * The time in ms, as the engine wants it: never backwards, and with the time that the machine slept. `performance.now()`
 * never goes backwards, but stands still on some systems while the machine sleeps. `Date.now()` goes on, but jumps when
 * somebody sets the clock. The larger step of the two is taken each time.
 */
export class Clock {
  #monotonic = performance.now();
  #wall = Date.now();
  #elapsed = 0;

  now(): number {
    const monotonic = performance.now();
    const wall = Date.now();
    this.#elapsed += Math.max(monotonic - this.#monotonic, wall - this.#wall, 0);
    this.#monotonic = monotonic;
    this.#wall = wall;
    return this.#elapsed;
  }
}
