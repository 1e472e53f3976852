/** As much of RFC 6455's framing as a proxy needs: where frames begin and end, and a close frame of its own. */

const CLOSE = 0x8;

/** Follows the frames in a stream of bytes that may be cut anywhere. */
export class FrameWalker {
  #head = [];
  #left = 0;
  /** A close frame has begun. */
  sawClose = false;

  /** Between two frames, and not inside one. */
  get atBoundary() {
    return this.#head.length === 0 && this.#left === 0;
  }

  walk(bytes) {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        at += taken;
      } else {
        this.#head.push(bytes[at]);
        at += 1;
        this.#readHead();
      }
    }
  }

  #readHead() {
    const [first, second] = this.#head;
    if (second === undefined) return;
    const length = second & 0x7f;
    const lengthBytes = { 126: 2, 127: 8 }[length] ?? 0;
    const maskBytes = second & 0x80 ? 4 : 0;
    if (this.#head.length < 2 + lengthBytes + maskBytes) return;
    const extended = this.#head.slice(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
    this.#left = lengthBytes > 0 ? extended : length;
    this.#head = [];
    if ((first & 0x0f) === CLOSE) this.sawClose = true;
  }

  copy() {
    const copy = new FrameWalker();
    copy.#head = [...this.#head];
    copy.#left = this.#left;
    return copy;
  }
}

/** How many of these bytes may pass so that the stream ends inside a frame; 0 when they hold no such place. */
export function insideFrame(walker, bytes) {
  const probe = walker.copy();
  let inside = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    probe.walk(bytes.subarray(at, at + 1));
    if (!probe.atBoundary) inside = at + 1;
    // Past the head and into the payload of a frame.
    if (inside > 8 && at > bytes.length / 2) break;
  }
  return inside;
}

/** A server's close frame: any code, also one that no server may send. */
export function closeFrame(code, reason) {
  const text = Buffer.from(reason);
  const frame = Buffer.alloc(4 + text.length);
  frame[0] = 0x80 | CLOSE;
  frame[1] = 2 + text.length;
  frame.writeUInt16BE(code, 2);
  text.copy(frame, 4);
  return frame;
}
