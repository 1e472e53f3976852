/** Starts the chat's server and a web server for both pages, and says where they are. Ctrl-C ends both. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { createInterface } from "node:readline";

const host = "127.0.0.1";
const types = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** What is served, and from where: all pages share their looks. A page with a framework is served once it is built. */
const files = new Map([
  ...["ts", "rust"].flatMap((page) => [
    [`/${page}/`, "look/index.html"],
    [`/${page}/chat.css`, "look/chat.css"],
  ]),
  ["/ts/page.js", "page-ts/dist/page.js"],
  ["/rust/page.js", "page-rust/page.js"],
  ...scripts("rust"),
]);
const frameworks = ["yew", "leptos", "dioxus"].filter((name) =>
  existsSync(new URL(`page-${name}/dist/page_${name}.js`, import.meta.url)),
);
for (const name of frameworks) {
  files.set(`/${name}/`, "look/app.html");
  files.set(`/${name}/chat.css`, "look/chat.css");
  files.set(`/${name}/page.js`, `page-${name}/page.js`);
  for (const [path, file] of scripts(name)) files.set(path, file);
}

/** What wasm-pack has made, in folders too: Dioxus brings scripts of its own. */
function scripts(name) {
  const dist = new URL(`page-${name}/dist/`, import.meta.url);
  const made = existsSync(dist) ? readdirSync(dist, { recursive: true }) : [];
  return made
    .filter((file) => extname(file) in types)
    .map((file) => [`/${name}/dist/${file.replaceAll("\\", "/")}`, `page-${name}/dist/${file}`]);
}

const pages = createServer(async (request, response) => {
  const file = files.get(new URL(request.url, "http://pages").pathname);
  if (!file) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": types[extname(file)] });
  response.end(await readFile(new URL(file, import.meta.url)));
});
pages.listen(0, host);
await once(pages, "listening");

const server = spawn("cargo", ["run", "--locked", "--quiet", "-p", "server", "--", `${host}:0`], {
  cwd: import.meta.dirname,
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(createInterface(server.stdout), "line");
for (const page of ["ts", "rust", ...frameworks]) {
  console.log(`http://${host}:${pages.address().port}/${page}/?server=ws://${host}:${JSON.parse(line).port}`);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.kill());
await once(server, "exit");
pages.close();
pages.closeAllConnections();
