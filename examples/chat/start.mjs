/** Starts the chat's server and a web server for the pages, and says where they are. Ctrl-C ends both. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { createInterface } from "node:readline";

const host = "127.0.0.1";
const types = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** What is served, and from where. A page with a framework is served once it is built. */
const files = new Map([
  ...["ts", "rust"].flatMap((page) => [
    [`/${page}/`, "look/index.html"],
    [`/${page}/chat.css`, "look/chat.css"],
  ]),
  ["/ts/page.js", "page-ts/dist/page.js"],
  ["/rust/page.js", "page-rust/page.js"],
  ...made("/rust/dist/", "page-rust/dist/"),
]);
const frameworks = ["yew", "leptos", "dioxus"].filter((name) => made("", `page-${name}/dist/`).length > 0);
// trunk makes whole pages.
for (const name of frameworks.filter((name) => name !== "dioxus")) {
  files.set(`/${name}/`, `page-${name}/dist/index.html`);
  for (const [path, file] of made(`/${name}/`, `page-${name}/dist/`)) files.set(path, file);
}
if (frameworks.includes("dioxus")) {
  files.set("/dioxus/", "look/app.html");
  files.set("/dioxus/chat.css", "look/chat.css");
  files.set("/dioxus/page.js", "page-dioxus/page.js");
  for (const [path, file] of made("/dioxus/dist/", "page-dioxus/dist/")) files.set(path, file);
}

/** The files that a tool has made, in folders too: Dioxus brings scripts of its own. */
function made(below, folder) {
  const dist = new URL(folder, import.meta.url);
  const names = existsSync(dist) ? readdirSync(dist, { recursive: true }) : [];
  return names
    .filter((name) => extname(name) in types)
    .map((name) => name.replaceAll("\\", "/"))
    .map((name) => [below + name, folder + name]);
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
