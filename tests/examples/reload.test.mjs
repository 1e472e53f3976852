/** The chat's page of Leptos while its source is edited: what the tools tell a running page. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import binaryen from "binaryen";
import { stop } from "../../scripts/lib/process.mjs";
import { launchBrowser, requireUncaught } from "../e2e/harness.mjs";
import { building, cargoTarget, chat, must, startServer, visit, visitRendered } from "./chat.mjs";

before(() => must("cargo", ["fetch", "--locked"]), building);

test("an edited view of Leptos is shown by the page as it is, with its one connection", building, async () => {
  // What `cargo leptos watch` sets, for the server to mark where in the page each view is.
  const watched = { env: { LEPTOS_WATCH: "on" } };
  const withPages = ["--locked", "--quiet", "-p", "server", "--features", "pages"];
  await must("npm", ["run", "page-leptos-hydrate"]);
  await must("cargo", ["build", ...withPages], watched);
  const edit = ["page-leptos/src/room.rs", '<p>"Online: "', '<p class="edited">"Here are: "'];
  const said = await must("cargo", ["run", ...withPages, "--example", "edit", "--", ...edit], watched);
  const { script, patches } = JSON.parse(said);

  const server = await startServer();
  after(() => stop(server.child));
  const browser = await launchBrowser();
  const ada = await visitRendered(browser, "leptos", server.port, "Ada");
  const bob = await visitRendered(browser, "leptos", server.port, "Bob");
  for (const visitor of [ada, bob]) visitor.letsThrough();
  for (const visitor of [ada, bob]) await visitor.sees("#online", /^(Ada, Bob|Bob, Ada)$/);
  await ada.says("before");
  await bob.says("1");
  await ada.answers(`${script}; patch(${JSON.stringify(patches)})`);
  await bob.says("2");
  await ada.sees("p.edited", /^Here are: /);
  await ada.says("after");
  await ada.hears(["Ada: before (delivered)", "Bob: 1", "Bob: 2", "Ada: after (delivered)"]);
  await bob.hears(["Ada: before", "Bob: 1 (delivered)", "Bob: 2 (delivered)", "Ada: after"]);
  assert.deepEqual([ada.dials, ada.connections], [1, 1]);

  await bob.leaves();
  await ada.sees("p.edited", "Here are: Ada");
  await ada.leaves();
  assert.deepEqual([ada.dials, ada.connections], [1, 0]);
  for (const { uncaught, complaints } of [ada, bob]) {
    requireUncaught(uncaught);
    assert.deepEqual(complaints, []);
  }
});

test("a page of Leptos whose code is replaced while it runs has one connection again", building, async () => {
  const dist = join(cargoTarget, "hotpatch");
  const how = ["--locked", "--features", "hotpatch", "--dist", dist];
  await must("trunk", ["build", ...how], { cwd: join(chat, "page-leptos") });

  const server = await startServer();
  after(() => stop(server.child));
  const browser = await launchBrowser();
  let tell;
  const prepare = async (visitor) => {
    tell = await visitor.hasTool("**/_dioxus*");
    await visitor.remembers(() =>
      addEventListener("TrunkApplicationStarted", ({ detail }) => (globalThis.wasm = detail.wasm)),
    );
  };
  const ada = await visit(browser, dist, server.port, "Ada", { document: join(dist, "index.html"), prepare });
  await ada.sees("#online", "Ada");
  await ada.says("before");
  await ada.hears(["Ada: before (delivered)"]);
  assert.deepEqual([ada.dials, ada.connections], [1, 1]);

  await tell(replaced(await ada.answers(functionTable)));
  // All of it runs again, so the room begins anew.
  await ada.hears([]);
  await ada.sees("#online", "Ada");
  await ada.says("after");
  await ada.hears(["Ada: after (delivered)"]);
  assert.deepEqual([ada.dials, ada.connections], [2, 1]);
  await ada.leaves();
  assert.deepEqual([ada.dials, ada.connections], [2, 0]);
  requireUncaught(ada.uncaught);
});

/** What `dx serve --hotpatch` tells a page: every function is at another address from now on. The edit changed nothing. */
function replaced({ name, size }) {
  const code = sameCodeElsewhere(name).toString("base64");
  const addresses = Array.from({ length: size - 1 }, (_, at) => [at + 1, at + 1]);
  const table = {
    lib: `data:application/wasm;base64,${code}#.wasm`,
    map: Object.fromEntries(addresses),
    aslr_reference: 0,
    new_base_address: 0,
    ifunc_count: size,
  };
  return {
    HotReload: { templates: [], assets: [], ms_elapsed: 0, jump_table: table, for_build_id: 0, for_pid: null },
  };
}

/** In the page: what the wasm calls its functions' table, and how long it is. */
function functionTable() {
  const isTable = ([name, table]) => table instanceof WebAssembly.Table && name !== "__wbindgen_externrefs";
  const [name, { length: size }] = Object.entries(globalThis.wasm).find(isTable);
  return { name, size };
}

/** A module as `dx` makes it of edited code, for the addresses from `__table_base` on. */
function sameCodeElsewhere(table) {
  const module = binaryen.parseText(`(module
    (import "env" "${table}" (table 0 funcref))
    (import "env" "__table_base" (global $base i32))
    (func (export "__wasm_call_ctors") (table.copy (global.get $base) (i32.const 0) (global.get $base))))`);
  return Buffer.from(module.emitBinary());
}
