import type { RoomSocket } from "./connection";
import { onTick } from "./clock";
import * as words from "./words";

export type State = RoomSocket["state"];
export type EntryKind = "dial" | "open" | "close" | "wait" | "error" | "drop" | "queue" | "you" | "server";

/** One line of the event log. Times are `performance.now()` throughout. */
export interface Entry {
  at: number;
  kind: EntryKind;
  title: string;
  detail: string;
}

/** The state from `from` until the next span begins. */
export interface Span {
  from: number;
  state: State;
  /** What was planned when it began: the wait, in ms. */
  delay?: number;
}

export interface Sample {
  at: number;
  value: number;
}

export interface Mark {
  at: number;
  kind: "dial" | "close" | "silence";
  label: string;
}

export interface Statistics {
  dials: number;
  opens: number;
  closes: Map<number, number>;
  received: number;
  drops: number;
  longestOutage: number;
  /** Share of the time since the first open that the socket was open, 0 to 1. */
  uptime: number;
}

const keptFor = 120_000;
const keptEntries = 300;

/** Listens to the socket and remembers what happened: all that the charts, the log and the figures show. */
export class Journal extends EventTarget {
  readonly entries: Entry[] = [];
  readonly spans: Span[] = [];
  readonly queue: Sample[] = [];
  readonly latency: Sample[] = [];
  readonly marks: Mark[] = [];
  #socket: RoomSocket;
  #dials = 0;
  #opens = 0;
  #closes = new Map<number, number>();
  #received = 0;
  #drops = 0;
  #longestOutage = 0;
  #firstOpen: number | undefined;
  #openTime = 0;
  #openSince: number | undefined;
  #downSince: number | undefined;

  constructor(socket: RoomSocket) {
    super();
    this.#socket = socket;
    this.spans.push({ from: performance.now(), state: "idle" });
    this.#listen(socket);
    onTick(() => this.#sampleQueue());
  }

  /** Something that the socket cannot know: a trouble that the visitor caused, what the server told. */
  note(kind: EntryKind, title: string, detail = ""): void {
    this.entries.unshift({ at: performance.now(), kind, title, detail });
    this.entries.length = Math.min(this.entries.length, keptEntries);
    this.dispatchEvent(new Event("entry"));
  }

  /** An answer to a heartbeat has come in. */
  heartbeatAnswered(): void {
    // everwire asks whether it is one, and knows the latency just after.
    queueMicrotask(() => this.#socket.latency !== null && this.#keep(this.latency, this.#socket.latency));
  }

  statistics(): Statistics {
    const now = performance.now();
    const open = this.#openTime + (this.#openSince === undefined ? 0 : now - this.#openSince);
    const outage = this.#downSince === undefined ? 0 : now - this.#downSince;
    return {
      dials: this.#dials,
      opens: this.#opens,
      closes: this.#closes,
      received: this.#received,
      drops: this.#drops,
      longestOutage: Math.max(this.#longestOutage, outage),
      uptime: this.#firstOpen === undefined ? 0 : open / Math.max(1, now - this.#firstOpen),
    };
  }

  #listen(socket: RoomSocket): void {
    socket.addEventListener("statechange", ({ state }) => this.#enter(state));
    socket.addEventListener("open", () => this.note("open", "open", this.#opens > 1 ? "connected again" : "connected"));
    socket.addEventListener("close", ({ code, reason, wasClean, willRetry }) => {
      this.#closes.set(code, (this.#closes.get(code) ?? 0) + 1);
      this.#mark("close", String(code));
      const why = reason ? `, “${reason}”` : "";
      const then = willRetry ? "" : "; no retry follows";
      this.note(
        "close",
        `close ${code}`,
        `${words.closeCode(code).slice(5)}${why}${wasClean ? "" : ", not clean"}${then}`,
      );
    });
    socket.addEventListener("error", ({ error }) => {
      if (error.code === "heartbeat-timeout") this.#mark("silence", "no answer");
      this.note("error", error.code, error.message);
    });
    socket.addEventListener("retry", ({ attempt, delay }) => {
      const span = this.spans.at(-1);
      if (span) span.delay = delay;
      this.note("wait", "retry", `attempt ${attempt} in ${words.duration(delay)}`);
      this.#changed();
    });
    socket.addEventListener("drop", ({ reason }) => {
      this.#drops += 1;
      this.note("drop", "drop", `a message will not be sent: ${reason}`);
    });
    socket.addEventListener("message", () => (this.#received += 1));
  }

  #enter(state: State): void {
    const now = performance.now();
    this.spans.push({ from: now, state });
    while (this.spans[1] && this.spans[1].from < now - keptFor) this.spans.shift();
    if (state === "connecting") {
      this.#dials += 1;
      this.#mark("dial", "");
      this.note("dial", "dial", `attempt ${Math.max(1, this.#socket.attempt)}`);
    }
    this.#account(state, now);
    this.#changed();
  }

  #account(state: State, now: number): void {
    if (state === "open") {
      this.#opens += 1;
      this.#firstOpen ??= now;
      this.#openSince = now;
      if (this.#downSince !== undefined) this.#longestOutage = Math.max(this.#longestOutage, now - this.#downSince);
      this.#downSince = undefined;
    } else if (this.#openSince !== undefined) {
      this.#openTime += now - this.#openSince;
      this.#openSince = undefined;
      this.#downSince = now;
    }
  }

  #sampleQueue(): void {
    const { count } = this.#socket.queue;
    const before = this.queue.at(-1)?.value ?? 0;
    if (count === before && this.queue.length > 0) return;
    this.#keep(this.queue, count);
    if (count < before && count === 0) this.note("queue", "queue empty", `${words.count(before, "message")} left it`);
  }

  #keep(samples: Sample[], value: number): void {
    const now = performance.now();
    samples.push({ at: now, value });
    while (samples[1] && samples[1].at < now - keptFor) samples.shift();
    this.#changed();
  }

  #mark(kind: Mark["kind"], label: string): void {
    const now = performance.now();
    this.marks.push({ at: now, kind, label });
    while (this.marks[0] && this.marks[0].at < now - keptFor) this.marks.shift();
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
