/**
 * Text in the binary codecs: short ones go through a loop, long ones through the platform's UTF-8, and nobody can tell
 * which. The lengths here lie on both sides of every border: of the loops, and of the forms of a head.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as theirMsgpack from "@msgpack/msgpack";
import * as cborg from "cborg";
import { installed, limit } from "./harness.mjs";

const entry = async (name) => import(pathToFileURL(join(await installed(), `everwire/pkg/${name}.js`)));
const { msgpack } = await entry("msgpack");
const { cbor } = await entry("cbor");
const codecs = [
  { ...msgpack, theirs: theirMsgpack },
  { ...cbor, theirs: cborg },
];

const CHARACTERS = ["a", "\u0000", "\u007f", "\u0080", "é", "\u07ff", "\u0800", "€", "\ud7ff", "\ue000", "\ufeff"];
CHARACTERS.push("\uffff", "\u{10000}", "🦀", "\u{10ffff}");
const upTo = (count) => Array.from({ length: count + 1 }, (_, at) => at);

/** The frame of a text with these bytes, whatever they are: its head is that of as many letters. */
function frameOf({ encode }, bytes) {
  const frame = encode("x".repeat(bytes.length));
  frame.set(bytes, frame.length - bytes.length);
  return frame;
}

function requireRoundTrip({ protocol, encode, decode, theirs }, text) {
  const frame = encode(text);
  const what = () => `${protocol}: ${JSON.stringify(text.slice(0, 200))} of ${text.length}`;
  assert.ok(Buffer.compare(frame, theirs.encode(text)) === 0, what());
  assert.ok(decode(frame) === text, what());
}

test("a text of any length is written as other libraries do, and read as it was", limit, () => {
  for (const codec of codecs) {
    for (const length of upTo(300)) {
      const letters = "x".repeat(length);
      for (const character of CHARACTERS) {
        requireRoundTrip(codec, letters + character);
        requireRoundTrip(codec, character + letters);
      }
    }
    for (const character of CHARACTERS) {
      const size = Buffer.byteLength(character);
      const lengths = [...upTo(140), 255, 256, 65_535, 65_536].map((bytes) => Math.floor(bytes / size));
      for (const length of new Set(lengths)) requireRoundTrip(codec, character.repeat(length));
    }
  }
});

test("a key of any length is the one that was sent, among others like it", limit, () => {
  for (const { encode, decode } of codecs) {
    for (const length of upTo(150)) {
      const names = CHARACTERS.map((character) => "k".repeat(length) + character);
      const message = Object.fromEntries(names.map((name, at) => [name, at]));
      for (const _time of ["first", "again"]) assert.deepEqual(decode(encode(message)), message);
      assert.throws(() => decode(encode({ [names[0]]: 1 }).subarray(0, -2)), /the frame ends within the message/);
    }
  }
});

test("half a pair of surrogates is sent as U+FFFD", limit, () => {
  for (const { encode, decode } of codecs) {
    for (const length of [0, 1, 20, 29, 60, 62, 126, 127, 128, 300]) {
      const letters = "x".repeat(length);
      for (const half of ["\ud800", "\udbff", "\udc00", "\udfff", "\udc00\ud800", "\ud800x", "\ud83e\ud83e\udd80"]) {
        for (const text of [letters + half, half + letters, letters + half + letters]) {
          assert.equal(decode(encode(text)), Buffer.from(text).toString());
        }
      }
    }
  }
});

test("bytes are text where the platform finds UTF-8 in them, and an error elsewhere", limit, () => {
  const platform = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const leads = upTo(255).filter((byte) => byte >= 0x7f);
  const edges = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
  const sequences = leads.flatMap((lead) => {
    const pairs = edges.map((second) => [lead, second]);
    const triples = pairs.flatMap((pair) => [0x7f, 0x80, 0xbf, 0xc0].map((third) => [...pair, third]));
    return [
      [lead],
      ...pairs,
      ...triples,
      ...triples.flatMap((triple) => [0x80, 0xc0].map((last) => [...triple, last])),
    ];
  });
  const long = Buffer.from("é".repeat(40));
  let refused = 0;
  for (const sequence of sequences) {
    let text;
    try {
      text = platform.decode(Uint8Array.from(sequence));
    } catch {
      refused += 1;
    }
    for (const codec of codecs) {
      for (const before of [[], long]) {
        const frame = frameOf(codec, [...before, ...sequence]);
        const what = `${codec.protocol}: ${Buffer.from(frame).toString("hex")}`;
        if (text === undefined)
          assert.throws(() => codec.decode(frame), /^CodecError: a text that is not UTF-8$/, what);
        else assert.equal(codec.decode(frame), `${Buffer.from(before)}${text}`, what);
      }
    }
  }
  assert.ok(refused > 500 && refused < sequences.length - 500, `${refused} of ${sequences.length}`);
});

test("what was cut off within a character is no text, whatever follows it in the frame", limit, () => {
  for (const codec of codecs) {
    for (const character of ["é", "€", "🦀"]) {
      const bytes = Buffer.from(character);
      for (const size of upTo(bytes.length - 1).slice(1)) {
        const text = frameOf(codec, bytes.subarray(0, size));
        const [list] = codec.encode([0, 0]);
        const frame = Buffer.concat([Uint8Array.of(list), text, bytes.subarray(size)]);
        assert.throws(() => codec.decode(frame), {
          name: "CodecError",
          message: "a text that is not UTF-8",
          path: [0],
        });
      }
    }
  }
});

test("a frame is read while another one is", limit, () => {
  for (const { encode, decode } of codecs) {
    let inner;
    const frame = encode({ hook: 1, after: [2, "three"] });
    const other = encode(["another", { message: true }]);
    // A message's own properties are assigned, which a page can listen to in this way.
    Object.defineProperty(Object.prototype, "hook", { set: () => (inner = decode(other)), configurable: true });
    try {
      assert.deepEqual(decode(frame).after, [2, "three"]);
    } finally {
      delete Object.prototype.hook;
    }
    assert.deepEqual(inner, ["another", { message: true }]);
  }
});

test("a frame that was read is not kept", limit, async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  for (const { encode, decode } of codecs) {
    for (const surplus of [0, 1]) {
      const read = () => {
        const frame = Uint8Array.from([...encode(["text", 1.5]), ...Array(surplus).fill(0)]).buffer;
        if (surplus) assert.throws(() => decode(frame), /more bytes after the message/);
        else decode(frame);
        return new WeakRef(frame);
      };
      const frame = read();
      // Not before the turn ends: it keeps what a `WeakRef` was made of.
      await new Promise((later) => setImmediate(later));
      collect();
      assert.equal(frame.deref(), undefined);
    }
  }
});
