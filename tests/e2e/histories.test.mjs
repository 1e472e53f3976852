/** Random histories against the real server, each fixed by its seed: what must hold whatever the caller does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

/** Calls methods at random, from listeners too, while the server refuses, hangs and cuts dials; tells what came of it. */
const live = async ({ Socket, url, control, countedWebSocket, eventually, fast, journal, next, turn }, seed) => {
  let state = seed;
  const below = (bound) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * bound);
  };
  const oneIn = (bound) => below(bound) === 0;

  const counted = countedWebSocket();
  const socket = new Socket(oneIn(2) ? url("/record") : async () => url("/record"), {
    ...fast,
    autoOpen: false,
    WebSocket: counted.WebSocket,
    highWaterMark: 20_000,
    connectTimeout: 5000,
    shouldRetry: oneIn(2) ? () => undefined : undefined,
  });
  const seen = journal(socket);
  const accepted = [];

  const send = () => {
    const number = accepted.length;
    const key = oneIn(8) ? "key" : undefined;
    const message = `${number} ${key ?? ""}`.padEnd(oneIn(4) ? 4000 : 8, ".");
    socket.send(message, { key, ttl: oneIn(20) ? 3 : Infinity });
    accepted.push(message);
  };
  const act = () => {
    const drawn = below(30);
    try {
      if (drawn < 18) send();
      else if (drawn < 21) socket.reconnect();
      else if (drawn < 24) socket.open();
      else if (drawn < 25) socket.close();
    } catch (error) {
      if (error.code !== "closed") throw error;
    }
  };
  for (const type of ["open", "close", "statechange", "retry", "drop", "error"]) {
    socket.addEventListener(type, () => oneIn(6) && act());
  }

  for (let step = 0; step < 250; step += 1) {
    act();
    if (oneIn(2)) await turn();
    if (oneIn(20)) await control("next", { dial: ["/refuse", "/hang", "/reset"].slice(below(3)), forget: 1 });
  }
  await control("next", { forget: 1 });
  await eventually(() => {
    socket.open();
    return socket.state === "open" && socket.queue.count === 0;
  }, "an open socket and an empty queue");
  while (socket.state !== "closed") {
    const closed = next(socket, "close");
    socket.close();
    await closed;
  }
  const { received } = await control("wait", { live: 0 });
  return { accepted, received, most: counted.most, dropped: seen.of("drop").map((drop) => drop.message) };
};

for (const seed of [1, 22, 333, 4444, 55555]) {
  test(
    `history ${seed}: nothing is lost in silence, doubled or overtaken, and never are two connections live`,
    limit,
    async () => {
      const { accepted, received, dropped, most } = await inPage(live, { args: seed });
      assert.equal(most, 1, "connections open at once");
      assert.deepEqual(
        [...received, ...dropped].sort(),
        [...accepted].sort(),
        "each accepted message arrived or was reported, once",
      );
      // A message with a key takes the place of an older one.
      const ordered = received.filter((message) => !message.includes("key")).map((message) => parseInt(message));
      assert.deepEqual(
        ordered,
        [...ordered].sort((one, other) => one - other),
        "in order",
      );
      assert.ok(accepted.length > 50, `${accepted.length} messages were accepted`);
    },
  );
}
