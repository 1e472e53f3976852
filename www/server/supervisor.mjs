import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const roomProcess = fileURLToPath(new URL("room-process.mjs", import.meta.url));
const longestHistory = 200;

/** Keeps the socket server's process alive, kills it on demand and starts it again on the same port. */
export class Supervisor {
  #host;
  #port;
  #child;
  #restart;
  #run = 0;
  #history = [];
  #stopped = false;

  constructor({ host, port = 0 }) {
    this.#host = host;
    this.#port = port;
  }

  get port() {
    return this.#port;
  }

  /** Resolves when the process listens; rejects when it ends before that. */
  async start() {
    const child = fork(roomProcess, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child = child;
    // Killed on purpose or fallen over by itself: either way it comes back.
    child.once("exit", () => {
      this.#child = undefined;
      if (!this.#stopped) this.#restart ??= this.#startIn(1);
    });
    child.on("message", ({ said }) => said && this.#remember(said));
    this.#run += 1;
    child.send({ start: { host: this.#host, port: this.#port, run: this.#run, history: this.#history } });
    const [{ listening, failed }] = await Promise.race([once(child, "message"), earlyEndOf(child)]);
    if (failed) {
      child.kill("SIGKILL");
      throw new Error(`the socket server did not start: ${failed}`);
    }
    this.#port = listening;
  }

  /** SIGKILL: no closing handshake, no goodbye; the kernel cuts the connections. */
  kill(seconds) {
    clearTimeout(this.#restart);
    this.#restart = this.#startIn(seconds);
    this.#child?.kill("SIGKILL");
  }

  /** Passes a trouble on to the process; answers whether there is one to take it. */
  cause(trouble) {
    if (!this.#child?.connected) return false;
    // The process may die before it reads this; then there is nothing left to trouble.
    this.#child.send({ trouble }, () => {});
    return true;
  }

  async stop() {
    this.#stopped = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (!child) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  #remember(said) {
    this.#history.push(said);
    if (this.#history.length > longestHistory) this.#history.shift();
  }

  #startIn(seconds) {
    return setTimeout(() => {
      this.#restart = undefined;
      // A start that fails ends in the process's exit, and that tries again.
      this.start().catch(() => {});
    }, seconds * 1000);
  }
}

async function earlyEndOf(child) {
  const [code, signal] = await once(child, "exit");
  throw new Error(`the socket server ended early (${signal ?? code})`);
}
