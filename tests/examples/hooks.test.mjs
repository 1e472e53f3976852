/** The chat's pages that stand on the hooks of the frameworks, against its server and in a real browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { target } from "../../scripts/lib/paths.mjs";
import { stop } from "../../scripts/lib/process.mjs";
import { launchBrowser, limit, requireUncaught } from "../e2e/harness.mjs";
import { building, chat, must, startServer, visit, visitRendered } from "./chat.mjs";

const frameworks = ["dioxus", "leptos", "yew"];
const pictures = join(target, "pictures");

before(async () => {
  mkdirSync(pictures, { recursive: true });
  await must("cargo", ["fetch", "--locked"]);
  const pages = frameworks.flatMap((framework) => [`page-${framework}`, `page-${framework}-hydrate`]);
  for (const script of ["server-pages", ...pages]) await must("npm", ["run", script]);
}, building);

test("a server renders the pages, on whichever thread", building, () =>
  must("cargo", ["test", "--locked", "-p", "server", "--features", "pages"]),
);

for (const framework of frameworks) {
  describe(framework, () => {
    test("the app has nothing of the npm package", async () => {
      const dist = join(chat, `page-${framework}/dist`);
      const wasm = (await readdir(dist)).find((name) => name.endsWith("_bg.wasm"));
      const exported = WebAssembly.Module.exports(await WebAssembly.compile(await readFile(join(dist, wasm))));
      assert.deepEqual(
        exported.map(({ name }) => name).filter((name) => /engine/i.test(name)),
        [],
      );
    });

    // trunk makes a document of its own.
    const [folder, document] =
      framework === "dioxus"
        ? ["page-dioxus", "look/app.html"]
        : [`page-${framework}/dist`, `page-${framework}/dist/index.html`];
    const open = (browser, port, name) => visit(browser, folder, port, name, { document });

    test("two pages chat, before and after the server was killed, with one connection each", limit, async () => {
      let server = await startServer();
      after(() => stop(server.child));
      const browser = await launchBrowser();
      const ada = await open(browser, server.port, "Ada");
      await ada.sees("#online", "Ada");
      const bob = await open(browser, server.port, "Bob");
      for (const visitor of [ada, bob]) await visitor.sees("#online", "Ada, Bob");

      await ada.says("hello <b>ü</b>");
      await bob.hears(["Ada: hello <b>ü</b>"]);
      await ada.hears(["Ada: hello <b>ü</b> (delivered)"]);
      for (const { dials, connections } of [ada, bob]) assert.deepEqual([dials, connections], [1, 1]);

      server.child.kill("SIGKILL");
      await once(server.child, "exit");
      for (const visitor of [ada, bob]) await visitor.sees("#status", /^(waiting|connecting)/);
      for (let number = 1; number <= 3; number++) await ada.says(`queued ${number}`);
      await ada.sees("#status", /3 to send/);
      const heard = ["Ada: hello <b>ü</b> (delivered)"];
      await ada.hears([...heard, ...[1, 2, 3].map((number) => `Ada: queued ${number} (queued)`)]);
      await ada.draws(join(pictures, `${framework}-queued.png`));

      server = await startServer(server.port);
      const delivered = [...heard, ...[1, 2, 3].map((number) => `Ada: queued ${number} (delivered)`)];
      await ada.hears(delivered);
      for (const visitor of [ada, bob]) {
        await visitor.sees("#status", "open");
        await visitor.sees("#online", /^(Ada, Bob|Bob, Ada)$/);
        assert.equal(visitor.connections, 1);
      }
      await bob.says("back");
      await ada.hears([...delivered, "Bob: back"]);
      await ada.draws(join(pictures, `${framework}-back.png`));
      for (const colorScheme of ["light", "dark"]) assert.deepEqual(await ada.barriers(colorScheme), []);
      await ada.draws(join(pictures, `${framework}-dark.png`));
      for (const { uncaught } of [ada, bob]) requireUncaught(uncaught);
    });

    test("leaving ends the connection, and joining again makes one", limit, async () => {
      const server = await startServer();
      after(() => stop(server.child));
      const browser = await launchBrowser();
      const ada = await open(browser, server.port, "Ada");
      await ada.sees("#online", "Ada");
      const bob = await open(browser, server.port, "Bob");
      await ada.sees("#online", "Ada, Bob");
      for (let round = 1; round <= 3; round++) {
        await bob.leaves();
        await ada.sees("#online", "Ada");
        await bob.joins("Bob");
        await ada.sees("#online", "Ada, Bob");
        await bob.sees("#online", "Ada, Bob");
        assert.deepEqual([bob.dials, bob.connections], [round + 1, 1]);
      }
      await bob.says("again");
      await ada.hears(["Bob: again"]);
      assert.deepEqual([ada.dials, ada.connections], [1, 1]);
      for (const { uncaught } of [ada, bob]) requireUncaught(uncaught);
    });

    test("a room that a server has rendered is hydrated as it is, and connects once", limit, async () => {
      const server = await startServer();
      after(() => stop(server.child));
      const browser = await launchBrowser();
      const bob = await open(browser, server.port, "Bob");
      await bob.sees("#online", "Bob");

      const ada = await visitRendered(browser, framework, server.port, "Ada");
      await ada.sees("#status", "idle");
      await ada.looksClosely();
      await ada.draws(join(pictures, `${framework}-rendered.png`));
      await bob.says("nobody else?");
      await bob.hears(["Bob: nobody else? (delivered)"]);
      await bob.sees("#online", "Bob");
      assert.equal(ada.dials, 0);

      ada.letsThrough();
      await ada.sees("#status", "open");
      for (const visitor of [ada, bob]) await visitor.sees("#online", "Bob, Ada");
      const { statuses, same } = await ada.hasSeen();
      assert.ok(same, "other elements than those that the server has rendered");
      assert.deepEqual(
        [statuses[0], ...statuses.slice(1).filter((status) => status !== "connecting")],
        ["idle", "open"],
      );
      await ada.says("hello");
      await bob.says("hello Ada");
      await ada.hears(["Ada: hello (delivered)", "Bob: hello Ada"]);
      assert.deepEqual([ada.dials, ada.connections], [1, 1]);
      await ada.draws(join(pictures, `${framework}-hydrated.png`));

      await ada.comesAgain();
      await ada.sees("#online", "Bob, Ada");
      assert.equal(ada.dials, 2);
      await ada.leaves();
      await bob.sees("#online", "Bob");
      assert.deepEqual([ada.dials, ada.connections], [2, 0]);
      await ada.joins("Ada");
      await bob.sees("#online", "Bob, Ada");
      await bob.says("and again");
      await ada.hears(["Bob: and again"]);
      assert.deepEqual([ada.dials, ada.connections], [3, 1]);
      for (const { uncaught, complaints } of [ada, bob]) {
        requireUncaught(uncaught);
        assert.deepEqual(complaints, []);
      }
    });
  });
}
