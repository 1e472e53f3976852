/** The test server as a process of its own, which can be stopped, killed and started again on the same port. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const SERVER = new URL("../server/server.mjs", import.meta.url).href;

export async function serverProcess() {
  let port = 0;
  let child;

  async function start() {
    const script = `import { startServer } from ${JSON.stringify(SERVER)};
      console.log((await startServer({ port: ${port} })).port);`;
    child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the test server ended with code ${code}`))),
    ]);
    port = Number(line);
  }

  await start();
  return {
    port,
    /** It runs no more, and its connections stay. */
    stop: () => child.kill("SIGSTOP"),
    goOn: () => child.kill("SIGCONT"),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    restart: start,
  };
}
