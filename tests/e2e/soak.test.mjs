/** A short soak: hundreds of reconnects leave nothing behind. `npm run soak` is the long one. See docs/reliability.md. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { growth, runSoak } from "../faults/soak.mjs";
import { unpacked } from "./harness.mjs";

const limit = { timeout: 300_000 };
const chrome = process.env.CHROME ?? "/usr/bin/chromium";

test(
  "hundreds of reconnects: no listener, timer, closure, wasm memory or externref slot is left behind",
  limit,
  async (t) => {
    const { folder, module } = await unpacked();
    const everwire = join(folder, module);
    const result = await runSoak({ everwire, chrome, enough: ({ reconnects }) => reconnects >= 1_000 });
    t.diagnostic(JSON.stringify(result.samples.at(-1)));
    assert.deepEqual(growth(result), [], "what grew");
  },
);

const steady = { WebSocket: 4, timers: 1, heapBytes: 1_000_000 };
const samples = (change) =>
  Array.from({ length: 10 }, (_, round) => ({ reconnects: 100 * round, ...steady, ...change(round) }));

test("growth is told, and what only comes and goes is not", () => {
  assert.deepEqual(growth({ samples: samples(() => ({})), more: [] }), []);
  assert.deepEqual(growth({ samples: samples((round) => ({ timers: round % 3 })), more: [["closure", 9]] }), []);
  assert.equal(growth({ samples: samples((round) => ({ timers: round })), more: [] }).length, 1);
  assert.equal(growth({ samples: samples((round) => ({ heapBytes: round * 1e6 })), more: [] }).length, 1);
  assert.equal(growth({ samples: samples(() => ({})), more: [["closure", 90]] }).length, 1);
});
