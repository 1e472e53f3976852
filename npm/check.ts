/**
 * Checks what users pass. An error names the option, what it takes and what it got; a name that is not known is an error
 * too, since a typo would otherwise be a silent default. What an option means, and its default, the engine knows.
 */

import { codecOf } from "./named.js";
import { utf8Length } from "./utf8.js";

/** What an option takes: in words, and as a test. */
type Kind = readonly [takes: string, fits: (value: unknown) => boolean];
type Kinds = { readonly [name: string]: Kind | Kinds };

export const isFunction = (value: unknown): value is (...given: unknown[]) => unknown => typeof value === "function";
const isCode = (value: unknown) => Number.isInteger(value) && (value as number) >= 1000 && (value as number) <= 4999;

const text: Kind = ["a string", (value) => typeof value === "string"];
const object: Kind = ["an object", isObject];
const callable: Kind = ["a function", isFunction];
const flag: Kind = ["true or false", (value) => typeof value === "boolean"];
const oneOf = (...words: string[]): Kind => [
  words.map((word) => `"${word}"`).join(" or "),
  (value) => words.includes(value as string),
];

const whole = (least: number): Kind => [
  `a whole number from ${least} on, or Infinity`,
  (value) => value === Infinity || (Number.isInteger(value) && (value as number) >= least),
];
const count = whole(0);
const limit = whole(1);
const time = (range: string, fits: (value: number) => boolean): Kind => [
  `milliseconds ${range}`,
  (value) => typeof value === "number" && fits(value),
];
const millis = time("from 0 on", (value) => value >= 0 && value < Infinity);
const positive = time("above 0", (value) => value > 0 && value < Infinity);
const millisOrInfinity = time("from 0 on, or Infinity", (value) => value >= 0);
export const MESSAGE = "a message or a function that returns one";
/** A message, or a function about one: the codec knows more. */
const anything: Kind = [MESSAGE, () => true];

const schema: Kind = ["a Standard Schema", (value) => isFunction(get(get(value, "~standard"), "validate"))];

const isCodec = (value: unknown) => ["encode", "decode"].every((name) => isFunction(get(codecOf(value), name)));
const CODEC =
  '"json", "text", "binary", "msgpack" or "cbor" (import everwire/… first), an object with encode and decode, or an array of those with a protocol';

/** The subprotocol that names a codec: its own word for a standard one. */
export function protocolOf(codec: unknown): unknown {
  return isCodec(codec) && (typeof codec === "string" ? codec : get(codec, "protocol"));
}

function hasProtocol(codec: unknown, at: number): true {
  if (protocolOf(codec)) return true;
  throw invalid(`codec[${at}]`, CODEC, codec);
}

const isPath = (value: unknown) => typeof value === "string" && value !== "";
const isCorrelation = (value: unknown) =>
  isPath(value) || (isObject(value) && isPath(get(value, "outgoing")) && isPath(get(value, "incoming")));

const PROTOCOLS = "a subprotocol, an array of distinct ones, or a function";
/** What gives way in the send queue, by the engine's numbers. */
export const OVERFLOWS = ["reject", "drop-oldest", "drop-newest"];

const binary = oneOf("blob", "arraybuffer");
export const isBinaryType = binary[1];

/** By their places here the engine knows them, see {@link readOptions} and `src/npm/options.rs`. Groups come last. */
export const OPTIONS: Kinds = {
  connectTimeout: positive,
  closeTimeout: positive,
  stableAfter: millis,
  maxAttempts: limit,
  retryOnNormalClose: flag,
  shouldRetry: callable,
  fatalCodes: ["an array of codes from 1000 to 4999", (value) => Array.isArray(value) && value.every(isCode)],
  highWaterMark: limit,
  // Together with those of the codecs they are checked in `npm/user.ts`.
  protocols: anything,
  codec: [CODEC, (value) => (Array.isArray(value) ? value.length > 0 && value.every(hasProtocol) : isCodec(value))],
  incoming: schema,
  outgoing: schema,
  tag: text,
  correlation: ["a path, or an object with outgoing and incoming", isCorrelation],
  binaryType: binary,
  autoOpen: flag,
  maxMessageBytes: count,
  WebSocket: callable,
  backoff: {
    min: millis,
    base: positive,
    max: positive,
  },
  queue: {
    maxMessages: count,
    maxBytes: count,
    overflow: oneOf(...OVERFLOWS),
    ttl: millisOrInfinity,
  },
  heartbeat: {
    message: anything,
    answer: anything,
    interval: positive,
    timeout: positive,
  },
  inbox: {
    maxMessages: count,
    overflow: oneOf("drop-oldest", "drop-newest", "throw"),
  },
};

export const SEND_OPTIONS: Kinds = {
  ttl: millisOrInfinity,
  key: text,
  priority: ["a whole number", (value) => Number.isInteger(value) && ((value as number) | 0) === value],
  signal: ["an AbortSignal", (value) => isFunction(get(value, "throwIfAborted"))],
};

export const REQUEST_OPTIONS: Kinds = { ...SEND_OPTIONS, timeout: millisOrInfinity, repeat: flag };

export const SUBSCRIBE_OPTIONS: Kinds = { unsubscribe: anything, match: callable };

/**
 * The options as they are now: what becomes of the objects later changes nothing. Each that is given is told by its place
 * among all; in a group it is counted from four times the group's.
 *
 * @throws TypeError for options that are not of these kinds
 */
export function readOptions<Options>(
  given: Options,
  kinds: Kind | Kinds,
  tell?: (place: number, value: unknown) => void,
  path = "options",
  prefix = "",
  place = 0,
): Options {
  // A list is copied, and so is a group; anything else, such as a codec, is its owner's.
  const value: unknown = Array.isArray(given) ? [...given] : given;
  const [takes, fits] = isKind(kinds) ? kinds : object;
  if (!fits(value)) throw invalid(path, takes, value);
  if (isKind(kinds)) {
    tell?.(place, value);
    return value as Options;
  }
  const names = Object.keys(kinds);
  const unknown = Object.keys(value as object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrong("option", path, `only ${names.join(", ")}`, prefix + unknown);
  const read: Record<string, unknown> = {};
  names.forEach((name, at) => {
    const inner = get(value, name);
    if (inner !== undefined)
      read[name] = readOptions(inner, kinds[name]!, tell, prefix + name, `${name}.`, 4 * place + at);
  });
  return read as Options;
}

const isKind = (kinds: Kind | Kinds): kinds is Kind => Array.isArray(kinds);

/** @throws TypeError for a code or a reason that a page may not send. */
export function checkClose(code: unknown, reason: unknown = ""): void {
  const sendable = code === 1000 || (isCode(code) && (code as number) >= 3000);
  if (!sendable && (code !== undefined || reason)) throw wrongArgument("code", "1000, or 3000 to 4999", describe(code));
  // It has to fit into a control frame with its code: RFC 6455, section 5.5.
  const bytes = typeof reason === "string" ? utf8Length(reason) : kindOf(reason);
  if (!((bytes as number) <= 123)) throw wrongArgument("reason", "a string of at most 123 bytes", bytes as string);
}

const wrong = (what: "argument" | "option", name: string, takes: string, got: string) =>
  Object.assign(new TypeError(`${what} \`${name}\`: takes ${takes}, got ${got}`), { code: `invalid-${what}` });

export const wrongArgument = (name: string, takes: string, got: string) => wrong("argument", name, takes, got);

/** The error for an option that cannot be met. */
export const invalid = (path: string, takes: string, got: unknown) => wrong("option", path, takes, describe(got));

// A token of RFC 9110, section 5.6.2, which RFC 6455, section 4.1, asks of a subprotocol.
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/**
 * The protocols as an array.
 *
 * @throws TypeError unless they are tokens and none is there twice (WHATWG WebSockets, constructor steps 4 and 5).
 */
export function protocolList(value: unknown): string[] {
  const list = [value].flat() as string[];
  const isProtocol = (name: unknown) => typeof name === "string" && TOKEN.test(name);
  if (list.every(isProtocol) && new Set(list).size === list.length) return list;
  throw wrong("option", "protocols", PROTOCOLS, "none of these");
}

/**
 * The absolute URL with a ws or wss scheme, as the WHATWG WebSockets standard has it ("obtaining a URL record").
 *
 * @throws TypeError which names no part of the URL: it may carry a token.
 */
export function resolveUrl(given: unknown): string {
  const text = typeof given === "string" ? given : get(given, "href");
  // A document's base, or a worker's own location. Node has neither.
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const url = typeof text === "string" && attempt(() => new URL(text, base).href.replace(/^http/, "ws"));
  // A bare `#` counts as a fragment too.
  if (url && /^wss?:[^#]*$/.test(url)) return url;
  throw wrong(
    "option",
    "url",
    "a ws:, wss:, http: or https: URL without a fragment, or one relative to the page",
    url ? "another" : kindOf(given),
  );
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A property of what may be anything. */
export function get(value: unknown, name: string): unknown {
  return (value as Record<string, unknown> | null | undefined)?.[name];
}

/** A value in the words of an error message: short, and never what an object holds. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 24));
  return typeof value === "number" || typeof value === "boolean" ? String(value) : kindOf(value);
}

/** What kind of value it is, and no more: of what may be a secret, such as a protocol or a message. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** What a call answers, or undefined where it throws. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
