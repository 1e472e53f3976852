/** The chat's pages that stand on the hooks of the frameworks, against its server and in a real browser. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { target } from "../../scripts/lib/paths.mjs";
import { explain, mustRun, stop } from "../../scripts/lib/process.mjs";
import { launchBrowser, limit, requireUncaught } from "../e2e/harness.mjs";
import { building, chat, env, startServer, visit } from "./chat.mjs";

const frameworks = ["dioxus", "leptos", "yew"];
const pictures = join(target, "pictures");

// What the pages do is tested here, not how small or fast they are: a release build takes twice the time.
async function must(...command) {
  await mustRun(...command, { cwd: chat, env: { ...env, PROFILE: "--dev" } }).catch((error) => {
    throw new Error(explain(error));
  });
}

before(async () => {
  mkdirSync(pictures, { recursive: true });
  for (const script of ["server", ...frameworks.map((framework) => `page-${framework}`)]) {
    await must("npm", ["run", script]);
  }
}, building);

test("a server renders the page that stands on Leptos, on whichever thread", building, async () => {
  const ssr = ["--no-default-features", "--features", "ssr", "--test", "server"];
  await must("cargo", ["test", "--locked", "-p", "page-leptos", ...ssr]);
});

test("a server renders the page that stands on Dioxus", building, () =>
  must("cargo", ["test", "--locked", "-p", "page-dioxus", "--test", "server"]),
);

for (const framework of frameworks) {
  describe(framework, () => {
    test("the app has nothing of the npm package", async () => {
      const file = join(chat, `page-${framework}/dist/page_${framework}_bg.wasm`);
      const exported = WebAssembly.Module.exports(await WebAssembly.compile(await readFile(file)));
      assert.deepEqual(
        exported.map(({ name }) => name).filter((name) => /engine/i.test(name)),
        [],
      );
    });

    const open = (browser, port, name) =>
      visit(browser, `page-${framework}`, port, name, { document: "look/app.html" });

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
  });
}
