/** The documentation is true: its examples compile and do what they say, its tables name what there is. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { installed, launchBrowser, limit, project, repository, serveFolders, socketServer } from "./harness.mjs";

const inRepository = (path) => readFile(join(repository, path), "utf8");
const readme = await inRepository("README.md");
const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
for (const name of await readdir(join(repository, "docs"))) if (name.endsWith(".md")) documents.push(`docs/${name}`);
const texts = new Map(await Promise.all(documents.map(async (path) => [path, await inRepository(path)])));

const examples = [...texts].flatMap(([path, text]) =>
  [...text.matchAll(/^```(tsx?)\n([^]*?)^```$/gm)].map(([, language, code], index) => ({
    name: `${path}, example ${index + 1}`,
    language,
    code,
  })),
);

/** A chat that a framework renders: the page that is opened, and what becomes of a click and of a message. */
async function chat({ page, control }) {
  await page.getByText("say hello, open").click();
  const { received } = await control("wait", { received: 1, live: 1 });
  assert.deepEqual(received, ['{"say":"hello"}']);
  await control("send", { text: '{"type":"said","text":"hi"}' });
  await page.getByText("hi", { exact: true }).waitFor();
}

/**
 * What the examples do, each found by a part of its text: `dials` is what the server does to each
 * dial in turn, `act` what happens then, `prints` the lines that the example prints.
 */
const plays = [
  {
    of: "closed for good with",
    dials: ["/refuse", `/greet?text=${encodeURIComponent('{"from":"Ada","text":"hi"}')}`],
    async act({ control }) {
      const { received } = await control("wait", { received: 1 });
      assert.deepEqual(received, ['{"say":"hello"}']);
      await control("close", { code: 1008 });
    },
    prints: [/^dial 2 in \d+ ms$/, "Ada: hi", "closed for good with 1008"],
  },
  {
    of: "await load()",
    async act({ control }) {
      const { received } = await control("wait", { received: 1 });
      assert.deepEqual(received, ["hello"]);
    },
  },
  {
    of: "postMessage",
    worker: true,
    async act({ page }) {
      const answer = page.evaluate(() => new Promise((heard) => (worker.onmessage = ({ data }) => heard(data))));
      await page.evaluate(() => worker.postMessage("from the page"));
      assert.equal(await answer, "from the page");
    },
  },
  {
    of: 'from "ws"',
    node: true,
    act: ({ control }) => control("close", { code: 1008 }),
    prints: ["open"],
  },
  {
    of: "fatalCodes: [4401]",
    dials: ["/heartbeat"],
    async act({ control }) {
      const { dials } = await control("wait", { opens: 1 });
      assert.match(dials[0].path, /token=t0k3n/);
    },
    prints: ["open, dial 1"],
  },
  { of: "Float64Array", prints: ["42"] },
  { of: 'import "everwire/msgpack"', prints: ["north: 1152921504606846976, 3 bytes"] },
  {
    of: "cursor",
    dials: ["/record"],
    async act({ control }) {
      const { received } = await control("wait", { received: 3 });
      assert.deepEqual(received, ["join", "cursor 3 4", "draw 3 4"]);
    },
    prints: ["the queue is full", "not sent, replaced: cursor 1 2"],
  },
  {
    of: "firstPrice",
    dials: [`/greet?text=${encodeURIComponent('{"price":9.39}')}`],
    act: ({ control }) => control("wait", { closes: 1 }),
    prints: ["9.39"],
  },
  {
    of: "StandardSchema<unknown, Price>",
    dials: ["/answer"],
    async act({ control }) {
      await control("wait", { opens: 1 });
      await control("send", { text: '{"symbol":"EW","price":"high"}' });
      await control("send", { text: '{"symbol":"EW","price":9.386}' });
    },
    prints: ["invalid-message: the message is not valid at price", "9.39"],
  },
  {
    of: 'socket.on("online"',
    async act({ control }) {
      await control("wait", { opens: 1 });
      for (const message of ['{"type":"said","text":"hi"}', '{"type":"online","names":["Ada"]}', '{"type":"said"}']) {
        await control("send", { text: message });
      }
    },
    prints: ["hi", "1 online"],
  },
  { of: 'request("what time is it?")', dials: ["/answer"], prints: ["what time is it?", "request-failed"] },
  {
    of: "socket.subscribe(3)",
    dials: ["/answer"],
    async act({ control }) {
      const { received } = await control("wait", { closes: 1 });
      assert.deepEqual(received, ['{"id":1,"subscribe":3}', '{"id":1,"unsubscribe":true}']);
    },
    prints: ["0", "1", "2"],
  },
  {
    of: '{ login: "t0k3n" }',
    dials: ["/record", "/record"],
    async act({ control }) {
      await control("wait", { received: 2 });
      await control("kill");
      const { received } = await control("wait", { received: 3 });
      assert.deepEqual(received, ['{"login":"t0k3n"}', '{"say":"hello"}', '{"login":"t0k3n"}']);
    },
    prints: ["open", "open"],
  },
  { of: 'from "react"', dials: ["/record", "/record"], act: chat },
  { of: 'from "vue"', dials: ["/record"], act: chat },
  {
    of: "lines.pipeTo(socket.writable",
    dials: ["/record"],
    async act({ control }) {
      const { received } = await control("wait", { received: 3 });
      assert.deepEqual(received, ["one", "two", "three"]);
    },
    prints: ["sent 3"],
  },
  {
    of: "shouldRetry: ({ code })",
    dials: ["/refuse"],
    prints: ["lost 1006, again: true", "open"],
  },
];

// Before the first test: when those that are there have ended, the runner takes it for the end, and the server goes.
const [server, browser] = await Promise.all([socketServer(), launchBrowser()]);
const folder = await project("readme");
for (const library of ["@types", "vue"]) {
  await symlink(join(repository, "node_modules", library), join(folder, "node_modules", library));
}

test("each example is played once", () => {
  for (const { name, code } of examples) {
    assert.equal(plays.filter(({ of }) => code.includes(of)).length, 1, `plays of ${name}`);
  }
  assert.equal(plays.length, examples.length);
});

test("the examples compile, strictly, against the packed types", limit, async () => {
  const file = (language, index) => join(folder, `example-${index + 1}.${language}`);
  await Promise.all(examples.map(({ language, code }, index) => writeFile(file(language, index), code)));
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  const compiler = join(dirname(manifest), JSON.parse(await readFile(manifest, "utf8")).bin.tsc);
  const said = await new Promise((resolve) =>
    execFile(process.execPath, [compiler, "--project", folder], { cwd: folder }, (_error, stdout) => resolve(stdout)),
  );
  assert.equal(said, "");
});

/** The example as JavaScript. In a page, its sockets dial the test server whatever they are given. */
async function compiled(code, { language, node, address }) {
  const banner = `globalThis.WebSocket = class extends WebSocket {
    constructor(url, ...rest) { super(${JSON.stringify(address)} + "&" + new URL(url).searchParams, ...rest); }
  };`;
  const entries = ["async", "msgpack"].map((name) => [`everwire/${name}`, `/everwire/pkg/${name}.js`]);
  const inPage = { everwire: "/everwire/pkg/index.js", ...Object.fromEntries(entries) };
  const { outputFiles } = await build({
    stdin: { contents: code, loader: language, resolveDir: folder },
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    nodePaths: [join(repository, "node_modules")],
    logLevel: "error",
    write: false,
    alias: node ? { ws: join(folder, "ws.js") } : inPage,
    external: node ? ["everwire", "node:*"] : Object.values(inPage),
    banner: { js: node ? "" : banner },
  });
  return outputFiles[0].text;
}

async function playInPage(play, script, control) {
  const policy = `script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws://127.0.0.1:${server.port}`;
  const start = play.worker ? `const worker = new Worker("/example.js", { type: "module" });` : "";
  const origin = await serveFolders([await installed()], {
    "/": `<!doctype html><link rel="icon" href="data:,">
      <meta http-equiv="content-security-policy" content="${policy}"><script src="/page.js"></script>
      ${play.worker ? "" : '<script type="module" src="/example.js"></script>'}`,
    "/page.js": `const lines = []; console.log = (line) => lines.push(String(line)); ${start}`,
    "/example.js": script,
    "/token": "t0k3n",
  });
  const page = await browser.newPage();
  try {
    const uncaught = [];
    page.on("pageerror", (error) => uncaught.push(error.message));
    await page.goto(origin);
    await play.act?.({ page, control });
    const expected = play.prints ?? [];
    await page.waitForFunction((count) => lines.length >= count, expected.length);
    requireLines(await page.evaluate(() => lines), expected);
    assert.deepEqual(uncaught, []);
  } finally {
    await page.close();
  }
}

async function playInNode(play, script, control, address) {
  const file = join(folder, "example.mjs");
  await writeFile(file, script);
  const child = spawn(process.execPath, [file, address, fileURLToPath(import.meta.url)], { stdio: "pipe" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const lines = [];
  const errors = [];
  child.stderr.on("data", (chunk) => errors.push(String(chunk)));
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await control("wait", { opens: 1 });
  await play.act({ control });
  assert.equal(await ended, 0, errors.join(""));
  requireLines(lines, play.prints);
}

function requireLines(lines, expected) {
  assert.equal(lines.length, expected.length, `lines: ${lines.join(" | ")}`);
  expected.forEach((wanted, at) =>
    wanted instanceof RegExp ? assert.match(lines[at], wanted) : assert.equal(lines[at], wanted),
  );
}

for (const [index, { name, language, code }] of examples.entries()) {
  test(`does what it says: ${name}`, limit, async () => {
    const play = plays.find(({ of }) => code.includes(of));
    const id = `readme-${index + 1}`;
    const control = (action, query) => server.control(id, action, query);
    await control("next", new URLSearchParams((play.dials ?? []).map((dial) => ["dial", dial])));
    const address = server.url("/echo", { id });
    const script = await compiled(code, { language, node: play.node, address });
    await (play.node ? playInNode(play, script, control, address) : playInPage(play, script, control));
  });
}

/** The part of a TypeScript file from `interface Name` to its closing brace: its members with their comments. */
function membersOf(source, name) {
  const [, body] = new RegExp(`^export interface ${name}\\b.*?\\{\\n([^]*?)^\\}`, "m").exec(source);
  return [...body.matchAll(/\/\*\*([^]*?)\*\/\n {2}(\w+)\??:/g)].map(([, comment, member]) => ({
    member,
    standard: /Default: (\d[\d,]*(?: MiB)?)/.exec(comment)?.[1],
  }));
}

test("the README names every option with its default", async () => {
  const source = await inRepository("npm/options.ts");
  const rows = readme.split("\n").filter((line) => line.startsWith("| "));
  const nested = {
    SocketOptions: "",
    BackoffOptions: "backoff.",
    QueueOptions: "queue.",
    HeartbeatOptions: "heartbeat.",
    InboxOptions: "inbox.",
  };
  for (const [name, prefix] of Object.entries(nested)) {
    const members = membersOf(source, name);
    assert.ok(members.length > 1, `members of ${name}`);
    for (const { member, standard } of members) {
      assert.match(readme, new RegExp(`\`${prefix}${member}\\b`), `${prefix}${member} is not in the README`);
      const row = rows.find((row) => row.startsWith(`| \`${prefix}${member}\``));
      if (standard) assert.ok(row?.includes(`| ${standard} |`), `the default of ${prefix}${member} is ${standard}`);
    }
  }
});

test("the README names every option of the Rust API", async () => {
  const source = await inRepository("src/client/options.rs");
  const names = [...source.matchAll(/^ {4}pub fn (\w+)\(mut self/gm)].map(([, name]) => name);
  assert.ok(names.length > 10);
  assert.deepEqual(
    names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme)),
    [],
  );
});

test("the README names every event, state, error code and drop reason", async () => {
  const events = await inRepository("npm/events.ts");
  const words = (source, type) => [...new RegExp(`type ${type} =([^;]*);`).exec(source)[1].matchAll(/"([\w-]+)"/g)];
  const map = /interface SocketEventMap[^]*?\{([^]*?)\}/.exec(events)[1];
  const names = [
    ...words(await inRepository("npm/errors.ts"), "SocketErrorCode"),
    ...words(events, "DropReason"),
    ...words(events, "State"),
    ...map.matchAll(/^ {2}(\w+):/gm),
  ].map(([, name]) => name);
  assert.ok(names.length > 30);
  assert.deepEqual(
    names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme)),
    [],
  );
});

test("every link inside the repository leads somewhere", () => {
  const anchors = (text) =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  const broken = [...texts].flatMap(([path, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
      .filter(([, file, anchor]) => {
        const target = file === "" ? path : join(dirname(path), file);
        if (!existsSync(join(repository, target))) return true;
        return anchor !== undefined && !anchors(texts.get(target) ?? "").includes(anchor);
      })
      .map(([link]) => `${path}: ${link}`),
  );
  assert.deepEqual(broken, []);
});
