/** Starts the chat's server and a web server for both pages, and says where they are. Ctrl-C ends both. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { createInterface } from "node:readline";

const host = "127.0.0.1";
const types = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** What is served, and from where: both pages share their looks. */
const files = new Map([
  ...["ts", "rust"].flatMap((page) => [
    [`/${page}/`, "look/index.html"],
    [`/${page}/chat.css`, "look/chat.css"],
  ]),
  ["/ts/page.js", "page-ts/dist/page.js"],
  ["/rust/page.js", "page-rust/page.js"],
  ...["page_rust.js", "page_rust_bg.wasm"].map((name) => [`/rust/dist/${name}`, `page-rust/dist/${name}`]),
]);

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
for (const page of ["ts", "rust"]) {
  console.log(`http://${host}:${pages.address().port}/${page}/?server=ws://${host}:${JSON.parse(line).port}`);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.kill());
await once(server, "exit");
pages.close();
pages.closeAllConnections();
