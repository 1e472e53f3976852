/** What a document shows of a file is what the file says. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Checks each block of code below a line with a path inside `folder`; a line with … stands for what is left out. */
export async function requireShown(document, folder, { atLeast }) {
  const shown = [...document.matchAll(/^`([^`\n]+)`:\n\n```\w+\n([^]*?)^```$/gm)];
  assert.ok(shown.length >= atLeast, `only ${shown.length} files are shown`);
  for (const [, path, part] of shown) {
    const text = await readFile(join(folder, path), "utf8");
    for (const piece of part.trimEnd().split(/^…\n/m))
      assert.ok(text.includes(piece), `${path} does not say:\n${piece}`);
  }
}
