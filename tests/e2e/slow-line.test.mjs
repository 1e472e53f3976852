/** A line on which a message takes longer than anybody's patience: whoever is busy with it is not dead. */
import { pageTests } from "./harness.mjs";

const { test, inPage } = await pageTests();

/** Ten seconds at the rate of `/slow`, of which what the system takes in at once is one. */
const LONG = 80 << 20;

test("a heartbeat that waits behind a long message is waited for as long as that goes out", () =>
  inPage(
    async ({ Socket, url, control, equal, journal, next, eventually }, size) => {
      const heartbeat = { message: "ping", answer: "pong", interval: 500, timeout: 5_000 };
      const socket = new Socket(url("/slow"), { heartbeat });
      const seen = journal(socket);
      await next(socket, "open");
      socket.send("x".repeat(size));
      await eventually(() => socket.latency !== null || seen.of("close").length, "an answer");
      equal([seen.of("close"), socket.state], [[], "open"]);
      equal((await control("stats")).received[0].bytes, size);
      socket.close();
      await next(socket, "close");
    },
    { args: LONG },
  ));

test("close() waits for a long message as long as that goes out", () =>
  inPage(
    async ({ Socket, url, control, equal, next }, size) => {
      const socket = new Socket(url("/slow"), { closeTimeout: 3_000 });
      await next(socket, "open");
      socket.send("x".repeat(size));
      socket.close(4000, "all said");
      const { code, wasClean } = await next(socket, "close");
      equal([code, wasClean], [4000, true]);
      const { received, dials } = await control("stats");
      equal([received.map(({ bytes }) => bytes), dials[0].close.code], [[size], 4000]);
    },
    { args: LONG },
  ));
