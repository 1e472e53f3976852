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
