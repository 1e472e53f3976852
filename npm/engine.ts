/**
 * The wasm engine: one instance for all sockets, started at the first use, and started afresh should it ever break. It is
 * asked and told in numbers, calls nobody, and has an engine for each socket. The two entry points differ only in where
 * the compiled wasm comes from, so each of them says here how to get it.
 */

import type * as bindings from "everwire:bindings";
import { readOptions, invalid, OPTIONS, OVERFLOWS } from "./check.js";
import { crashed } from "./errors.js";
import type { SocketOptions } from "./options.js";

/** What an engine is told and asked, by the order in `src/npm/mod.rs`. One that broke can do nothing of what comes first. */
export const enum What {
  Open,
  Reconnect,
  AwaitRoom,
  AwaitFlush,
  /** Answers a number to follow a message by. */
  Tag,
  /** About the slot of a message, with its bytes; what is asked for it has been said. Answers what `Became` of it. */
  Enqueue,
  /** About a connection. Answers what may be done without asking until the engine is told something: `Permit`. */
  Permit,
  /** With the code, if any. */
  Close,
  /** About a tag. */
  Cancel,
  /** About a tag. Answers whether the server knows of it. */
  Unsubscribe,
  /** This and what follows is about a connection. */
  Opened,
  Errored,
  /** With the code. */
  Ended,
  EndedCleanly,
  /** With the bytes. */
  Buffered,
  /** With a `Cause`. */
  Undialable,
  /** With what `User._verdict` says. */
  Verdict,
  /** A message came; `Answered` that it answers a heartbeat. */
  Received,
  Answered,
  /** About the tag that a message names. Answers whether it is the answer to a request. */
  Replied,
  /** About a connection. Answers whether it is still wanted. */
  IsCurrent,
  Tick,
  Online,
  Offline,
  Visible,
  Frozen,
  Thawed,
  /** The connection would not have sent what was to be transmitted. */
  TakeBack,
  /** The connection refused it. */
  Refused,
  /** About so many messages, with their bytes or more: they went past the queue. */
  Passed,
  /** About the number of the reason for what is told next, with the delay that it asks for. */
  Reason,
  /** About the place of an option, see `readOptions` of `npm/check.ts`, with its value. */
  Option,
  /** Answers whether the options break a rule that holds between them. */
  BrokenRule,
  /** What is asked for the message that comes next: about a tag; with a time to live; about a key; with a priority. */
  MessageTag,
  MessageTtl,
  MessageKey,
  MessagePriority,
  /** It is to be answered within a time; and may be sent again when its connection is lost. */
  Request,
  Repeatable,
  /** Every connection is to be told of it first. */
  Subscription,
  /** About what `Became` of a message; answers what has since. */
  Became,
  State,
  QueueCount,
  QueueBytes,
  Attempt,
  /** Not a number before any. */
  Latency,
  Connections,
  SentCount,
  DroppedCount,
  /** About a place; answers the number there that belongs to what `poll` said last. */
  Number,
}

/** What an engine wants done, or told: what `poll` answers below 0, the other way round. */
export const enum Said {
  /** About a connection. */
  Dial = 1,
  Ping,
  Measure,
  /** With the code, if any, and the number of the reason. */
  Shut,
  Abandon,
  /** As `Closed`, and with the attempt. */
  Consult,
  /** Whether to watch. */
  Watch,
  /** When, if at all. */
  Wake,
  Open,
  /** The new one, and the one before. */
  State,
  /** The attempt, and the delay before it. */
  Retry,
  /** The tag, and why. */
  Unanswered,
  Room,
  Flushed,
  /** Which, see `FAILURES` of `npm/errors.ts`. */
  Failed,
  /** The slot of the frame, and the reason. */
  Dropped,
  /** With the code, the number of the reason, and whether it was clean: for good, or with another dial to follow. */
  Closed,
  ClosedForNow,
}

/** Why a dial could not even be made. */
export const enum Cause {
  ProviderFailed,
  Blocked,
  NoWebSocket,
}

/** What may be done without asking. Above 0 it is the bytes that may go past the queue; one message may go beyond them. */
export const enum Permit {
  /** What comes is not for the user. */
  Nothing = -2,
  /** What comes is for the user, and what is sent waits. */
  Receive,
  /** So it is, and the engine wants to know first how much the connection has not sent. */
  Measure,
}

/** What became of a message. */
export const enum Became {
  Sent,
  Queued,
  Dropped,
  Closed,
  Full,
}

/** The names of what the wasm exports: every page pays for each letter. */
export const enum Export {
  Create = "c",
  Handle = "h",
  Poll = "p",
  Release = "r",
}

/** What the wasm exports. An engine, which is one socket's decisions, is an address in it: see `src/npm/mod.rs`. */
interface Exports extends Pick<typeof bindings, Export.Create | Export.Release> {
  /**
   * Something happened, is wanted or is asked; `poll` has to follow where something may have changed. What is left out is 0
   * there, and not a number.
   */
  [Export.Handle](engine: number, now: number, what: What, about?: number, number?: number): number;
  /** What to do now: above 0 the slot of a frame to be transmitted, below 0 what `Said` names, 0 nothing more. */
  [Export.Poll](engine: number): number;
}

/** All that shares an instance of the wasm. */
export interface Home {
  /** @internal */
  readonly wasm: Exports;
  /** Lets the memory of an engine go once its driver is gone. */
  readonly left: FinalizationRegistry<number>;
  /** Those that are connected or on their way there. */
  readonly active: Set<Resident>;
}

/** Who has an engine. */
interface Resident {
  /** The engine broke, for a reason that is no fault of the user's. */
  _crash(cause: unknown): void;
}

let compile: () => WebAssembly.Module;
let home: Home | undefined;

/**
 * Says how to get the compiled wasm; called by the entry point.
 *
 * @internal
 */
export function setCompile(how: () => WebAssembly.Module): void {
  compile = how;
}

const enum Place {
  /** Where a list is told number by number. Another, such as a heartbeat's message, is one value, and may be empty. */
  FatalCodes = 6,
}

/**
 * The instance, and an engine in it for one driver.
 *
 * @throws TypeError for options that cannot be met together
 */
export function createEngine(driver: Resident, options: SocketOptions<unknown>): [Home, engine: number] {
  home ??= settle();
  const { wasm, left } = home;
  // Firefox alone has this, and browsers hold dials back in ways of their own.
  const engine = wasm[Export.Create](Math.random() * 2 ** 53, "InternalError" in globalThis);
  left.register(driver, engine);
  readOptions(options, OPTIONS, (option, given) => {
    for (const value of option === Place.FatalCodes ? (given as number[]) : [given]) {
      const number =
        typeof value === "number" || typeof value === "boolean" ? Number(value) : OVERFLOWS.indexOf(value as string);
      wasm[Export.Handle](engine, 0, What.Option, option, number);
    }
  });
  if (wasm[Export.Handle](engine, 0, What.BrokenRule, 0, 0)) {
    throw invalid("backoff.max", "at least backoff.min", options.backoff?.max);
  }
  return [home, engine];
}

/**
 * A new instance, with a watch on each call: an exception that leaves it is a trap, and leaves it broken, since what it was
 * changing is half changed. Nothing calls into it after that.
 */
function settle(): Home {
  const watched = (call: Call): Call => {
    // As many parameters as any export has: a rest parameter would cost an array for each call.
    return (a, b, c, d, e) => {
      // What a timer, a listener or a finalizer that comes late asks `handle` for is its third.
      if (home !== settled) return fallen(c as What);
      try {
        return call(a, b, c, d, e);
      } catch (cause) {
        // Nothing half-dead stays: connections are closed and every socket is told. The next socket gets a new instance.
        home = undefined;
        for (const driver of settled.active) driver._crash(cause);
        throw cause;
      }
    };
  };
  const wasm = {} as Exports & Record<string, Call>;
  for (const [name, call] of Object.entries(new WebAssembly.Instance(compile()).exports))
    wasm[name] = watched(call as Call);
  const settled: Home = { wasm, left: new FinalizationRegistry(wasm[Export.Release]), active: new Set() };
  return settled;
}

type Call = (...values: unknown[]) => unknown;

/** The number of the state `closed`. */
export const enum Final {
  Closed = 6,
}

/** What an engine that broke answers: it is closed, and nothing more can be asked of it. */
function fallen(what: What): number {
  if (what < What.Close) throw crashed();
  return what === What.State ? Final.Closed : what === What.Latency ? NaN : 0;
}
