import { once } from "node:events";
import { createServer } from "node:net";
import { build } from "./build.mjs";
import { findBrowser } from "./lib/browser.mjs";
import { isMain, readOptions } from "./lib/command-line.mjs";
import { explain, mustRun } from "./lib/process.mjs";
import { bold, fail } from "./lib/terminal.mjs";
import { setUp } from "./setup.mjs";

const usualPort = 8080;

/** Builds everything that the demo page needs, from nothing if it has to. */
export async function buildDemo() {
  await build();
  console.log("Bundling the demo page");
  await mustRun("webpack", ["--mode", "production"]);
}

/** Serves the demo until Ctrl-C. */
async function serve(port) {
  const { startDemo } = await import("../www/server/main.mjs");
  const demo = await startDemo({ port });
  console.log(`\nThe demo is at ${bold(demo.url)}\nCtrl-C ends it.`);
  await Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
  await demo.stop();
}

/** Plays the demo's story in a browser without a window; answers the exit code. */
async function play() {
  process.env.CHROME ??= findBrowser().chrome;
  const { playStory } = await import("../www/server/story.mjs");
  return playStory();
}

/** The usual port when it is free, otherwise 0: the system picks. */
async function freePort() {
  const probe = createServer();
  try {
    probe.listen(usualPort, "127.0.0.1");
    await once(probe, "listening");
    return usualPort;
  } catch {
    return 0;
  } finally {
    probe.close();
  }
}

function portFrom(text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) fail(`--port takes a number from 0 to 65535, not "${text}".`, 2);
  return port;
}

if (isMain(import.meta)) {
  const options = readOptions(import.meta, {
    summary: "Installs what is missing, builds everything and serves the demo on this machine.",
    usage: "npm start -- [options]",
    options: {
      port: {
        type: "string",
        value: "<n>",
        help: `the page's port (default: ${usualPort}, or any when that is taken)`,
      },
      headless: { type: "boolean", help: "play the demo's story in headless Chromium instead, and exit" },
    },
  });
  const port = options.port === undefined ? await freePort() : portFrom(options.port);
  await setUp({ browser: options.headless });
  try {
    await buildDemo();
    if (options.headless) process.exitCode = await play();
    else await serve(port);
  } catch (error) {
    fail(explain(error));
  }
}
