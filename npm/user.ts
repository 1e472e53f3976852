import { get, invalid, protocolList, resolveUrl } from "./check.js";
import { coderOf, type Coder } from "./codec.js";
import { SocketError, type SocketErrorCode } from "./errors.js";
import {
  DropEvent,
  RetryEvent,
  SocketCloseEvent,
  SocketErrorEvent,
  StateChangeEvent,
  stateOf,
  type DropReason,
  type State,
} from "./events.js";
import { deliver, Received, type MessageTarget } from "./message.js";
import type { SocketOptions } from "./options.js";
import { report } from "./report.js";
import { exceeds, isFrame, type Frame } from "./wire.js";

type Answered = (target?: [url: string, protocols: string[]]) => void;

// In the order of the engine's numbers.
const DROP_REASONS: DropReason[] = ["expired", "replaced", "overflow", "closed", "refused"];

// The words of `shouldRetry`, as the engine takes them: a delay in ms, or one of these.
const BY_DEFAULT = -1;
const RETRY = -2;
const STOP = -3;

/** The error of a socket whose engine broke. */
export function crashed(cause?: unknown): SocketError {
  const what =
    "everwire's engine broke: this socket is closed for good, and what it had queued is lost; make a new one";
  return new SocketError("crashed", what, cause);
}

/** A message that cannot be delivered. It keeps its place among those that can. */
class Undeliverable {
  constructor(readonly error: unknown) {}
}

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
  readonly #coder: Coder;
  readonly #maxMessageBytes: number;
  /** What the provider of the last dial threw: the cause of the error that follows. */
  #thrown: unknown;
  binaryType: BinaryType;
  /** The engine broke, and this is over. */
  crashed = false;
  #state: State = "idle";

  /** @throws TypeError for a URL or an option that cannot be used */
  constructor(socket: MessageTarget, url: unknown, options: SocketOptions<unknown>) {
    this.#socket = new WeakRef(socket);
    this.#url = typeof url === "function" ? url : resolveUrl(url);
    this.#options = options;
    const { codec, binaryType, heartbeat, maxMessageBytes = 64 * 1024 * 1024 } = options;
    this.#maxMessageBytes = maxMessageBytes;
    this.#coder = coderOf(codec);
    // A codec reads buffers; only who has none decides how binary messages come in.
    this.binaryType = binaryType ?? (codec ? "arraybuffer" : "blob");
    if (heartbeat && typeof heartbeat.message !== "function" && !isFrame(this.encode(heartbeat.message))) {
      throw invalid("heartbeat.message", "what `send` takes, or a function that returns it", heartbeat.message);
    }
  }

  /** The error for an option that the engine cannot meet. */
  unmet(path: string, takes: string): TypeError {
    return invalid(path, takes, path.split(".").reduce(get, this.#options as unknown));
  }

  hold(): void {
    this.#held = this.#socket.deref();
  }

  rest(): void {
    this.#held = undefined;
  }

  /** @throws SocketError - `encode-failed` */
  encode(message: unknown): Frame {
    return this.#coder.encode(message);
  }

  get WebSocket(): unknown {
    return this.#options.WebSocket ?? globalThis.WebSocket;
  }

  /** The URL and the protocols for a dial, now or later; nothing where there is none to be had. */
  target(answer: Answered): void {
    const failed = (thrown: unknown): void => {
      this.#thrown = thrown;
      answer();
    };
    const settled = ([url, protocols]: unknown[]): void => {
      let target: Parameters<Answered>[0];
      try {
        target = [resolveUrl(url), protocols === undefined ? [] : protocolList(protocols)];
      } catch (thrown) {
        return failed(thrown);
      }
      answer(target);
    };
    const asked = [ask(this.#url), ask(this.#options.protocols)];
    if (asked.some((answer) => answer instanceof Promise)) Promise.all(asked).then(settled, failed);
    else settled(asked);
  }

  heartbeat(): Frame | undefined {
    try {
      const message: unknown = this.#options.heartbeat?.message;
      return this.encode(typeof message === "function" ? message() : message);
    } catch (thrown) {
      report(thrown);
      return undefined;
    }
  }

  verdict(code: number, reason: string, wasClean: boolean, attempt: number): number {
    try {
      const word: unknown = this.#options.shouldRetry?.({ code, reason, wasClean, attempt });
      if (word === true) return RETRY;
      if (word === false) return STOP;
      if (typeof word === "number" && word >= 0) return word;
      if (word !== undefined) throw invalid("shouldRetry()", "true, false, milliseconds or undefined", word);
    } catch (thrown) {
      report(thrown);
    }
    return BY_DEFAULT;
  }

  /** The message in what came in, for {@link isAnswer} and {@link onMessage}. */
  receive(native: MessageEvent<Exclude<Frame, ArrayBufferView>>): Received | Undeliverable {
    const { data } = native;
    if (exceeds(data, this.#maxMessageBytes)) {
      const what = "a message above maxMessageBytes was not delivered";
      return new Undeliverable(new SocketError("message-too-large", what));
    }
    try {
      return new Received(native, this.#coder.decode(data), this.#held as MessageTarget);
    } catch (error) {
      return new Undeliverable(error);
    }
  }

  isAnswer(message: Received | Undeliverable): boolean {
    const answer: unknown = this.#options.heartbeat?.answer;
    if (answer === undefined || message instanceof Undeliverable) return false;
    if (typeof answer !== "function") return answer === message.data;
    try {
      return Boolean(answer(message.data));
    } catch (thrown) {
      report(thrown);
      return false;
    }
  }

  onOpen(): void {
    this.#tell(new Event("open"));
  }

  onMessage(message: Received | Undeliverable): void {
    if (message instanceof Undeliverable) this.#tell(new SocketErrorEvent("error", message.error as SocketError));
    else if (!this.crashed) deliver(message);
  }

  onClose(code: number, reason: string, wasClean: boolean, willRetry: boolean): void {
    this.#tell(new SocketCloseEvent("close", { code, reason, wasClean, willRetry }));
  }

  onError(code: SocketErrorCode, message: string): void {
    const cause = code === "provider-failed" ? this.#thrown : undefined;
    this.#thrown = undefined;
    this.#tell(new SocketErrorEvent("error", new SocketError(code, message, cause)));
  }

  onRetry(attempt: number, delay: number): void {
    this.#tell(new RetryEvent("retry", attempt, delay));
  }

  onStateChange(state: number, previous: number): void {
    this.#state = stateOf(state);
    this.#tell(new StateChangeEvent("statechange", this.#state, stateOf(previous)));
  }

  onDrop(frame: Frame, reason: number): void {
    let message: unknown = frame;
    try {
      // What the user sent; the frame itself where their codec cannot read it back.
      message = this.#coder.decode(frame);
    } catch {}
    this.#tell(new DropEvent("drop", message, DROP_REASONS[reason] as DropReason));
  }

  /** The last that is heard of this: the engine broke, for a reason that is no fault of the user's. */
  crash(cause: unknown): void {
    if (this.crashed) return;
    this.crashed = true;
    // In a microtask: what broke the engine may be a call of the user's, and nobody's listener runs inside that.
    if (this.#held) queueMicrotask(() => this.#tellCrash(cause));
  }

  #tellCrash(cause: unknown): void {
    this.#tell(new StateChangeEvent("statechange", "closed", this.#state), true);
    this.#tell(new SocketErrorEvent("error", crashed(cause)), true);
    this.#tell(new SocketCloseEvent("close", { code: 1006, reason: "", wasClean: false, willRetry: false }), true);
    this.rest();
  }

  get #target(): MessageTarget | undefined {
    return this.#held ?? this.#socket.deref();
  }

  /** Once the engine is broken only its end is told, whatever it says while it falls. */
  #tell(event: Event, end = false): void {
    if (this.crashed !== end) return;
    try {
      this.#target?.dispatchEvent(event);
    } catch (thrown) {
      report(thrown);
    }
  }
}

/** What a provider answers; a promise where it is late or throws, so that one failure hides no other. */
function ask(provided: unknown): unknown {
  try {
    const answer: unknown = typeof provided === "function" ? provided() : provided;
    return typeof get(answer, "then") === "function" ? Promise.resolve(answer) : answer;
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}
