/** The entries for codecs: what they write and read, beside other libraries, and what they refuse. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import * as theirMsgpack from "@msgpack/msgpack";
import { decode as cborXDecode } from "cbor-x";
import * as cborg from "cborg";
import { pack } from "msgpackr";
import { installed, limit, repository } from "./harness.mjs";

const entry = async (name) => import(pathToFileURL(join(await installed(), `everwire/pkg/${name}.js`)));
const { msgpack } = await entry("msgpack");
const { cbor } = await entry("cbor");
const codecs = [msgpack, cbor];

const cases = Number(process.env.FUZZ_CASES ?? 300);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));

/** A record with keys that an assignment would not make. */
const own = (entries) => {
  const define = (object, [name, value]) =>
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  return entries.reduce(define, {});
};

/** A value as text that tells apart what `assert.deepEqual` or JSON does not; records by their sorted keys. */
function shown(value) {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (value instanceof Uint8Array) return `bytes ${hex(value)}`;
  if (Array.isArray(value)) return `[${value.map(shown)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const entries = Object.keys(value).sort();
  return `{${entries.map((name) => `${JSON.stringify(name)}:${shown(value[name])}`)}}`;
}

let state = Number(process.env.FUZZ_SEED ?? 1);
function random(below) {
  // Mulberry32.
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
const pick = (items) => items[random(items.length)];
const EDGES = [7, 8, 15, 16, 31, 32, 53].flatMap((bits) => [2 ** bits - 1, 2 ** bits, -(2 ** bits), -(2 ** bits) - 1]);
const NUMBERS = [...EDGES, 0, 23, 24, -24, -25, -32, -33, 0.5, 0.1, 1e300, 5e-324, NaN, Infinity, -Infinity];
const PIECES = ["", "a", "é", "€", "🦀", "\u0000", "x".repeat(31), "y".repeat(40), "ü".repeat(300), "𝄞".repeat(9)];
const WHAT_ALL_KNOW = [
  () => null,
  () => random(2) === 0,
  () => pick(NUMBERS),
  () => random(2 ** 31) - 2 ** 30,
  () => random(1e6) / 1000,
  () => pick(PIECES) + pick(PIECES),
  () => Uint8Array.from({ length: pick([0, 1, 23, 255, 256, 1100]) }, () => random(256)),
];
const OUR_OWN = [
  () => pick([2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n]),
  () => new Date(pick([0, 1, -1, 1e12 + 5, 2 ** 32 * 1000, 2 ** 34 * 1000 + 7, -5e12, 8.64e15])),
  () => -0,
];

function value(depth, leaves, names) {
  const kind = random(depth > 0 ? 5 : 3);
  if (kind < 3) return pick(leaves)();
  const length = pick([0, 1, 3, 15, 16, 24, 40]);
  if (kind === 3) return Array.from({ length }, () => value(depth - 1, leaves, names));
  return own(Array.from({ length }, (_, at) => [pick(names) + at, value(depth - 1, leaves, names)]));
}
const ordinary = () => value(3, WHAT_ALL_KNOW, ["k", "naïve ", "a name beyond every short form "]);

test("what it wrote it reads back, as it was", limit, () => {
  const leaves = [...WHAT_ALL_KNOW, ...OUR_OWN];
  for (let count = 0; count < cases; count += 1) {
    const message = value(3, leaves, ["k", "", "long ".repeat(9)]);
    for (const { encode, decode } of codecs) {
      const frame = encode(message);
      assert.equal(shown(decode(frame)), shown(message));
      assert.equal(shown(decode(frame.slice().buffer)), shown(message));
    }
  }
});

test("other libraries read what it wrote, and it reads what they wrote", limit, () => {
  // Some of them give every integer of 64 bits as a BigInt.
  const plain = (decoded) =>
    shown(decoded).replace(/(?<=[[:,]|^)(-?\d+)n/g, (all, digits) => {
      return Number.isSafeInteger(Number(digits)) || Number(digits) === 2 ** 53 ? `${Number(digits)}` : all;
    });
  for (let count = 0; count < cases; count += 1) {
    const message = ordinary();
    const expected = plain(message);
    assert.equal(plain(theirMsgpack.decode(msgpack.encode(message))), expected, "@msgpack/msgpack reads");
    assert.equal(plain(msgpack.decode(theirMsgpack.encode(message))), expected, "@msgpack/msgpack wrote");
    assert.equal(plain(msgpack.decode(pack(message))), expected, "msgpackr wrote");
    assert.equal(plain(cborXDecode(Buffer.from(cbor.encode(message)))), expected, "cbor-x reads");
    assert.equal(plain(cbor.decode(cborg.encode(message))), expected, "cborg wrote");
  }
});

test("every frame is a message or an error with a name, and changes nothing else", limit, () => {
  const answer = (decode, frame) => {
    try {
      return decode(frame);
    } catch (error) {
      assert.equal(error.name, "CodecError", error.stack);
      return undefined;
    }
  };
  for (let count = 0; count < cases; count += 1) {
    const message = value(3, [...WHAT_ALL_KNOW, ...OUR_OWN], ["__proto__", "constructor"]);
    for (const { encode, decode } of codecs) {
      const frame = encode(message);
      const cut = random(frame.length);
      assert.throws(() => decode(frame.subarray(0, cut)), { name: "CodecError" });
      assert.throws(() => decode(Buffer.concat([frame, Buffer.from([0])])), /more bytes after the message/);
      frame[random(frame.length)] = random(256);
      answer(decode, frame);
      answer(
        decode,
        Uint8Array.from({ length: random(30) }, () => random(256)),
      );
    }
  }
  assert.equal({}.polluted, undefined);
});

test("a frame gets no more depth and no more memory than its bytes", limit, () => {
  for (const [{ decode }, head] of [
    [msgpack, "91"],
    [msgpack, "81a161"],
    [cbor, "81"],
    [cbor, "9f"],
    [cbor, "a16161"],
    [cbor, "bf6161"],
    [cbor, "d9d9f7"],
  ]) {
    assert.throws(() => decode(bytes(head.repeat(100_000))), /nested more than 128 deep/);
  }
  // Each claims millions of elements, in as many lists as there may be.
  for (const [{ decode }, head] of [
    [msgpack, "dd00ffffff"],
    [msgpack, "df00ffffff"],
    [cbor, "9a00ffffff"],
    [cbor, "ba00ffffff"],
    [cbor, "9bffffffffffffffff"],
    [cbor, "5bffffffffffffffff"],
    [msgpack, "c6ffffffff"],
    [msgpack, "dbffffffff"],
  ]) {
    assert.throws(() => decode(bytes(head.repeat(100))), /the frame ends within the message/);
  }
});

test("a key of any name is a property of the message alone", limit, () => {
  const message = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}');
  for (const { encode, decode } of codecs) {
    const decoded = decode(encode(message));
    assert.deepEqual(Object.keys(decoded), ["__proto__", "constructor", "toString"]);
    assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
    assert.equal(decoded.polluted, undefined);
  }
});

test("a key that a frozen prototype has is one like any other", limit, () => {
  const message = { constructor: 1, nested: [{ toString: 2, valueOf: 3 }] };
  const names = ["constructor", "toString", "valueOf"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(Object.prototype, name));
  // As `Object.freeze` leaves them, which could not be taken back.
  for (const name of names) Object.defineProperty(Object.prototype, name, { writable: false });
  try {
    for (const { encode, decode } of codecs) assert.equal(shown(decode(encode(message))), shown(message));
  } finally {
    names.forEach((name, at) => Object.defineProperty(Object.prototype, name, before[at]));
  }
});

test("what another realm made is what it is here", limit, () => {
  const make = `({
    list: [1],
    record: { a: 1 },
    map: new Map([["a", 1], [2, new Map()]]),
    date: new Date(5),
    views: [new Uint8Array(2).buffer, new Uint8Array(2), new DataView(new ArrayBuffer(2))],
  })`;
  const [ours, theirs] = [(0, eval)(make), runInNewContext(make)];
  assert.equal(theirs.map instanceof Map, false);
  for (const { encode } of codecs) {
    assert.equal(hex(encode(theirs)), hex(encode(ours)));
    for (const formless of ["new Set()", "new Date(NaN)", "/x/"]) {
      assert.throws(() => encode(runInNewContext(formless)), { name: "CodecError" });
    }
  }
});

test("what has no form is refused, with the way to it", limit, () => {
  const circle = {};
  circle.self = circle;
  const wrong = [() => 1, Symbol("s"), new Set(), /x/, new Float64Array(1), Promise.resolve(), new Error("e")];
  for (const { encode, decode } of codecs) {
    for (const item of [...wrong, new Date(NaN)]) {
      assert.throws(() => encode({ list: [0, { item }] }), { name: "CodecError", path: ["list", 1, "item"] });
    }
    assert.throws(() => encode(undefined), { name: "CodecError" });
    assert.throws(() => encode(circle), /nested more than 128 deep, or in itself/);
    assert.throws(() => decode("text"), /a text frame, expected a binary frame/);
    const throws = {
      get it() {
        throw new RangeError("mine");
      },
    };
    assert.throws(() => encode(throws), new RangeError("mine"));
    assert.deepEqual(decode(encode({ a: undefined, b: [undefined] })), { b: [null] }, "as JSON has it");
    for (const count of [15, 23, 255, 65_535]) {
      const record = Object.fromEntries(Array.from({ length: count }, (_, at) => [`name ${at}`, { at }]));
      assert.equal(hex(encode({ ...record, one: undefined, more: undefined })), hex(encode(record)));
    }
  }
  assert.throws(() => msgpack.encode(2n ** 64n), /a BigInt beyond 64 bits/);
  assert.equal(cbor.decode(cbor.encode(2n ** 80n)), 2n ** 80n);
  assert.equal(cbor.decode(cbor.encode(-(2n ** 80n))), -(2n ** 80n));
  assert.equal(cbor.decode(Uint8Array.of(0xc2, 0x41, 5)), 5, "exact as a number, whatever the field");
  assert.equal(cbor.decode(Uint8Array.of(0xc3, 0x41, 5)), -6);
  const key = (bytes) => Uint8Array.of(0xa1, 0xc2, 0x58, bytes, ...Array(bytes).fill(0xff), 1);
  assert.deepEqual(cbor.decode(key(8)), { [`${2n ** 64n - 1n}`]: 1 });
  assert.throws(() => cbor.decode(key(9)), /a key that is neither text nor number/);
  const huge = 0xfedcba9876543210n ** 5_000n;
  assert.equal(cbor.decode(cbor.encode(huge)), huge);
  assert.throws(() => msgpack.decode(bytes("81a16192c0c1")), { path: ["a", 1] });
  assert.throws(() => cbor.decode(bytes("a1616182f6ff")), { path: ["a", 1] });
});

test("a key of a Map may be an object of any kind", limit, () => {
  for (const { encode } of codecs) {
    assert.equal(hex(encode(new Map([[Object.create(null), 1]]))), hex(encode(new Map([[{}, 1]]))));
    assert.throws(() => encode(new Map([[Object.create(null), { wrong: Boolean }]])), { path: ["Object", "wrong"] });
    assert.throws(() => encode(new Map([[null, Boolean]])), { path: ["Null"] });
    assert.throws(() => encode(new Map([[7, Boolean]])), { path: ["7"] });
    assert.throws(() => encode(new Map([[Symbol(), 1]])), /a value that has no form in this format: symbol/);
  }
});

test("a buffer whose bytes are gone is refused, and not taken for an empty one", limit, () => {
  const buffer = new ArrayBuffer(4);
  const gone = [buffer, new Uint8Array(buffer), new DataView(buffer)];
  structuredClone(buffer, { transfer: [buffer] });
  for (const { encode, decode } of codecs) {
    for (const item of gone) {
      assert.throws(() => encode({ list: [item] }), {
        name: "CodecError",
        message: "a buffer whose bytes are gone",
        path: ["list", 0],
      });
      assert.throws(() => decode(item), { name: "CodecError", message: "a buffer whose bytes are gone" });
    }
    assert.equal(hex(decode(encode(new ArrayBuffer(0)))), "");
    const growing = new ArrayBuffer(2, { maxByteLength: 4 });
    const frame = encode([growing, new Uint8Array(growing), new Uint8Array(growing, 1, 1)]);
    assert.deepEqual(decode(frame).map(hex), ["0000", "0000", "00"]);
  }
});

test("dates are exact as far as there are any, and what lies beyond is refused", limit, () => {
  const largest = 8.64e15;
  // Where a second and a millisecond are as far apart as the digits of a number allow.
  const far = [4437736101797650, 4432045330051026, -4493812969816890, largest - 1, 1 - largest, -largest, -1, 2 ** 41];
  for (const { encode, decode } of codecs) {
    for (const time of far) assert.equal(decode(encode(new Date(time))).getTime(), time);
  }
  // In seconds: one more, NaN, Infinity, 2⁶⁴ - 1, -2⁶⁴, 2⁷², and another sort of thing.
  const seconds = ["1b000007dba8218001", "f97e00", "f97c00", "1bffffffffffffffff", "3bffffffffffffffff"];
  for (const epoch of [...seconds, "c249010000000000000000"]) {
    assert.throws(() => cbor.decode(bytes(`c1${epoch}`)), { message: "a date that JavaScript has none for" });
  }
  for (const other of ["c1f6", "c16130", "c140", "c080"]) {
    assert.throws(() => cbor.decode(bytes(other)), /a value with the tag [01]/);
  }
  assert.throws(() => msgpack.decode(bytes("c70cff000000007fffffffffffffff")), /a date that JavaScript has none for/);
});

test("a date as text is one time on every machine", limit, () => {
  const tagged = (text) => cbor.decode(Uint8Array.of(0xc0, 0x78, text.length, ...Buffer.from(text)));
  const time = Date.UTC(2013, 2, 21, 20, 4, 0, 500);
  for (const text of ["2013-03-21T20:04:00.5Z", "2013-03-21T22:04:00.50+02:00", "2013-03-21T12:34:00.500-07:30"]) {
    assert.equal(tagged(text).getTime(), time);
  }
  for (const text of ["2013-03-21T20:04:00", "2013-03-21", "21 Mar 2013 20:04", "0", ""]) {
    assert.throws(() => tagged(text), { message: "a value with the tag 0" });
  }
  assert.throws(() => tagged("2013-13-21T20:04:00Z"), { message: "a date that JavaScript has none for" });
});

test("a bignum is as large as every browser takes, or refused", limit, () => {
  const tagged = (tag, size) =>
    cbor.decode(Buffer.concat([bytes(`${tag}5a`), bytes(size), Buffer.alloc(2 ** 17, 255)]));
  for (const tag of ["c2", "c3"]) assert.throws(() => tagged(tag, "00020000"), /a value with the tag [23]/);
  const largest = 2n ** (8n * (2n ** 17n - 1n)) - 1n;
  for (const value of [largest, -largest]) assert.equal(cbor.decode(cbor.encode(value)), value);
});

test("a frame is its own, and stays as it is", limit, () => {
  for (const { encode } of codecs) {
    const first = encode({ text: "one" });
    const before = hex(first);
    const nested = {
      get inner() {
        return encode({ deep: [1, 2, 3] });
      },
      after: "x",
    };
    const second = encode(nested);
    assert.equal(hex(first), before);
    assert.equal(first.buffer.byteLength, first.length);
    assert.equal(hex(second), hex(encode({ inner: encode({ deep: [1, 2, 3] }), after: "x" })));
    // Those that fill the buffer they were written into among them.
    for (const size of [...Array.from({ length: 40 }, (_, more) => 1000 + more), 300_000]) {
      const large = encode(new Uint8Array(size).fill(7));
      encode("something else ".repeat(200));
      assert.equal(large.buffer.byteLength, large.length);
      assert.ok(large.subarray(-size).every((byte) => byte === 7));
    }
  }
});

test("JavaScript reads what Rust wrote, and writes what Rust reads", limit, async () => {
  // As in tests/codecs.rs, which checks the other half.
  const common = {
    text: "π 🦀",
    small: 200,
    negative: -300,
    at: 1_763_800_000_123,
    largest: 2n ** 64n - 1n,
    lowest: -(2n ** 63n),
    ratio: 0.1,
    single: 1.5,
    yes: true,
    nothing: null,
    unit: null,
    bytes: Uint8Array.of(0, 127, 255),
    list: [1, 2.5, -3],
    names: JSON.parse('{"__proto__":1,"a":4294967295}'),
    numbered: { 7: true },
    choices: ["Plain", { With: "x" }, { Both: { x: -1 } }],
  };
  const frames = JSON.parse(await readFile(join(repository, "tests/frames.json"), "utf8"));
  for (const { protocol, encode, decode } of codecs) {
    const { rust, javascript } = frames[protocol];
    assert.equal(shown(decode(bytes(rust))), shown(common));
    // Numbers as keys, which a Rust map with numbers for keys wants, are there in a `Map`.
    assert.equal(hex(encode({ ...common, numbered: new Map([[7, true]]) })), javascript);
  }
});
