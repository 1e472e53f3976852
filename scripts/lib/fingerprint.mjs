import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A hash over the contents of files, folders included with all they hold. */
export function fingerprint(...paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap(filesOf)) hash.update(readFileSync(path)).update("\0");
  return hash.digest("hex");
}

/** What a file says, or "" when it is not there. */
export function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}
