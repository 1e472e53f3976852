/**
 * The time in ms, as the engine wants it: never backwards, and with the time that the machine slept. `performance.now()`
 * never goes backwards, but stands still on some systems while the machine sleeps. `Date.now()` goes on, but jumps when
 * somebody sets the clock. So its step is taken where it is longer by a second and more: less is rounding, and would add up
 * with each look at the clock.
 */
export class Clock {
  #monotonic = performance.now();
  #wall = Date.now();
  #elapsed = 0;

  _now(): number {
    const monotonic = performance.now();
    const wall = Date.now();
    const step = monotonic - this.#monotonic;
    const byWall = wall - this.#wall;
    this.#elapsed += byWall - step > 1000 ? byWall : step;
    this.#monotonic = monotonic;
    this.#wall = wall;
    return this.#elapsed;
  }
}
