import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const macChrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The paths of Chromium and its driver, each undefined when it is not there. */
export function findBrowser() {
  return {
    chrome: process.env.CHROME || ["chromium", "chromium-browser", "google-chrome", macChrome].map(find).find(Boolean),
    driver: process.env.CHROMEDRIVER || find("chromedriver"),
  };
}

/** The path of Firefox, undefined when it is not there. */
export function findFirefox() {
  return process.env.FIREFOX || ["firefox-esr", "firefox"].map(find).find(Boolean);
}

/** Why tests do without Firefox, undefined when it is there. */
export function whyNoFirefox() {
  return findFirefox() ? undefined : "no Firefox here: apt-get install firefox-esr, or set FIREFOX";
}

/** What puppeteer-core starts Firefox with. */
export function firefoxOptions() {
  return {
    browser: "firefox",
    executablePath: findFirefox(),
    extraPrefsFirefox: {
      // Firefox holds back dials to a host that refused one, by up to a minute.
      "network.websocket.delay-failed-reconnects": false,
      // It keeps the connection of a dial that nobody answered for as long as it runs, and has six to a server.
      "network.http.max-persistent-connections-per-server": 1_000,
    },
  };
}

/** Where a command is, by PATH. */
export function find(command) {
  const places = command.startsWith("/")
    ? [command]
    : process.env.PATH.split(delimiter).map((folder) => join(folder, command));
  return places.find(isExecutable);
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
