/** A web server for a page of a few files. */
import { once } from "node:events";
import { createServer } from "node:http";

export const HEAD = `<!doctype html><title>everwire</title><link rel="icon" href="data:,">`;

/** `files` has [type, content] by path. */
export async function serveFiles(files) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const [type, content] = Object.hasOwn(files, pathname) ? files[pathname] : [];
    response.writeHead(type ? 200 : 404, type && { "content-type": type }).end(content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
