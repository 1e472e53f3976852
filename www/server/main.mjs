import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Supervisor } from "./supervisor.mjs";
import { servePage } from "./page.mjs";

const folder = fileURLToPath(new URL("../dist/", import.meta.url));

/**
 * Starts the demo: the page over HTTP on `port`, the socket server as a process beside it on a
 * port that the system picks and that stays the same when the process is killed and brought back.
 */
export async function startDemo({ port = 0, host = "127.0.0.1" } = {}) {
  if (!existsSync(new URL("index.html", `file://${folder}`))) {
    throw new Error("www/dist is missing: build the page first, with `npx webpack`");
  }
  const supervisor = new Supervisor({ host });
  try {
    await supervisor.start();
    const page = await servePage({ folder, supervisor, port, host });
    return {
      url: page.url,
      async stop() {
        await Promise.all([page.stop(), supervisor.stop()]);
      },
    };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const demo = await startDemo({ port: Number(process.env.PORT ?? 8080), host: process.env.HOST });
  console.log(`The demo is at ${demo.url} (Ctrl-C ends it)`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => demo.stop());
}
