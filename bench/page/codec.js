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
  const text = (value) => JSON.stringify(value, (_key, part) => (ArrayBuffer.isView(part) ? [...part] : part));
  if (text(decoded) !== text(message)) throw new Error("the codec does not give back what it was given");
}

function time(act, count) {
  const began = performance.now();
  act(count);
  return ((performance.now() - began) * 1e6) / count;
}
