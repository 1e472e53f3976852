/** A line on which a message takes longer than anybody's patience: whoever is busy with it is not dead. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after } from "node:test";
import { WebSocketServer } from "ws";
import { pageTests } from "./harness.mjs";

const { test, withPage } = await pageTests();

const BYTES_PER_SECOND = 8 << 20;
/** Ten seconds, of which what the system takes in at once is one. */
const LONG = 80 << 20;

/** Takes in so many bytes a second, and answers "ping" with "pong". */
async function slowServer() {
  const server = createServer();
  const websockets = new WebSocketServer({ server, maxPayload: 2 * LONG, perMessageDeflate: false });
  const received = [];
  const closes = [];
  websockets.on("connection", (connection, { socket }) => {
    const began = performance.now();
    let bytes = 0;
    socket.prependListener("data", (chunk) => {
      bytes += chunk.length;
      const early = (bytes / BYTES_PER_SECOND) * 1000 - (performance.now() - began);
      if (early < 1) return;
      connection.pause();
      setTimeout(() => connection.resume(), early);
    });
    connection.on("message", (data) => {
      received.push(data.length);
      if (String(data.subarray(0, 5)) === "ping") connection.send("pong");
    });
    connection.on("close", (code) => closes.push(code));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    for (const connection of websockets.clients) connection.terminate();
    server.close();
  });
  return { port: server.address().port, received, closes };
}

test("a heartbeat that waits behind a long message is waited for as long as that goes out", () =>
  withPage(async ({ call }) => {
    const { port, received } = await slowServer();
    const body = async ({ Socket, url, equal, journal, next, eventually }, size) => {
      const heartbeat = { message: "ping", answer: "pong", interval: 500, timeout: 5_000 };
      const socket = new Socket(url("/"), { heartbeat });
      const seen = journal(socket);
      await next(socket, "open");
      socket.send("x".repeat(size));
      await eventually(() => socket.latency !== null || seen.of("close").length, "an answer");
      equal([seen.of("close"), socket.state], [[], "open"]);
      socket.close();
      await next(socket, "close");
    };
    await call(body, LONG, port);
    assert.equal(received[0], LONG);
  }));

test("close() waits for a long message as long as that goes out", () =>
  withPage(async ({ call }) => {
    const { port, received, closes } = await slowServer();
    const body = async ({ Socket, url, next }, size) => {
      const socket = new Socket(url("/"), { closeTimeout: 3_000 });
      await next(socket, "open");
      socket.send("x".repeat(size));
      socket.close(4000, "all said");
      const { code, wasClean } = await next(socket, "close");
      return { code, wasClean };
    };
    assert.deepEqual(await call(body, LONG, port), { code: 4000, wasClean: true });
    assert.deepEqual([received, closes], [[LONG], [4000]]);
  }));
