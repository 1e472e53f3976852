/** The chat of docs/typed.md: one definition of its messages, a server and two pages built from it, in a real browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { inRoot, target } from "../../scripts/lib/paths.mjs";
import { explain, mustRun, run, start, stop } from "../../scripts/lib/process.mjs";
import { launchBrowser, limit, requireUncaught } from "../e2e/harness.mjs";
import { building, chat, env, startServer, visit } from "./chat.mjs";
import { requireShown } from "./shown.mjs";

const document = await readFile(inRoot("docs/typed.md"), "utf8");

before(async () => {
  for (const [, commands] of document.matchAll(/^```sh\n([^]*?)^```$/gm)) {
    await mustRun("sh", ["-e", "-c", commands], { cwd: chat, env }).catch((error) => {
      throw new Error(explain(error));
    });
  }
}, building);

test("what docs/typed.md shows of a file is what the file says", () => requireShown(document, chat, { atLeast: 5 }));

test("a TypeScript page and a Rust page chat, and do so again after the server was killed", limit, async () => {
  let server = await startServer();
  after(() => stop(server.child));
  const browser = await launchBrowser();
  const ada = await visit(browser, "page-ts/dist", server.port, "Ada");
  await ada.sees("#online", "Ada");
  const bob = await visit(browser, "page-rust", server.port, "Bob");
  await ada.sees("#online", "Ada, Bob");
  await bob.sees("#online", "Ada, Bob");

  await ada.says("from TypeScript");
  await bob.says("from Rust: <b>ü</b>");
  const before = ["Ada: from TypeScript", "Bob: from Rust: <b>ü</b>"];
  for (const visitor of [ada, bob]) await visitor.hears(before);

  server.child.kill("SIGKILL");
  await once(server.child, "exit");
  for (const visitor of [ada, bob]) await visitor.sees("#status", /^(waiting|connecting)/);
  await ada.says("while it is down");
  await ada.sees("#status", /1 to send|2 to send/);

  server = await startServer(server.port);
  for (const visitor of [ada, bob]) {
    await visitor.sees("#online", /Ada/);
    await visitor.sees("#online", /Bob/);
    await visitor.sees("#status", "open");
  }
  await bob.says("back");
  await ada.hears([...before, "Ada: while it is down", "Bob: back"]);
  // The server keeps no history: what came before Bob did, he has not heard.
  await bob.sees("#said", /Bob: back$/);

  for (const visitor of [ada, bob]) {
    for (const colorScheme of ["light", "dark"]) assert.deepEqual(await visitor.barriers(colorScheme), []);
    requireUncaught(visitor.uncaught);
  }
});

test("the server tells its clients when it ends, and they wait for the next one", limit, async () => {
  const server = await startServer();
  const browser = await launchBrowser();
  const ada = await visit(browser, "page-ts/dist", server.port, "Ada");
  await ada.sees("#online", "Ada");
  server.child.kill("SIGTERM");
  const [code] = await once(server.child, "exit");
  assert.equal(code, 0);
  await ada.sees("#status", /^(waiting|connecting)/);
});

test("`npm start` in the example serves both pages and their scripts", limit, async () => {
  const child = start("node", ["start.mjs"], { cwd: chat, env, stdio: ["ignore", "pipe", "inherit"] });
  after(() => stop(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const scripts of [["page.js"], ["page.js", "dist/page_rust.js", "dist/page_rust_bg.wasm"]]) {
    const { value: url } = await lines.next();
    for (const file of ["", "chat.css", ...scripts]) {
      const response = await fetch(new URL(file, url));
      assert.equal(response.status, 200, `${file} of ${url}`);
      await response.arrayBuffer();
    }
  }
});

test("a change to the messages that a client does not know of fails its compile", building, async () => {
  const copy = join(target, "chat-changed");
  await rm(copy, { recursive: true, force: true });
  after(() => rm(copy, { recursive: true, force: true }));
  await cp(chat, copy, { recursive: true, filter: (path) => !/[\\/](target|node_modules|dist)$/.test(path) });
  // Under another version: cargo would take what it built of the copy for the original.
  for (const name of ["Cargo.toml", "Cargo.lock"]) {
    await change(join(copy, name), (text) => text.replaceAll('version = "0.0.0"', 'version = "0.0.1"'));
  }
  await change(join(copy, "messages/src/lib.rs"), (text) =>
    text
      .replace("        text: String,\n    },\n}", "        words: String,\n    },\n}")
      .replace("Online { names: Vec<String> },", "Online { names: Vec<String> },\n    Typing { name: String },"),
  );

  // As the release build is done, of which all but the changed crates is there already.
  const wasm = ["--release", "--target", "wasm32-unknown-unknown"];
  const rust = await run("cargo", ["build", "--locked", ...wasm, "-p", "page-rust"], { cwd: copy, env });
  assert.notEqual(rust.code, 0);
  assert.match(rust.output, /`ClientMessage::Say` has no field named `text`/);
  assert.match(rust.output, /`ServerMessage::Typing \{ \.\. \}` not covered/);

  const npm = (...args) => run("npm", args, { cwd: copy, env });
  for (const args of [
    ["install"],
    ["run", "types", "--workspace", "client"],
    ["run", "declarations", "--workspace", "client"],
  ]) {
    const { code, output } = await npm(...args);
    assert.equal(code, 0, output);
  }
  const typescript = await npm("run", "build", "--workspace", "page-ts");
  assert.notEqual(typescript.code, 0);
  assert.match(typescript.output, /page\.ts.*'text' does not exist/);
  assert.match(typescript.output, /page\.ts.*"typing".*'never'/s);
});

async function change(path, edit) {
  const text = await readFile(path, "utf8");
  const changed = edit(text);
  assert.notEqual(changed, text, path);
  await writeFile(path, changed);
}
