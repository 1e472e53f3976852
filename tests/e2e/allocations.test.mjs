/** What a message costs in memory on an open socket, over the bench's null transport: counted, never timed. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { launch } from "../../bench/browser.mjs";
import { allocated } from "../../bench/measures/allocated.mjs";
import { memoryOf } from "../../bench/measures/many.mjs";
import { prepare } from "../../bench/measures/samples.mjs";
import { limit } from "./harness.mjs";

/** Sampling is out by less than this. V8's smallest object, a number, has 12 bytes. */
const NOTHING = 2;
/** Nothing but the event. */
const AN_EVENT = 40;

/** What read the wasm's text has a page of memory that nobody holds any more, but the bench counts it. */
const READER = 65_536;

/** The most bytes of JavaScript heap that a message may cost. */
const budgets = [
  { body: "send", kind: "text", size: 16, most: NOTHING },
  // Every fifth asks what is not sent yet, and when: two numbers.
  { body: "send", kind: "text", size: 65_536, most: 8 },
  { body: "send", kind: "binary", size: 16, most: NOTHING },
  { body: "receive", kind: "text", size: 16, most: AN_EVENT },
  // The listener of the bench adds up lengths that outgrow a small integer: a number.
  { body: "receive", kind: "text", size: 65_536, most: AN_EVENT + 12 },
  { body: "receive", kind: "binary", size: 65_536, most: AN_EVENT + 12 },
];

const lab = await launch(["everwire"]);
after(() => lab.close());

/** Runs with a page in which everwire carries messages over a stub. */
async function withMessages(body, params, act) {
  const opened = await lab.open("everwire", { stub: true });
  try {
    await prepare(lab, opened, { body, params });
    return await act(opened);
  } finally {
    await opened.close();
  }
}

/** What is allocated before the engine has optimised the code is not there the next time; what every message needs is. */
async function allocatedAtMost(most, opened, tries = 5) {
  const bytes = await allocated(opened);
  return bytes <= most || tries === 1 ? bytes : Math.min(bytes, await allocatedAtMost(most, opened, tries - 1));
}

for (const { body, kind, size, most } of budgets) {
  test(`to ${body} ${kind} of ${size} bytes allocates at most ${most} bytes`, limit, () =>
    withMessages(body, { kind, size }, async (opened) => {
      const bytes = await allocatedAtMost(most, opened);
      assert.ok(bytes <= most, `${bytes} bytes a message`);
    }),
  );
}

test("messages leave nothing behind in the wasm's memory", limit, () =>
  withMessages("send", { kind: "text", size: 16 }, async ({ page }) => {
    const grown = await page.evaluate(async () => {
      await globalThis.sample(1_000);
      const before = globalThis.wasmBytes();
      // A byte each would fill more than a page of it.
      await globalThis.sample(200_000);
      return globalThis.wasmBytes() - before;
    });
    assert.equal(grown, 0);
  }),
);

test("1,000 open sockets keep the wasm's memory within a megabyte", limit, async () => {
  const opened = await lab.open("everwire", { stub: true });
  try {
    const bytes = await opened.page.evaluate(async () => {
      await globalThis.addSockets(0, 1_000);
      return globalThis.wasmBytes();
    });
    assert.ok(bytes > READER && bytes - READER <= 1 << 20, `${bytes} bytes`);
  } finally {
    await opened.close();
  }
});

test("an open socket takes at most 3.5 KiB of a page, beside what the browser has of it", limit, async () => {
  const opened = await lab.open("everwire", { stub: true });
  try {
    const add = (count) => opened.page.evaluate((count) => globalThis.addSockets(0, count), count);
    // The first loads what all of them share.
    await add(1);
    const before = await memoryOf(opened);
    await add(200);
    const bytes = ((await memoryOf(opened)) - before) / 200;
    assert.ok(bytes <= 3.5 * 1024, `${bytes} bytes`);
  } finally {
    await opened.close();
  }
});

test("the count sees what is allocated", limit, () =>
  withMessages("sendJson", {}, async (opened) => assert.ok((await allocated(opened)) > 100, "an object's JSON")),
);
