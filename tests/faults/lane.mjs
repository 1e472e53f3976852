const SLICE = 1024;

/** One direction of a connection: passes bytes on in order, late or slowly if it is told to, or not at all. */
export class Lane {
  #pass;
  #delay;
  #bytesPerSecond;
  #waiting = [];
  #timer;
  #lastDue = 0;
  #swallows = false;

  /** `pass` gets the bytes when their time has come. */
  constructor(pass, { delay = 0, bytesPerSecond = Infinity } = {}) {
    this.#pass = pass;
    this.#delay = delay;
    this.#bytesPerSecond = bytesPerSecond;
  }

  get empty() {
    return this.#waiting.length === 0;
  }

  push(bytes) {
    if (this.#bytesPerSecond === Infinity) return this.#schedule({ bytes, length: 0 });
    for (let at = 0; at < bytes.length; at += SLICE) {
      const slice = bytes.subarray(at, at + SLICE);
      this.#schedule({ bytes: slice, length: slice.length });
    }
  }

  /** Calls back when everything before has passed. */
  afterAll(act) {
    this.#schedule({ act, length: 0 });
  }

  /** From now on everything disappears, what waits included. */
  swallow() {
    this.#swallows = true;
    this.#waiting = [];
    clearTimeout(this.#timer);
  }

  #schedule(entry) {
    if (this.#swallows) return;
    const now = performance.now();
    const due = Math.max(now + this.#delay, this.#lastDue) + (entry.length / this.#bytesPerSecond) * 1000;
    this.#lastDue = due;
    if (this.empty && due <= now) return this.#deliver(entry);
    this.#waiting.push({ ...entry, due });
    if (this.#waiting.length === 1) this.#wake();
  }

  #wake() {
    const [first] = this.#waiting;
    if (first) this.#timer = setTimeout(() => this.#release(), Math.max(0, first.due - performance.now()));
  }

  #release() {
    const now = performance.now();
    while (!this.empty && this.#waiting[0].due <= now) this.#deliver(this.#waiting.shift());
    this.#wake();
  }

  #deliver({ bytes, act }) {
    if (act) act();
    else this.#pass(bytes);
  }
}
