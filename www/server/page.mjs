import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { once } from "node:events";
import { readTrouble } from "./messages.mjs";

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves the built page from `folder`, and the two doors that the page has to the supervisor:
 * `GET /api/room` tells where the socket server listens, `POST /api/trouble` brings trouble about.
 */
export async function servePage({ folder, supervisor, port, host }) {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      response.writeHead(500).end(`${error.message}\n`);
    });
  });

  async function answer(request, response) {
    const { pathname } = new URL(request.url, "http://page");
    if (pathname === "/api/room") return sendJson(response, 200, { port: supervisor.port });
    if (pathname === "/api/trouble") return causeTrouble(request, response);
    return sendFile(request, response, pathname);
  }

  async function causeTrouble(request, response) {
    // Another site's page can only send this type of body after a preflight, which is never granted here.
    if (request.method !== "POST" || request.headers["content-type"] !== "application/json") {
      return sendJson(response, 400, { error: "POST a trouble as application/json" });
    }
    const trouble = readTrouble(await bodyOf(request, 4096));
    if (!trouble) return sendJson(response, 400, { error: "there is no such trouble" });
    if (trouble.kind === "kill") supervisor.kill(trouble.seconds);
    else if (!supervisor.cause(trouble)) return sendJson(response, 409, { error: "the socket server is down" });
    return sendJson(response, 202, trouble);
  }

  async function sendFile(request, response, pathname) {
    let path, content;
    try {
      path = normalize(pathname === "/" ? "/index.html" : decodeURIComponent(pathname));
      content = await readFile(join(folder, path));
    } catch {
      return response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    }
    response.writeHead(200, {
      "content-type": types[extname(path)] ?? "application/octet-stream",
      "cache-control": "no-cache",
      "content-security-policy": policy(request),
      "x-content-type-options": "nosniff",
    });
    return response.end(content);
  }

  // The strictest policy that a page with everwire needs: WebAssembly, and the one socket server.
  function policy(request) {
    const { hostname } = new URL(`http://${request.headers.host ?? host}`);
    return [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      `connect-src 'self' ws://${hostname}:${supervisor.port}`,
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; ");
  }

  server.listen(port, host);
  await once(server, "listening");
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shown}:${server.address().port}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function sendJson(response, status, value) {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

async function bodyOf(request, most) {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > most) return "";
  }
  return body;
}
