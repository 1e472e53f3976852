import { attempt, get, invalid, isFunction, MESSAGE, protocolList, resolveUrl } from "./check.js";
import { codersOf, type Coder } from "./codec.js";
import { crashed, FAILURES, SocketError, type SocketErrorCode } from "./errors.js";
import {
  DropEvent,
  RetryEvent,
  SocketCloseEvent,
  SocketErrorEvent,
  StateChangeEvent,
  stateOf,
  type CloseInfo,
  type DropReason,
  type State,
} from "./events.js";
import { Exchange, type Numbered } from "./exchange.js";
import { Inbox } from "./inbox.js";
import { deliver, Received, type MessageTarget } from "./message.js";
import type { LostConnection, SocketOptions } from "./options.js";
import { report } from "./report.js";
import { validate } from "./schema.js";
import type { Target } from "./driver.js";
import { Said } from "./engine.js";
import { exceeds, Packet, sizeOf, type Frame, type Packed } from "./frames.js";

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/** What somebody may wait for. */
export type Expected = Said.Open | Said.Room | Said.Flushed | Said.Closed;

type Answered = (target: Target | undefined, thrown?: unknown) => void;

// In the order of the engine's numbers.
export const DROP_REASONS: DropReason[] = ["expired", "replaced", "overflow", "closed", "refused", "aborted"];

/** The words of `shouldRetry`, as the engine takes them: a delay in ms, or one of these. */
const enum Word {
  ByDefault = -1,
  Retry = -2,
  Stop = -3,
}

/** What came: for who listens; or for who asked, a message that cannot be delivered among it, which keeps its place. */
export type Arrived = Received | Numbered;

/**
 * The user's part in a connection: what the engine asks for, and whom it tells. What it calls never throws: an exception
 * of the user's code is reported as the browser reports it.
 */
export class User {
  readonly #socket: WeakRef<MessageTarget>;
  /**
   * The same, held while the socket is open or on its way there: who listens to it is told, even if nobody holds it. At
   * rest it is held weakly, so that a socket which nobody needs can be collected.
   */
  #held: MessageTarget | undefined;
  readonly #url: unknown;
  readonly #options: SocketOptions<unknown>;
  readonly #coders: Map<unknown, Coder>;
  #coder: Coder;
  /** Whether the form of a message may change until it is handed over. */
  readonly _negotiates: boolean;
  readonly #maxMessageBytes: number;
  /** What the provider of the last dial threw: the cause of the error that follows. */
  _thrown: unknown;
  /** What went wrong since that dial. */
  #failure: SocketError | undefined;
  _binaryType: BinaryType;
  readonly _exchange: Exchange;
  /** How many messages could not be delivered. */
  _undeliverable = 0;
  /** Who waits for the socket to be open, for room in the queue, for the end of the queue, and for the socket's own. */
  readonly _awaiting: Partial<Record<Expected, Waiting[]>> = {};
  #state: State = "idle";

  /** @throws TypeError for a URL or an option that cannot be used */
  constructor(socket: MessageTarget, url: unknown, options: SocketOptions<unknown>) {
    this.#socket = new WeakRef(socket);
    this.#url = isFunction(url) ? url : resolveUrl(url);
    this.#options = options;
    const { codec, binaryType, heartbeat, maxMessageBytes = 2 ** 26 } = options;
    this.#maxMessageBytes = maxMessageBytes;
    this.#coders = codersOf(codec);
    this._negotiates = this.#coders.size > 1;
    [this.#coder] = this.#coders.values() as Iterable<Coder> as [Coder];
    this._exchange = new Exchange(options.correlation);
    if (!isFunction(options.protocols)) this.#offer(options.protocols);
    // A codec reads buffers; only who has none decides how binary messages come in.
    this._binaryType = binaryType ?? (codec ? "arraybuffer" : "blob");
    if (heartbeat) {
      const { message } = heartbeat;
      const fits =
        isFunction(message) || (message !== undefined && attempt(() => sizeOf(this.encode(message))) !== undefined);
      if (!fits) throw invalid("heartbeat.message", MESSAGE, message);
    }
  }

  /** The socket is on its way to be open. */
  _hold(): void {
    this.#held = this.#socket.deref();
  }

  /** Tells of something that went wrong beside the connection. */
  readonly _warn = (error: SocketError): void => this.#tell(new SocketErrorEvent("error", error));

  /** @throws SocketError - `invalid-message` */
  _check(message: unknown): unknown {
    return validate(this.#options.outgoing, message);
  }

  /** @throws SocketError - `encode-failed` */
  encode(message: unknown): Frame {
    return this.#coder.encode(message);
  }

  /** A message of which something is noted, with `settled` called as soon as it is no more in the queue. */
  _pack(message: unknown, settled?: () => void): Packet {
    return new Packet(this.#coder, message, settled);
  }

  /** The frame that is handed over. It takes another form where the server picks another codec than made it. */
  _form({ _frame: frame, _coder: coder }: Packet, protocol: string): Frame {
    const picked = this.#pick(protocol);
    return coder === picked ? frame : picked.encode(coder.decode(frame));
  }

  get _WebSocket(): unknown {
    return this.#options.WebSocket ?? globalThis.WebSocket;
  }

  /** The URL and the protocols for a dial, now or later; nothing where there is none to be had. */
  _target(answer: Answered): void {
    this.#failure = undefined;
    const failed = (thrown: unknown): void => answer(undefined, thrown);
    const settled = ([url, protocols]: unknown[]): void => {
      let target: Parameters<Answered>[0];
      try {
        target = [resolveUrl(url), this.#offer(protocols)];
      } catch (thrown) {
        return failed(thrown);
      }
      answer(target);
    };
    const asked = [this.#url, this.#options.protocols].map(ask);
    if (asked.some((answer) => answer instanceof Promise)) Promise.all(asked).then(settled, failed);
    else settled(asked);
  }

  #pick(protocol: string): Coder {
    this.#coder = this.#coders.get(protocol) ?? this.#coder;
    return this.#coder;
  }

  /**
   * The user's protocols, after those that name the codecs of a list.
   *
   * @throws TypeError for what is none
   */
  #offer(protocols: unknown): string[] {
    const named = Array.isArray(this.#options.codec) ? [...this.#coders.keys()] : [];
    return protocolList([...new Set([...named, ...protocolList(protocols ?? [])])]);
  }

  /** Sends a heartbeat. One that cannot be made or sent gets no answer, and that is acted upon. */
  _beat(native: WebSocket): void {
    try {
      const message: unknown = this.#options.heartbeat?.message;
      const frame = this.#pick(native.protocol).encode(isFunction(message) ? message() : message);
      sizeOf(frame);
      native.send(frame);
    } catch (thrown) {
      report(thrown);
    }
  }

  /** What the user says of a lost connection: a delay, or a word for it in the engine's numbers. */
  _verdict(lost: LostConnection): number {
    try {
      const word: unknown = this.#options.shouldRetry?.(lost);
      if (typeof word === "boolean") return word ? Word.Retry : Word.Stop;
      if (typeof word === "number" && word >= 0) return word;
      if (word !== undefined) throw invalid("shouldRetry()", "true, false, milliseconds or undefined", word);
    } catch (thrown) {
      report(thrown);
    }
    return Word.ByDefault;
  }

  /** The message in what came in; nothing, if it answers a heartbeat. */
  _receive(native: MessageEvent<Exclude<Frame, ArrayBufferView>>, from: WebSocket): Arrived | undefined {
    const { data } = native;
    const { incoming } = this.#options;
    let numbered: Numbered | undefined;
    try {
      if (exceeds(data, this.#maxMessageBytes)) {
        throw new SocketError("message-too-large", "a message is above maxMessageBytes");
      }
      const coder = this._negotiates ? this.#pick(from.protocol) : this.#coder;
      let message = coder.decode(data);
      numbered = this._exchange._askers.size ? this._exchange._unwrap(message) : undefined;
      if (numbered) {
        if (numbered.error === undefined) numbered.message = validate(incoming, numbered.message);
        return numbered;
      }
      if (incoming) message = validate(incoming, message);
      return this.#answers(message) ? undefined : new Received(native, message, this.#held as MessageTarget);
    } catch (error) {
      this._undeliverable += 1;
      return { tag: numbered?.tag ?? 0, error, lost: true };
    }
  }

  /** Whether a message answers a heartbeat. */
  #answers(message: unknown): boolean {
    const answer: unknown = this.#options.heartbeat?.answer;
    if (answer === undefined) return false;
    try {
      return !!(isFunction(answer) ? answer(message) : answer === message);
    } catch (thrown) {
      report(thrown);
      return false;
    }
  }

  /** What happened, in the engine's numbers; answers how to tell of it, and those who waited for it when it did. */
  _happened(what: Said, number: number, other: number): () => void {
    const waiting = this._awaiting[what as Expected]?.splice(0) ?? [];
    if (what === Said.Failed) {
      const [code, message] = FAILURES[number] as [SocketErrorCode, string];
      // No attempt is left after another failure.
      this.#failure = new SocketError(code, message, code === "provider-failed" ? this._thrown : this.#failure);
    }
    const failure = this.#failure as SocketError;
    return () => {
      switch (what) {
        case Said.Open:
          this.#tell(new Event("open"));
          break;
        case Said.State:
          this.#state = stateOf(number);
          return this.#tell(new StateChangeEvent("statechange", this.#state, stateOf(other)));
        case Said.Retry:
          return this.#tell(new RetryEvent("retry", number, other));
        case Said.Unanswered:
          return this._exchange._unanswered(number, other);
        case Said.Failed:
          return this._warn(failure);
      }
      for (const { resolve } of waiting) resolve();
    };
  }

  /** The socket is closed and everything has been told. */
  _rest(): void {
    this.#held = undefined;
  }

  /** A message came: for who listens, or for who asked, whose request it `replies` to if that still waits. */
  _hear(arrived: Arrived, replies: boolean): void {
    if (arrived instanceof Received) return deliver(arrived);
    const { tag, error, message, lost } = arrived;
    const asker = this._exchange._askers.get(tag);
    // Another message with its number in the same turn is no answer.
    if (replies) this._exchange._askers.delete(tag);
    if (lost && !replies) this._warn(error as SocketError);
    else if (replies || asker instanceof Inbox) {
      if (lost || error) asker?._end(error);
      else asker?._push(message);
    }
  }

  /**
   * The socket is closed for good: what ends all that waits now, and nothing that comes when it is opened again. Who waits
   * for the socket gets the error, and who reads messages the `fault`, if it is one.
   */
  _ending(error = this._closedError(), fault?: SocketError): () => void {
    const waiting = Object.values(this._awaiting).flatMap((list) => list.splice(0));
    const { _askers: askers, _matching: matching } = this._exchange;
    const reading = [...askers.values(), ...matching.values()];
    return () => {
      for (const { reject } of waiting) reject(error);
      // Where there is no fault, requests have been told.
      for (const asker of reading) asker._end(fault);
    };
  }

  /** The error of who comes or waits in vain. */
  _closedError(): SocketError {
    return new SocketError("closed", "the socket was closed", this.#failure);
  }

  _closed(closed: CloseInfo): void {
    this.#tell(new SocketCloseEvent("close", closed));
  }

  _dropped(packed: Packed, reason: number): void {
    const { _frame: frame, _coder: coder } =
      packed instanceof Packet ? packed : { _frame: packed, _coder: this.#coder };
    // What the user sent; the frame itself where their codec cannot read it back.
    const message = attempt(() => [coder.decode(frame)]) ?? [frame];
    this.#tell(new DropEvent("drop", message[0], DROP_REASONS[reason] as DropReason));
  }

  /** The last that is heard of this: the engine broke, for a reason that is no fault of the user's. */
  _crash(cause: unknown): void {
    const error = crashed(cause);
    this._ending(error, error)();
    this.#tell(new StateChangeEvent("statechange", "closed", this.#state));
    this._warn(error);
    this._closed({ code: 1006, reason: "", wasClean: false, willRetry: false });
  }

  #tell(event: Event): void {
    try {
      (this.#held ?? this.#socket.deref())?.dispatchEvent(event);
    } catch (thrown) {
      report(thrown);
    }
  }
}

/** What a provider answers; a promise where it is late or throws, so that one failure hides no other. */
function ask(provided: unknown): unknown {
  try {
    const answer: unknown = isFunction(provided) ? provided() : provided;
    return isFunction(get(answer, "then")) ? Promise.resolve(answer) : answer;
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}
