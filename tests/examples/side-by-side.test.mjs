/** The components of docs/rust.md, behind a proxy: what everwire promises of its own. The others are measured along. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { explain } from "../../scripts/lib/process.mjs";
import { launchBrowser, limit } from "../e2e/harness.mjs";
import { servePage } from "../faults/side-by-side-page.mjs";
import { befallen, BURST, burstAndUnmount, isOurs, killed, libraries, play } from "../faults/side-by-side.mjs";
import { requireShown } from "./shown.mjs";

const building = { timeout: 25 * 60_000 };

const scenes = {
  killed: killed([1_000]),
  cut: befallen([{ end: "cut" }]),
  halfOpen: befallen([{ end: "halfOpen", for: 4_000 }]),
  burst: burstAndUnmount,
};
/** Nothing is asked of the others: what has not come back by then is only slow, or never comes. */
const patience = (library) => (isOurs(library) ? 60_000 : 4_000);

const played = new Map();

before(async () => {
  const web = await servePage().catch((error) => {
    throw new Error(explain(error));
  });
  after(() => web.stop());
  const browser = await launchBrowser();
  await Promise.all(
    libraries.map(async (library) => {
      played.set(library, await play({ library, scenes, browser, origin: web.origin, patience: patience(library) }));
    }),
  );
}, building);

test("what docs/rust.md shows of a file is what the file says", async () =>
  requireShown(await readFile(inRoot("docs/rust.md"), "utf8"), inRoot("examples"), { atLeast: libraries.length }));

for (const library of libraries.filter(isOurs)) {
  for (const scene of ["killed", "cut", "halfOpen"]) {
    test(`${library}, ${scene}: the component comes back, and nothing is lost or doubled`, limit, (t) => {
      const { returns, uncaught, ...accounts } = played.get(library)[scene];
      t.diagnostic(JSON.stringify({ returns, ...accounts }));
      assert.deepEqual(uncaught, [], "what nobody caught in the page");
      assert.ok(!returns.includes(undefined), "it came back");
      for (const { unaccounted, duplicated, outOfOrder } of [accounts.toServer, accounts.toPage]) {
        assert.deepEqual({ unaccounted, duplicated, outOfOrder }, { unaccounted: 0, duplicated: 0, outOfOrder: 0 });
      }
    });
  }

  test(`${library}: a burst is heard whole, and the connection ends with the component`, limit, () => {
    assert.deepEqual(played.get(library).burst, { heard: BURST, closed: true, uncaught: [] });
  });
}

test("the others were there to compare with", limit, (t) => {
  for (const library of libraries.filter((library) => !isOurs(library))) {
    const { killed } = played.get(library);
    t.diagnostic(JSON.stringify({ library, ...killed }));
    assert.ok(killed.toServer.delivered > 0, `${library} delivered something`);
  }
});
