/** The chat's pages of Leptos and Dioxus, built unchanged with the candidates for their next versions, in a real browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inRoot, target } from "../../scripts/lib/paths.mjs";
import { stop } from "../../scripts/lib/process.mjs";
import { launchBrowser, limit, requireUncaught } from "../e2e/harness.mjs";
import { building, chat, must, startServer, visit } from "./chat.mjs";

const pages = ["page-leptos", "page-dioxus"];
const built = join(target, "candidates");

before(async () => {
  await must("npm", ["run", "server"]);
  const how = ["--dev", "--target", "web", "--no-pack", "--no-typescript"];
  for (const page of pages) {
    const crate = inRoot("tests/candidates", page);
    const args = ["build", crate, ...how, "--out-dir", join(built, page, "dist"), "--", "--locked"];
    // Not where the chat is built: everwire with other features has the same name there.
    await must("wasm-pack", args, { env: { CARGO_TARGET_DIR: built } });
    await cp(join(chat, page, "page.js"), join(built, page, "page.js"));
  }
}, building);

test("they chat, before and after the server was killed, and leave no connection behind", limit, async () => {
  let server = await startServer();
  after(() => stop(server.child));
  const browser = await launchBrowser();
  const enter = (page, name) => visit(browser, join(built, page), server.port, name, { document: "look/app.html" });
  const ada = await enter("page-leptos", "Ada");
  await ada.sees("#online", "Ada");
  const bob = await enter("page-dioxus", "Bob");
  for (const visitor of [ada, bob]) await visitor.sees("#online", "Ada, Bob");
  await ada.says("with Leptos");
  await bob.hears(["Ada: with Leptos"]);
  await bob.says("with Dioxus");
  await ada.hears(["Ada: with Leptos (delivered)", "Bob: with Dioxus"]);
  for (const { dials, connections } of [ada, bob]) assert.deepEqual([dials, connections], [1, 1]);

  server.child.kill("SIGKILL");
  await once(server.child, "exit");
  for (const visitor of [ada, bob]) {
    await visitor.sees("#status", /^(waiting|connecting)/);
    await visitor.says("while it is down");
    await visitor.sees("#status", /1 to send|2 to send/);
  }
  server = await startServer(server.port);
  for (const visitor of [ada, bob]) {
    await visitor.sees("#status", "open");
    await visitor.sees("#online", /^(Ada, Bob|Bob, Ada)$/);
    await visitor.sees("#said", /while it is down delivered/);
    assert.equal(visitor.connections, 1);
  }

  for (const [leaving, name, staying] of [
    [ada, "Ada", bob],
    [bob, "Bob", ada],
  ]) {
    const { dials } = leaving;
    await leaving.leaves();
    await staying.sees("#online", /^\w+$/);
    assert.equal(leaving.connections, 0);
    await leaving.joins(name);
    await staying.sees("#online", /, /);
    assert.deepEqual([leaving.dials, leaving.connections], [dials + 1, 1]);
  }
  for (const { uncaught } of [ada, bob]) requireUncaught(uncaught);
});
