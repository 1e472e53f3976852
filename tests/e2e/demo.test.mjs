/** webpack's build of the demo, with the tarball in the place of the repository's own build, against the demo's server. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import webpack from "webpack";
import configure from "../../webpack.config.js";
import { servePage } from "../../www/server/page.mjs";
import { Supervisor } from "../../www/server/supervisor.mjs";
import { Visitor } from "../../www/server/visitor.mjs";
import { launchBrowser, limit, openPage, requireUncaught, unpacked } from "./harness.mjs";

const host = "127.0.0.1";

async function buildDemo() {
  const folder = await mkdtemp(join(tmpdir(), "everwire-demo-"));
  after(() => rm(folder, { recursive: true, force: true }));
  const config = configure({}, { mode: "production" });
  const everwire = await unpacked();
  const stats = await promisify(webpack)({
    ...config,
    output: { ...config.output, path: folder },
    resolve: { ...config.resolve, alias: { everwire$: join(everwire.folder, everwire.module) } },
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual({ errors, warnings }, { errors: [], warnings: [] });
  return folder;
}

async function serveDemo(folder) {
  const supervisor = new Supervisor({ host });
  await supervisor.start();
  const page = await servePage({ folder, supervisor, port: 0, host });
  after(() => Promise.all([page.stop(), supervisor.stop()]));
  return page.url;
}

test(
  "webpack's build of the demo connects, survives its server's death and delivers what was queued",
  limit,
  async () => {
    const [url, browser] = await Promise.all([buildDemo().then(serveDemo), launchBrowser()]);
    const { page, uncaught } = await openPage(browser);
    const visitor = new Visitor(page, { patience: 60_000 });
    await visitor.arrive(url);
    await visitor.say("before");
    await visitor.seeDelivery("before", "delivered");
    await visitor.press(/^Kill the server/);
    await visitor.reach("waiting", "connecting");
    await visitor.say("while it is down");
    await visitor.reach("open");
    await visitor.seeDelivery("while it is down", "delivered");
    assert.deepEqual(await visitor.texts("while it is down"), ["while it is down"], "delivered once");
    requireUncaught(uncaught);
  },
);
