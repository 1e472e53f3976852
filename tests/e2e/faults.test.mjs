/** The fault proxy does what its script says: seen by a plain client, without a browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { closeFrame, FrameWalker, insideFrame } from "../faults/frames.mjs";
import { startProxy } from "../faults/proxy.mjs";
import { script } from "../faults/script.mjs";
import { startServer } from "../server/server.mjs";

const limit = { timeout: 60_000 };

/** A proxy with these faults before the real server; `dial()` answers a client. */
async function withProxy(faults, act) {
  const server = await startServer();
  const proxy = await startProxy({ target: server.port, faults: faults.values() });
  let dials = 0;
  const dial = () => {
    const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/echo?dial=${(dials += 1)}&id=proxy`);
    client.on("error", (error) => (client.failure = error));
    return client;
  };
  try {
    await act({ dial, proxy, server });
  } finally {
    proxy.stop();
    await server.stop();
  }
}

/** How a client's connection ended. */
function ending(client) {
  return new Promise((resolve) =>
    client.once("close", (code, reason) =>
      resolve({ code, reason: String(reason), failure: client.failure?.code ?? client.failure?.message }),
    ),
  );
}

async function echo(client, text) {
  client.send(text);
  const [data] = await once(client, "message");
  assert.equal(String(data), text);
}

for (const [fault, failure] of [
  [{ dial: "reset" }, /ECONNRESET|socket hang up/],
  [{ dial: "protocol" }, /subprotocol/],
  [{ dial: "accept" }, /Sec-WebSocket-Accept/],
]) {
  test(`a dial that meets "${fault.dial}" fails, and the next one opens`, limit, () =>
    withProxy([fault], async ({ dial, proxy }) => {
      const ended = await ending(dial());
      assert.equal(ended.code, 1006);
      assert.match(ended.failure, failure);
      const next = dial();
      await once(next, "open");
      await echo(next, "hello");
      assert.equal(proxy.kills, 0);
    }),
  );
}

test("a dial that is answered with garbage fails, whatever it is", limit, () => {
  const faults = Array.from({ length: 100 }, (_, answer) => ({ dial: "garbage", answer }));
  return withProxy(faults, async ({ dial }) => {
    for (const { answer } of faults) assert.equal((await ending(dial())).code, 1006, `garbage ${answer}`);
  });
});

test("a dial that meets nobody is refused until somebody listens again", limit, () =>
  withProxy([{ dial: "refuse", for: 200 }], async ({ dial }) => {
    const refused = await ending(dial());
    assert.match(refused.failure, /ECONNREFUSED/);
    let client;
    do {
      client = dial();
      await Promise.race([new Promise((resolve) => client.once("open", resolve)), ending(client)]);
    } while (client.readyState !== WebSocket.OPEN);
    await echo(client, "hello");
  }),
);

test("a handshake that is never answered stays so until the faults are over", limit, () =>
  withProxy([{ dial: "hang" }, {}], async ({ dial, proxy }) => {
    const hanging = dial();
    const working = dial();
    await once(working, "open");
    assert.equal(hanging.readyState, WebSocket.CONNECTING);
    const ended = ending(hanging);
    await proxy.calm();
    assert.equal((await ended).code, 1006);
    await echo(working, "calm");
  }),
);

for (const [code, reason] of [
  [1000, ""],
  [1011, "x".repeat(123)],
  [3000, "é".repeat(61)],
  [4999, "€".repeat(41)],
]) {
  test(`a close frame with ${code} and ${Buffer.byteLength(reason)} bytes reaches the client`, limit, () =>
    withProxy([{ end: "close", after: 0, code, reason }], async ({ dial, proxy }) => {
      assert.deepEqual(await ending(dial()), { code, reason, failure: undefined });
      assert.equal(proxy.kills, 1);
    }),
  );
}

for (const end of ["reset", "fin"]) {
  test(`"${end}" ends a connection without a close frame`, limit, () =>
    withProxy([{ end, after: 0 }], async ({ dial, proxy }) => {
      assert.equal((await ending(dial())).code, 1006);
      assert.equal(proxy.died(1), true);
    }),
  );
}

test("a cut lets half a message through, so that neither side gets it", limit, async () => {
  for (const toPage of [true, false]) {
    await withProxy([{ end: "cut", after: 0, toPage }], async ({ dial, server }) => {
      const client = dial();
      const got = [];
      client.on("message", (data) => got.push(data));
      await once(client, "open");
      const ended = ending(client);
      // The first may pass before the fault strikes.
      const sending = setInterval(() => client.send("x".repeat(5000)), 5);
      assert.equal((await ended).code, 1006);
      clearInterval(sending);
      const { received } = await server.control("proxy", "wait", { live: 0 });
      const whole = received.every(({ bytes }) => bytes === 5000) && got.every((data) => data.length === 5000);
      assert.ok(whole, "only whole messages arrived");
    });
  }
});

test("a half-open connection swallows both ways and ends much later", limit, () =>
  withProxy([{ end: "halfOpen", after: 0, for: 300 }], async ({ dial, proxy }) => {
    const client = dial();
    const got = [];
    client.on("message", (data) => got.push(data));
    await once(client, "open");
    const ended = ending(client);
    const sending = setInterval(() => client.send("anybody there?"), 20);
    assert.equal((await ended).code, 1006);
    clearInterval(sending);
    assert.ok(got.length < 3, `${got.length} answers`);
    assert.equal(proxy.kills, 1);
  }),
);

test("a fault that strikes from outside meets what lives, and not the next dial", limit, () =>
  withProxy([], async ({ dial, proxy }) => {
    const client = dial();
    await once(client, "open");
    await echo(client, "hello");
    const ended = ending(client);
    proxy.strike({ end: "reset" });
    assert.equal((await ended).code, 1006);
    assert.equal(proxy.kills, 1);
    const next = dial();
    await once(next, "open");
    await echo(next, "hello again");
  }),
);

test("a server that vanishes resets what lives, refuses dials, and is there again", limit, () =>
  withProxy([], async ({ dial, proxy }) => {
    const client = dial();
    await once(client, "open");
    const ended = ending(client);
    const back = proxy.vanish(200);
    assert.equal((await ended).code, 1006);
    assert.match((await ending(dial())).failure, /ECONNREFUSED/);
    await back;
    const next = dial();
    await once(next, "open");
    await echo(next, "hello");
  }),
);

test("a slow connection loses nothing and keeps the order", limit, () =>
  withProxy([{ delay: 30 }, { bytesPerSecond: 100_000 }], async ({ dial }) => {
    for (let times = 0; times < 2; times += 1) {
      const client = dial();
      await once(client, "open");
      const sent = Array.from({ length: 50 }, (_, n) => `${n} ${".".repeat(n * 20)}`);
      const got = [];
      client.on("message", (data) => got.push(String(data)));
      for (const text of sent) client.send(text);
      while (got.length < sent.length) await once(client, "message");
      assert.deepEqual(got, sent);
    }
  }),
);

test(
  "live connections are counted from the handshake to the first goodbye, without those that were withdrawn",
  limit,
  () =>
    withProxy([], async ({ dial, proxy }) => {
      const first = dial();
      await once(first, "open");
      const closed = once(first, "close");
      first.close();
      await closed;
      const second = dial();
      await once(second, "open");
      assert.equal(proxy.maxLive(new Set()), 1, "one after the other");
      await once(dial(), "open");
      assert.equal(proxy.maxLive(new Set()), 2, "one beside the other");
      assert.equal(proxy.maxLive(new Set([3])), 1);
      assert.deepEqual([proxy.superseded(1), proxy.superseded(2)], [true, false]);
    }),
);

test("the same seed gives the same faults, and every kind of fault comes up", () => {
  const take = (seed, count) => {
    const faults = script(seed);
    return Array.from({ length: count }, () => faults.next().value);
  };
  assert.deepEqual(take(9, 200), take(9, 200));
  assert.notDeepEqual(take(9, 200), take(10, 200));
  const kinds = (faults) => new Set(faults.map(({ dial, end }) => dial ?? end));
  const all = ["refuse", "reset", "hang", "garbage", "protocol", "accept", "fin", "cut", "halfOpen", "close"];
  assert.deepEqual([...kinds(take(3, 400))].sort(), all.sort());
  for (const { end, code, reason } of take(3, 400)) {
    if (end !== "close") continue;
    assert.ok(code >= 1000 && code <= 4999, `code ${code}`);
    assert.ok(["", 123].includes(reason && Buffer.byteLength(reason)), `reason "${reason}"`);
  }
});

test("frames are followed through bytes that are cut anywhere", () => {
  const masked = Buffer.concat([Buffer.from([0x81, 0x83, 1, 2, 3, 4]), Buffer.from("abc")]);
  const long = Buffer.concat([Buffer.from([0x82, 126, 1, 44]), Buffer.alloc(300)]);
  const longer = Buffer.concat([Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 1, 17, 112]), Buffer.alloc(70_000)]);
  const stream = Buffer.concat([masked, long, longer]);
  for (const step of [1, 7, 1000, stream.length]) {
    const walker = new FrameWalker();
    for (let at = 0; at < stream.length; at += step) walker.walk(stream.subarray(at, at + step));
    assert.deepEqual([walker.sawClose, walker.atBoundary], [false, true], `in steps of ${step}`);
    walker.walk(closeFrame(4999, "x".repeat(123)));
    assert.deepEqual([walker.sawClose, walker.atBoundary], [true, true], `in steps of ${step}`);
  }
  const walker = new FrameWalker();
  walker.walk(long.subarray(0, insideFrame(walker, long)));
  assert.equal(walker.atBoundary, false);
});
