/** A browser without a window that shows one page, from a fresh profile; it needs no driver. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser, findFirefox } from "../../scripts/lib/browser.mjs";
import { start, stop } from "../../scripts/lib/process.mjs";

export const CHROMIUM_FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

const FIREFOX_PREFERENCES = {
  // Firefox waits up to a minute before it dials a host again where a dial has failed.
  "network.websocket.delay-failed-reconnects": false,
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutwelcome.enabled": false,
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.prefetch-next": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.enabled": false,
};

const commands = {
  chromium: (profile, url) => [findBrowser().chrome, [...CHROMIUM_FLAGS, `--user-data-dir=${profile}`, url]],
  firefox(profile, url) {
    const lines = Object.entries(FIREFOX_PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, "user.js"), lines.join(""));
    return [findFirefox(), ["--headless", "--no-remote", "--profile", profile, url]];
  },
};

export const browsers = Object.keys(commands);

/** Opens a page; `stop()` ends the browser, `ended` rejects should it end by itself. */
export function openPage(name, url) {
  const profile = mkdtempSync(join(tmpdir(), `everwire-${name}-`));
  const [command, args] = commands[name](profile, url);
  const browser = start(command, args, { stdio: "ignore" });
  const ended = new Promise((_, reject) => {
    browser.once("error", reject);
    browser.once("exit", (code) => reject(new Error(`${name} ended by itself, with code ${code}`)));
  });
  ended.catch(() => {});
  return {
    ended,
    async stop() {
      await stop(browser);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
