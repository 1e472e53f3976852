import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { environment, root } from "./paths.mjs";

const patience = 5_000;
const running = new Set();

/**
 * Starts a command in a process group of its own, so that all it started can be ended with it.
 * The group is ended when this process ends, by Ctrl-C too.
 */
export function start(command, args, { cwd = root, env = environment, stdio = ["ignore", "pipe", "pipe"] } = {}) {
  const child = spawn(command, args, { cwd, env, stdio, detached: true });
  if (running.size === 0) watchSignals(true);
  running.add(child);
  const forget = () => {
    endGroup(child, "SIGTERM");
    running.delete(child);
    if (running.size === 0) watchSignals(false);
  };
  child.once("exit", forget);
  child.once("error", forget);
  return child;
}

/** Asks a started command to end, and makes it end when it does not. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  endGroup(child, "SIGTERM");
  await Promise.race([ended, wait(patience, undefined, { ref: false })]);
  endGroup(child, "SIGKILL");
  await ended;
}

/**
 * Runs a command to its end and answers `{ code, output, timedOut }`. `onChunk` sees the output as
 * it comes; `timeout` (ms) ends the command and everything that it started.
 */
export async function run(command, args, { onChunk, timeout, ...options } = {}) {
  const child = start(command, args, options);
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      output.push(text);
      onChunk?.(text);
    });
  }
  let timedOut = false;
  const overdue =
    timeout &&
    setTimeout(() => {
      timedOut = true;
      stop(child);
    }, timeout);
  try {
    const [code] = await once(child, "exit");
    // What a process left behind may hold the pipes open for ever; its last words are not worth that.
    await Promise.race([closed(child), wait(patience, undefined, { ref: false })]);
    return { code: code ?? 1, output: output.join(""), timedOut };
  } catch (error) {
    const words = error.code === "ENOENT" ? `${command}: command not found\n` : `${error.message}\n`;
    onChunk?.(words);
    return { code: 127, output: output.join("") + words, timedOut };
  } finally {
    clearTimeout(overdue);
  }
}

/** Runs a command and throws when it fails, with the end of what it said. */
export async function mustRun(command, args, options = {}) {
  const { code, output, timedOut } = await run(command, args, options);
  if (code === 0) return output;
  const how = timedOut ? "took too long" : `ended with code ${code}`;
  const error = new Error(`\`${[command, ...args].join(" ")}\` ${how}`);
  error.output = output;
  throw error;
}

/** A message of a failed `mustRun` with the last lines of the command's output. */
export function explain(error, lines = 30) {
  const said = error.output?.trimEnd().split("\n").slice(-lines).join("\n");
  return said ? `${error.message}:\n${said}` : error.message;
}

async function closed(child) {
  await Promise.all([child.stdout, child.stderr].map((stream) => stream && !stream.closed && once(stream, "close")));
}

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

const endings = ["SIGINT", "SIGTERM", "SIGHUP"];

function watchSignals(on) {
  for (const signal of endings) process[on ? "on" : "off"](signal, endOnSignal);
  process[on ? "on" : "off"]("exit", endAll);
}

function endOnSignal(signal) {
  process.exit(128 + constants.signals[signal]);
}

function endAll() {
  for (const child of running) endGroup(child, "SIGTERM");
}
