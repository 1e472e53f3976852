/** The package in Node: it can be imported and required, and works with a `WebSocket` that is given. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { limit, project, socketServer } from "./harness.mjs";

const run = promisify(execFile);
const folder = await project("node");
const server = await socketServer();

async function output(script, ...args) {
  const { stdout, stderr } = await run(process.execPath, [join(folder, script), ...args], { timeout: 60_000 });
  return {
    stdout: stdout.trim(),
    stderr: stderr.replace(/^.*ExperimentalWarning.*$|^\(Use `node --trace-warnings.*$/gm, "").trim(),
  };
}

test("Node imports it, makes an idle socket and ends by itself", limit, async () => {
  assert.deepEqual(await output("import.mjs"), { stdout: "imported", stderr: "" });
});

test(
  "Node requires it where modules can be required",
  { ...limit, skip: !process.features.require_module },
  async () => {
    assert.deepEqual(await output("require.cjs"), { stdout: "required, idle", stderr: "" });
  },
);

test("Node imports everwire/async, which reads its wasm from the file", limit, async () => {
  assert.deepEqual(await output("async.mjs"), { stdout: "loaded, idle", stderr: "" });
});

test(
  "Node without a WebSocket says so, and does not try again",
  { ...limit, skip: "WebSocket" in globalThis },
  async () => {
    const { stdout, stderr } = await output("without.mjs");
    assert.deepEqual(JSON.parse(stdout), { seen: ["no-websocket"], willRetry: false, state: "closed" });
    assert.equal(stderr, "");
  },
);

test("Node with the ws package talks to a real server, reconnects, and ends by itself", limit, async () => {
  const id = "node-echo";
  await server.control(id, "next", [["dial", "/refuse"]]);
  const { stdout, stderr } = await output("echo.mjs", server.url("/echo", { id }), fileURLToPath(import.meta.url));
  assert.deepEqual(JSON.parse(stdout), { heard: [1, 2, 3], retries: [2], state: "closed" });
  assert.equal(stderr, "");
  const { dials, maxLive } = await server.control(id, "wait", { live: 0, closes: 2 });
  assert.deepEqual(
    dials.map(({ opened }) => opened),
    [false, true, true],
  );
  assert.equal(maxLive, 1);
  assert.deepEqual(dials[2].close.code, 4000);
});

test("zod, valibot and arktype check what comes, and fill in what is missing", limit, async () => {
  const { stdout, stderr } = await output("validators.mjs", server.url("/echo"), fileURLToPath(import.meta.url));
  const seen = ["invalid-message at user.age", { user: { age: 36, admin: false } }];
  assert.deepEqual(
    stdout.split("\n").map((line) => JSON.parse(line)),
    ["zod", "valibot", "arktype"].map((name) => [name, ...seen]),
  );
  assert.equal(stderr, "");
});

test("every codec makes one message or one error of whatever comes", limit, async () => {
  const [seed, cases] = [process.env.FUZZ_SEED ?? "1", process.env.FUZZ_CASES ?? "20000"];
  assert.deepEqual(await output("fuzz.mjs", seed, cases), { stdout: "every frame is accounted for", stderr: "" });
});

test("what V8 compiled for messages is still there when the garbage was collected", limit, async () => {
  // Compiled at once, and not when another thread gets to it.
  const flags = ["--expose-gc", "--trace-deopt", "--no-concurrent-recompilation"];
  const stub = fileURLToPath(new URL("../../bench/page/stub.js", import.meta.url));
  const { stdout } = await run(process.execPath, [...flags, join(folder, "compiled.mjs"), stub], { timeout: 60_000 });
  assert.match(stdout, /^heard 300000$/m);
  const thrownAway = stdout.match(/(?<=SharedFunctionInfo ).*(?=>.*weak objects)/g) ?? [];
  assert.ok(
    thrownAway.some((name) => name.includes("Fleeting")),
    "the control is thrown away",
  );
  assert.deepEqual(
    thrownAway.filter((name) => !/Fleeting|manyMessages/.test(name)),
    [],
  );
});
