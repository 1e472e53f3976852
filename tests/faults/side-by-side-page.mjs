/** The page of the side by side: all components in one wasm, and the script that uses them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { target } from "../../scripts/lib/paths.mjs";
import { buildRustPage } from "../../scripts/lib/rust-page.mjs";
import { HEAD, serveFiles } from "./web.mjs";

/** Builds it and serves it; answers as `serveFiles` does. */
export async function servePage({ onChunk } = {}) {
  const name = "side_by_side";
  const crate = "examples/side-by-side";
  const glue = await buildRustPage({ crate, name, built: join(target, "side"), profile: "dev", onChunk });
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page/side-by-side.js", import.meta.url))],
    alias: { "side-by-side": join(glue, `${name}.js`) },
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  return serveFiles({
    "/": ["text/html; charset=utf-8", `${HEAD}<main></main><script type="module" src="/main.js"></script>`],
    "/main.js": ["text/javascript; charset=utf-8", outputFiles[0].text],
    "/side_by_side_bg.wasm": ["application/wasm", await readFile(join(glue, `${name}_bg.wasm`))],
  });
}
