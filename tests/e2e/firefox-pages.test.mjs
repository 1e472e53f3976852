/** What a socket does for who uses it, in Firefox: the files that ask nothing of Chromium's. */
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { browser } from "./harness.mjs";
import { launchFirefox, skipWithoutFirefox } from "./puppeteer.mjs";

const FILES = /^(api-.*|never-.*|codecs-page|crash|exchange|validators)\.test\.mjs$/;

if (skipWithoutFirefox) {
  test("what a socket does, in Firefox", { skip: skipWithoutFirefox });
} else {
  let firefox;
  Object.assign(browser, { name: "Firefox", launch: () => (firefox ??= launchFirefox()) });
  const files = readdirSync(import.meta.dirname).filter((name) => FILES.test(name));
  await Promise.all(files.map((file) => import(`./${file}`)));
}
