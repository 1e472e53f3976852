/**
 * Does what the engine says, and tells it and the user what happened: the native socket, the timer and the page's life are
 * here, the decisions are in the engine.
 *
 * - The engine calls nobody. It is told what happened, and then asked what to do until it says no more. A call that comes
 *   in while that is done only tells it; the loop that runs does the rest. So is it with what the user is told, and so the
 *   order of events is the order in which they happened.
 * - Events that a browser event causes are delivered within it. Those that a call of the user's causes come in a microtask,
 *   so that nobody's listener runs inside somebody's `close()`.
 */

import { attempt, isFunction } from "./check.js";
import { Clock } from "./clock.js";
import { Became, Cause, createEngine, Export, Final, Permit, Said, What, type Home } from "./engine.js";
import { SocketError } from "./errors.js";
import { Packet, sizeOf, snapshot, weigh, type Frame, type Packed } from "./frames.js";
import { Received } from "./message.js";
import { detach, isBlocked, Ready } from "./native.js";
import { Slots } from "./numbered.js";
import type { SendOptions, SocketOptions } from "./options.js";
import { watchPage } from "./page.js";
import type { SendResult } from "./socket.js";
import type { Arrived, User } from "./user.js";

/** What a message may be for that is followed until it is over. */
type Purpose = What.Request | What.Repeatable | What.Subscription;

/** Where to dial. */
export type Target = [url: string, protocols: string[]];

// In the order of `Became`.
const SEND_RESULTS: SendResult[] = ["sent", "queued", "dropped"];

const enum Limit {
  /** What `setTimeout` takes: it wraps above that, so a longer sleep ends early and is taken up again. */
  Sleep = 2 ** 31 - 1,
}

const enum CloseCode {
  Abnormal = 1006,
}

/** A connection of one socket after the other. */
export class Driver {
  readonly #user: User;
  readonly #home: Home;
  /** The engine's address. */
  readonly #engine: number;
  readonly #clock = new Clock();
  readonly #slots = new Slots();
  /** Messages may run out of time. */
  #expires: boolean;
  /** The reasons of closes since the last connection's end was told, by their numbers; 0 is none. */
  #reasons = [""];
  /** Requests and subscriptions that are over since the engine is at work. */
  readonly #over: Packet[] = [];
  /** The number of the newest dial. */
  #connection = 0;
  /** What the engine lets be done without asking, until it is called: then it is asked again. */
  #permit: Permit | undefined;
  /** Messages that went past the queue since the engine was called last, and their bytes. */
  #passed = 0;
  #passedBytes = 0;
  /** A heartbeat was sent, and nothing came since. */
  #listens: boolean | undefined;
  /** The connection, if there is one. */
  _native: WebSocket | undefined;
  /** Where it was dialled. */
  _url = "";
  /** How many messages came. */
  _received = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | undefined;
  /** What the user is to be told, in order. */
  readonly #news: (() => void)[] = [];
  #working: boolean | undefined;
  #telling: boolean | undefined;
  #soon: boolean | undefined;

  /** @throws TypeError for options that cannot be met together */
  constructor(user: User, options: SocketOptions<unknown>) {
    this.#user = user;
    this.#expires = options.queue?.ttl !== undefined;
    [this.#home, this.#engine] = createEngine(this, options);
  }

  /** Asks the engine what no time has to be known for. */
  _ask(what: What, about?: number, number?: number): number {
    return this.#call(0, what, about, number);
  }

  /** The user wants something. */
  _command(what: What, about?: number, number?: number): void {
    this.#tell(what, about, number);
    this.#commanded();
  }

  /** The user wants to be connected. */
  _dial(what: What.Open | What.Reconnect): void {
    this._command(what);
    this.#home.active.add(this);
    this.#user._hold();
  }

  _close(code: number | undefined, reason: string | undefined): void {
    // Of a socket that is closed nothing more is told.
    if (this._ask(What.State) !== Final.Closed) this.#reason(reason);
    this._command(What.Close, 0, code);
  }

  /**
   * Hands a frame over past the queue, if it may go there.
   *
   * @throws TypeError for what is no frame, and what the native socket throws
   */
  _pass(frame: Frame): boolean {
    const bytes = sizeOf(frame);
    const native = this._native;
    // Where it is closing, the way by the queue tells the engine.
    if (native?.readyState !== Ready.Open || this.#working || !this.#mayPass()) return false;
    native.send(frame);
    this.#passed += 1;
    this.#passedBytes += bytes;
    return true;
  }

  #mayPass(): boolean {
    const permit = this.#permitted();
    if (permit > this.#passedBytes) return true;
    if (permit < Permit.Measure) return false;
    this.#measure();
    this.#commanded();
    return this.#permitted() > Permit.Measure;
  }

  /** Says something on this connection, before all that is queued and on no other, if it still takes that. */
  _say(packet: Packet): void {
    const native = this._native;
    if (native?.readyState !== Ready.Open) return;
    // Should it be refused: what comes for nobody does no harm.
    attempt(() => {
      const frame = this.#user._form(packet, native.protocol);
      const bytes = sizeOf(frame);
      native.send(frame);
      this.#passed += 1;
      this.#passedBytes += bytes;
    });
  }

  #permitted(): Permit {
    return (this.#permit ??= this.#home.wasm[Export.Handle](this.#engine, 0, What.Permit, this.#connection, 0));
  }

  /**
   * Sends a message by way of the queue. With options or a purpose it is a packet. With a tag, it can be followed; a purpose
   * has a tag, and that of a request the time for its answer.
   *
   * @throws SocketError - `closed` or `queue-full`
   * @throws TypeError for what is no frame
   */
  _enqueue(packed: Packed, options: SendOptions = {}, tag = 0, purpose?: Purpose, timeout?: number): SendResult {
    const { ttl, key, priority } = options;
    const kept = packed instanceof Packet ? packed : snapshot(packed);
    const bytes = weigh(kept);
    const slot = this.#slots._add(kept);
    if (tag) this._ask(What.MessageTag, tag);
    if (ttl !== undefined) {
      this.#expires = true;
      this.#tell(What.MessageTtl, 0, ttl);
    }
    if (priority) this._ask(What.MessagePriority, 0, priority);
    if (purpose) {
      this.#tell(purpose, 0, timeout);
      (packed as Packet)._again = purpose !== What.Request;
    }
    if (key !== undefined) this._ask(What.MessageKey, this.#slots._key(packed as Packet, key));
    // To read the clock takes a browser longer than all the rest.
    const now = this.#expires ? this.#clock._now() : 0;
    const accepted: Became = this.#call(now, What.Enqueue, slot, bytes);
    if (accepted >= Became.Closed) this.#slots._delete(slot);
    this.#commanded();
    const became: Became = this._ask(What.Became, accepted);
    if (became === Became.Closed) throw this.#user._closedError();
    if (became === Became.Full) throw new SocketError("queue-full", "the send queue is full");
    return SEND_RESULTS[became] as SendResult;
  }

  /** A request or a subscription is over. */
  _release(packet: Packet): void {
    // What is being transmitted keeps its slot until it is: a codec may call anything.
    this.#over.push(packet);
    this.#commanded();
  }

  /** The engine broke, for a reason that is no fault of the user's. */
  _crash(cause: unknown): void {
    // Nothing stays that could call.
    this.#drop();
    clearTimeout(this.#timer);
    this.#unwatch?.();
    this.#news.push(() => this.#user._crash(cause));
    this.#commanded();
  }

  #tell(what: What, about?: number, number?: number): number {
    return this.#call(this.#clock._now(), what, about, number);
  }

  /** Calls the engine, which first hears what was done by its permit: that ends here. */
  #call(now: number, what: What, about?: number, number?: number): number {
    this.#permit = undefined;
    const engine = this.#engine;
    const { wasm } = this.#home;
    const passed = this.#passed;
    if (passed) {
      this.#passed = 0;
      wasm[Export.Handle](engine, 0, What.Passed, passed, this.#passedBytes);
      this.#passedBytes = 0;
    }
    return wasm[Export.Handle](engine, now, what, about, number);
  }

  #happened(what: What, about?: number, number?: number): void {
    this.#tell(what, about, number);
    this.#work();
    this.#deliver();
  }

  /** What the engine says to a call of the user's is done now, and told to them soon. */
  #commanded(): void {
    this.#work();
    if (this.#telling || !this.#news.length || this.#soon) return;
    this.#soon = true;
    queueMicrotask(() => {
      this.#soon = false;
      this.#deliver();
    });
  }

  /** Does what the engine says until it says no more. */
  #work(): void {
    if (this.#working) return;
    this.#working = true;
    try {
      for (;;) {
        this.#permit = undefined;
        const said = this.#home.wasm[Export.Poll](this.#engine);
        if (!said) break;
        if (said > 0) this.#transmit(said);
        else this.#carryOut(-said, this.#number(0), this.#number(1), this.#number(2), this.#number(3));
      }
    } finally {
      this.#working = false;
    }
    while (this.#over.length) this.#slots._release(this.#over.pop() as Packet);
  }

  /** What belongs to what the engine said last: it is gone when it says the next. */
  #number(which: number): number {
    return this._ask(What.Number, which);
  }

  /** Does what the engine says, or has the user told in its turn; see {@link Said} for the numbers. */
  #carryOut(said: Said, first: number, second: number, third: number, fourth: number): void {
    const user = this.#user;
    const native = this._native;
    const wasClean = !!third;
    switch (said) {
      case Said.Dial:
        return this.#dial((this.#connection = first));
      case Said.Ping:
        this.#listens = true;
        return user._beat(native!);
      case Said.Measure:
        return this.#measure();
      case Said.Shut:
        // The provider has not answered yet: there is nothing to close.
        if (!native) return void this.#tell(What.Ended, this.#connection, CloseCode.Abnormal);
        // Both were checked; should a foreign `WebSocket` throw all the same, the close timeout ends it.
        return attempt(() => (isNaN(first) ? native.close() : native.close(first, this.#reasons[second]!)));
      case Said.Abandon:
        return this.#drop();
      case Said.Consult: {
        // The user's word may come too late: when they ask for another connection while they are asked.
        const connection = this.#connection;
        const lost = { code: first, reason: this.#reasons[second]!, wasClean, attempt: fourth };
        return void this.#tell(What.Verdict, connection, user._verdict(lost));
      }
      case Said.Watch:
        this.#unwatch?.();
        this.#unwatch = first ? watchPage((what) => this.#happened(what)) : undefined;
        return;
      case Said.Wake:
        clearTimeout(this.#timer);
        if (isNaN(first)) return;
        const sleep = Math.min(first - Math.floor(this.#clock._now()), Limit.Sleep);
        this.#timer = setTimeout(() => this.#happened(What.Tick), sleep);
        return;
      case Said.Dropped: {
        const packed = this.#slots._get(first);
        this.#slots._done(first);
        return void this.#news.push(() => user._dropped(packed, second));
      }
      case Said.Closed:
      case Said.ClosedForNow: {
        const willRetry = said === Said.ClosedForNow;
        const closed = { code: first, reason: this.#reasons[second]!, wasClean, willRetry };
        this.#reasons = [""];
        // A connection whose end has been told is of no more use, unless a new one has taken its place already.
        if (!this._ask(What.IsCurrent, this.#connection)) this.#drop();
        const end = willRetry ? undefined : user._ending();
        return void this.#news.push(() => {
          end?.();
          user._closed(closed);
        });
      }
      default:
        this.#news.push(user._happened(said, first, second));
    }
  }

  #dial(connection: number): void {
    this.#user._target((target, thrown) => {
      if (!this._ask(What.IsCurrent, connection) || this._native) return;
      this.#user._thrown = thrown;
      // A foreign constructor may call anything; what it asks for waits until the connection is in its place.
      const working = this.#working;
      this.#working = true;
      const cause = target ? this.#connect(connection, target) : Cause.ProviderFailed;
      this.#working = working;
      if (cause !== undefined) this.#tell(What.Undialable, connection, cause);
      this.#work();
      this.#deliver();
    });
  }

  /** Dials; answers why it could not, if so. */
  #connect(connection: number, [url, protocols]: Target): Cause | undefined {
    const constructor = this.#user._WebSocket;
    if (!isFunction(constructor)) return Cause.NoWebSocket;
    let native: WebSocket | undefined;
    try {
      native = new (constructor as unknown as typeof WebSocket)(url, protocols);
      native.binaryType = this.#user._binaryType;
      native.onmessage = (event: MessageEvent) => this.#receive(connection, event);
      native.onopen = () => this.#happened(What.Opened, connection);
      // Node 22 says nothing else of a dial that failed.
      native.onerror = () =>
        this.#happened(native!.readyState ? What.Errored : What.Ended, connection, CloseCode.Abnormal);
      native.onclose = ({ code, reason, wasClean }) => {
        this.#reason(reason);
        // Deno says 0 where there was no close frame.
        this.#happened(wasClean ? What.EndedCleanly : What.Ended, connection, code || CloseCode.Abnormal);
      };
    } catch (thrown) {
      detach(native);
      this.#user._thrown = thrown;
      return isBlocked(thrown) ? Cause.Blocked : Cause.ProviderFailed;
    }
    this._native = native;
    this._url = url;
    return undefined;
  }

  #receive(connection: number, event: MessageEvent<Exclude<Frame, ArrayBufferView>>): void {
    if (!this.#accepts(connection)) return;
    this._received += 1;
    const user = this.#user;
    // Nothing, if it answers a heartbeat.
    const arrived = user._receive(event, this._native!);
    // All that comes is a sign of life; the engine waits for one after a heartbeat only.
    if (this.#listens || !arrived) {
      this.#listens = false;
      this.#happened(arrived ? What.Received : What.Answered, connection);
    }
    // The user's code had its say meanwhile.
    if (!arrived || !this.#accepts(connection)) return;
    const replies = !(arrived instanceof Received) && !!this._ask(What.Replied, arrived.tag);
    if (this.#working || this.#telling) {
      return this.#hearLater(arrived, replies);
    }
    this.#telling = true;
    try {
      user._hear(arrived, replies);
    } finally {
      this.#telling = false;
    }
    if (this.#news.length) this.#deliver();
  }

  /** Whether a message from there is for the user. */
  #accepts(connection: number): boolean {
    return connection === this.#connection && this.#permitted() !== Permit.Nothing;
  }

  /** Apart from `#receive`, where a closure would cost every message a place for what it needs. */
  #hearLater(arrived: Arrived, replies: boolean): void {
    this.#news.push(() => this.#user._hear(arrived, replies));
  }

  #transmit(slot: number): void {
    const packed = this.#slots._get(slot);
    try {
      const native = this._native;
      if (native?.readyState !== Ready.Open) return void this.#tell(What.TakeBack);
      const data = packed instanceof Packet ? this.#user._form(packed, native.protocol) : packed;
      // Made just now, perhaps; what is no frame would be sent as "[object Object]".
      if (packed instanceof Packet) sizeOf(data);
      native.send(data);
    } catch {
      return void this.#tell(What.Refused);
    }
    this.#slots._done(slot);
  }

  #measure(): void {
    this.#tell(What.Buffered, this.#connection, attempt(() => this._native!.bufferedAmount) ?? 0);
  }

  /** Tells the user what there is to tell. While the engine is at work, whoever started that does it when it is done. */
  #deliver(): void {
    if (this.#working || this.#telling) return;
    this.#telling = true;
    try {
      // What comes meanwhile too.
      for (const tell of this.#news) tell();
    } finally {
      this.#news.length = 0;
      this.#telling = false;
    }
    if (this._ask(What.State) !== Final.Closed) return;
    // Everything has been told: what is only needed to tell is let go of.
    this.#home.active.delete(this);
    this.#user._rest();
  }

  #drop(): void {
    const native = this._native;
    this._native = undefined;
    detach(native);
  }

  /** The reason of what is told next. What the engine would find in it has to be found here, as it has no texts. */
  #reason(reason: string | undefined): void {
    if (!reason) return;
    const delay = Number(/^retry-after=(\d{1,19})$/.exec(reason)?.[1]);
    this._ask(What.Reason, this.#reasons.push(reason) - 1, delay);
  }
}
