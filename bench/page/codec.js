import { documents } from "./documents.js";

/** Encodes a message so many times, then decodes it as often: ns for each, and its bytes on the wire. */
export function codec(contender, { document }) {
  const message = documents[document]();
  const { size, encode, decode } = contender.prepare?.(document, message) ?? inJavaScript(contender, message);
  return (count) => ({ encode: time(encode, count), decode: time(decode, count), bytes: size });
}

function inJavaScript({ encode, decode }, message) {
  const frame = encode(message);
  // What comes from a socket is in a buffer of its own.
  const received = typeof frame === "string" ? frame : Uint8Array.from(frame).buffer;
  const incoming = typeof frame === "string" ? frame : new Uint8Array(received);
  requireSame(decode(incoming), message);
  return {
    size: typeof frame === "string" ? new TextEncoder().encode(frame).length : frame.length,
    encode(count) {
      for (let done = 0; done < count; done += 1) globalThis.kept = encode(message);
    },
    decode(count) {
      for (let done = 0; done < count; done += 1) globalThis.kept = decode(incoming);
    },
  };
}

function requireSame(decoded, message) {
  // Some write the keys in an order of their own.
  const plain = (_key, value) => {
    if (ArrayBuffer.isView(value)) return value.length;
    return value?.constructor === Object ? Object.entries(value).sort() : value;
  };
  const [got, wanted] = [decoded, message].map((value) => JSON.stringify(value, plain));
  if (got !== wanted) throw new Error(`the codec gives back ${got.slice(0, 500)}`);
}

function time(act, count) {
  const began = performance.now();
  act(count);
  return ((performance.now() - began) * 1e6) / count;
}
