/** Short chaos runs with fixed seeds, and the accounts themselves: no loss can hide in them. See docs/reliability.md. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { findFirefox } from "../../scripts/lib/browser.mjs";
import { broken, tally } from "../faults/accounts.mjs";
import { bundlePage, runChaos } from "../faults/chaos.mjs";
import { unpacked } from "./harness.mjs";

const limit = { timeout: 180_000 };
const seconds = 5;

let bundling;
/** The page with the tarball's everwire in it. */
const bundled = () => (bundling ??= unpacked().then(({ folder, module }) => bundlePage(join(folder, module))));

async function requireKept(t, run) {
  const page = await bundled();
  const { row, mysteries } = await runChaos({ library: "everwire", seconds, page, ...run });
  t.diagnostic(JSON.stringify(row));
  assert.deepEqual([...broken(row), ...mysteries], [], "promises that were broken");
  assert.ok(row.kills > 0, "connections were killed");
}

for (const seed of [1, 77]) {
  test(`chaos with seed ${seed}: every message is accounted for, once and in order`, limit, (t) =>
    requireKept(t, { seed, browser: "chromium" }),
  );
}

test(
  "chaos in Firefox: every message is accounted for, once and in order",
  { ...limit, skip: findFirefox() ? false : "Firefox is not installed" },
  (t) => requireKept(t, { seed: 5, browser: "firefox" }),
);

const on = (connection, ...numbers) => numbers.map((n) => ({ n, connection, open: true }));
const came = (...numbers) => numbers.map((n) => ({ n, late: false }));
const all = [0, 1, 2, 3, 4, 5];
const dead = () => true;
const count = (given) => {
  const { row } = tally({ accepted: all, reported: [], received: [], died: dead, handed: on(1, ...all), ...given });
  const { sent, delivered, reported, inFlight, unaccounted } = row;
  assert.equal(sent, delivered + reported + inFlight + unaccounted, "the classes sum up");
  return row;
};
const counted = (given, expected) => {
  const row = count(given);
  assert.deepEqual({ ...row, ...expected }, row);
};

test("in flight is only the end of what a connection was handed before it died", () => {
  counted({ received: came(0, 1, 2, 3) }, { delivered: 4, inFlight: 2, unaccounted: 0 });
  counted({ received: came(0, 1, 3, 4) }, { delivered: 4, inFlight: 1, unaccounted: 1 });
  counted({ received: came(0, 1), died: () => false }, { delivered: 2, inFlight: 0, unaccounted: 4 });
  const two = [...on(1, 0, 1, 2), ...on(2, 3, 4, 5)];
  counted({ handed: two, received: came(0, 3, 4, 5) }, { inFlight: 2, unaccounted: 0 });
  counted({ handed: two, received: came(0, 1, 2, 5) }, { inFlight: 0, unaccounted: 2 });
});

test("what is never handed over, or to a socket that is not open, is unaccounted for unless it is reported", () => {
  counted({ handed: on(1, 0, 1, 2, 3), received: came(0, 1, 2, 3) }, { unaccounted: 2 });
  counted({ handed: on(1, 0, 1, 2, 3), received: came(0, 1, 2, 3), reported: [4, 5] }, { reported: 2, unaccounted: 0 });
  const closing = on(1, ...all).map((entry) => (entry.n === 5 ? { ...entry, open: false } : entry));
  counted({ handed: closing, received: came(0, 1, 2, 3, 4) }, { unaccounted: 1 });
});

test("a report about a message that was sent after all is unaccounted for", () => {
  counted({ received: came(...all), reported: [2] }, { delivered: 5, reported: 0, unaccounted: 1 });
});

test("a message that the library swallows is unaccounted for, though its connection died", () => {
  counted({ received: came(0, 1, 2, 3), swallowed: [4] }, { inFlight: 1, unaccounted: 1 });
});

test("late messages are in flight; duplicates and what is overtaken are counted", () => {
  const late = [...came(0, 1, 2), { n: 3, late: true }];
  counted({ received: late }, { delivered: 3, inFlight: 3, unaccounted: 0, outOfOrder: 0 });
  counted({ received: came(0, 1, 1, 2, 3, 4, 5) }, { duplicated: 1, outOfOrder: 0 });
  counted({ received: came(...all, 99) }, { delivered: 6, duplicated: 1 });
  counted({ received: came(0, 2, 1, 3, 4, 5) }, { duplicated: 0, outOfOrder: 1 });
  counted({ handed: on(1, 0, 1, 3, 2, 4, 5), received: came(0, 1) }, { outOfOrder: 1 });
});

test("each broken promise is told", () => {
  const kept = {
    sent: 2,
    delivered: 1,
    reported: 0,
    inFlight: 1,
    unaccounted: 0,
    duplicated: 0,
    outOfOrder: 0,
    maxLive: 1,
  };
  assert.deepEqual(broken(kept), []);
  for (const fault of [
    { unaccounted: 1, inFlight: 0 },
    { duplicated: 1 },
    { outOfOrder: 1 },
    { maxLive: 2 },
    { inFlight: 0 },
    { sent: 1, delivered: 0 },
  ]) {
    assert.equal(broken({ ...kept, ...fault }).length, 1, JSON.stringify(fault));
  }
});
