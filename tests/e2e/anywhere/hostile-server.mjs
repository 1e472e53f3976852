/** Servers that break the protocol after the handshake, and such as stretch it as far as it goes. */
import { BINARY, CLOSE, CONTINUATION, FINAL, PING, PONG, TEXT, frame } from "../raw-server.mjs";

const text = (payload) => frame(FINAL | TEXT, payload);
const closing = (...bytes) => frame(FINAL | CLOSE, Buffer.from(bytes));
const oversized = Buffer.from([FINAL | BINARY, 127, ...Array(8).fill(0xff)]);
const masked = Buffer.from([FINAL | TEXT, 0x80 | 2, 1, 2, 3, 4, 0x61 ^ 1, 0x62 ^ 2]);

/** Each comes after a good message, "first", and before another, "end". */
const BROKEN = {
  "a masked frame": [masked],
  "a reserved bit": [frame(FINAL | 0x40 | TEXT, "a")],
  "all reserved bits": [frame(FINAL | 0x70 | BINARY, "a")],
  "an unknown opcode": [frame(FINAL | 0x3, "a")],
  "an unknown control opcode": [frame(FINAL | 0xb)],
  "a ping in fragments": [frame(PING, "a"), frame(FINAL | CONTINUATION, "b")],
  "a ping of 126 bytes": [frame(FINAL | PING, "p".repeat(126))],
  "a text that is no UTF-8": [frame(FINAL | TEXT, Buffer.from([0xc3, 0x28]))],
  "a text that ends inside a character": [frame(TEXT, Buffer.from([0xe2, 0x82])), frame(FINAL | CONTINUATION)],
  "a continuation of nothing": [frame(FINAL | CONTINUATION, "a")],
  "a message inside a message": [frame(TEXT, "a"), text("b")],
  "a length beyond all numbers": [oversized],
  "a close frame of one byte": [closing(3)],
  "a close frame with a code that may not be sent": [closing(1006 >> 8, 1006 & 0xff)],
  "a close frame with a reason that is no UTF-8": [closing(1000 >> 8, 1000 & 0xff, 0xc3, 0x28)],
  "an HTTP answer": [Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${" ".repeat(200)}`)],
};

/** Right, but nobody would write it so. Each ends with the message "last". */
const STRANGE = {
  "a message in 10,000 fragments": [
    frame(TEXT),
    ...Array.from({ length: 10_000 }, () => frame(CONTINUATION, "x")),
    frame(FINAL | CONTINUATION),
    text("last"),
  ],
  "1,000 empty fragments": [
    ...Array.from({ length: 1000 }, (_, n) => frame(n === 0 ? BINARY : CONTINUATION)),
    frame(FINAL | CONTINUATION),
    text("last"),
  ],
  "pings and pongs between fragments": [
    frame(TEXT, Buffer.from([0xe2])),
    frame(FINAL | PING, "p".repeat(125)),
    frame(CONTINUATION, Buffer.from([0x82])),
    frame(FINAL | PONG, "nobody asked"),
    frame(FINAL | CONTINUATION, Buffer.from([0xac])),
    text("last"),
  ],
  "a flood of pings": [...Array.from({ length: 20_000 }, () => frame(FINAL | PING)), text("last")],
  "a message after its close frame": [text("last"), closing(4000 >> 8, 4000 & 0xff), text("too late")],
};

/** What the raw server says, by the name that is dialled. */
export const SAYINGS = {
  ...Object.fromEntries(Object.entries(BROKEN).map(([name, said]) => [name, [text("first"), ...said, text("end")]])),
  ...STRANGE,
};

/** `raw` is a server that says them. */
export function hostileServer({ test, inPage, raw: { port } }) {
  test("a server that breaks the protocol loses the connection, once, and the next one works", () =>
    inPage(
      async ({ Socket, id, url, control, equal, journal, eventually, roundTrip, fast }, { port, names }) => {
        for (const name of names) {
          const hostile = `ws://127.0.0.1:${port}/${encodeURIComponent(name)}`;
          const native = new WebSocket(hostile);
          const expected = { messages: [], codes: [] };
          native.onmessage = ({ data }) => expected.messages.push(data);
          native.onclose = ({ code, wasClean }) => expected.codes.push([code, wasClean, true]);
          // Browsers forgive some faults, each its own.
          const forgiven = () => expected.messages.at(-1) === "end";
          await eventually(() => expected.codes.length > 0 || forgiven(), `an end of ${name}`);
          native.close();

          const own = { id: id + name };
          let dials = 0;
          const socket = new Socket(() => ((dials += 1) === 1 ? hostile : url("/echo", own)), fast);
          const seen = journal(socket);
          if (forgiven()) {
            await eventually(() => seen.messages().at(-1) === "end", `the last message of ${name}`);
          } else {
            socket.addEventListener("close", () => socket.send("queued"), { once: true });
            await eventually(() => dials === 2 && socket.state === "open", `a second connection after ${name}`);
            await roundTrip(socket, "round trip");
            equal((await control("stats", own)).received, ["queued", "round trip"], name);
            expected.messages.push("queued", "round trip");
          }
          // Whether a good message comes through that arrives with a fault is the browser's mood.
          const afterFirst = (messages) => messages.filter((message) => message !== "first");
          equal(afterFirst(seen.messages()), afterFirst(expected.messages), name);
          const closes = seen.of("close").map(({ code, wasClean, willRetry }) => [code, wasClean, willRetry]);
          equal(closes, forgiven() ? [] : expected.codes, name);
          socket.close();
        }
      },
      { args: { port, names: Object.keys(BROKEN) } },
    ));

  test("fragments, control frames and what comes after the close are the browser's to sort out", () =>
    inPage(
      async ({ Socket, equal, journal, next }, { port, names }) => {
        const expected = {
          "a message in 10,000 fragments": "x".repeat(10_000),
          "1,000 empty fragments": new ArrayBuffer(0),
          "pings and pongs between fragments": "€",
        };
        for (const name of names) {
          const socket = new Socket(`ws://127.0.0.1:${port}/${encodeURIComponent(name)}`, {
            binaryType: "arraybuffer",
          });
          const seen = journal(socket);
          await next(socket, "message", (event) => event.data === "last");
          // A browser may take what comes after a close frame for a broken connection.
          if (name.includes("close frame")) await next(socket, "close");
          else equal(seen.of("error"), [], name);
          equal(seen.messages(), name in expected ? [expected[name], "last"] : ["last"], name);
          socket.close();
        }
      },
      { args: { port, names: Object.keys(STRANGE) } },
    ));
}
