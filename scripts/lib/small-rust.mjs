import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { environment } from "./paths.mjs";

/**
 * How the npm package's wasm comes by a standard library of its own, without what only a message to nobody needs: a panic
 * in it traps at once. The guard around the wasm sees the same trap as ever; what a panic would have said, nothing in a
 * browser ever showed.
 */

/** For the stable compiler to take options that are not stable yet. */
const UNLOCKED = { ...environment, RUSTC_BOOTSTRAP: "1" };
/** The last has what the standard library has of generic functions already compiled again, beside who calls it. */
const CODE = [
  "-Zunstable-options",
  "-Cpanic=immediate-abort",
  "-Zlocation-detail=none",
  "-Zfmt-debug=none",
  "-Zshare-generics=no",
];
/** The library's default features are how to print a panic and its backtrace. */
const LIBRARY = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="];

/** What to give to cargo: with the library that comes with the compiler where an own one cannot be built, and why. */
export function smallRust() {
  const lacking = lacks();
  if (lacking) return { env: environment, flags: [], options: [], lacking };
  return { env: UNLOCKED, flags: CODE, options: LIBRARY };
}

function lacks() {
  if (!hasLibrarySource()) return "the source of the standard library is not there: rustup component add rust-src";
  try {
    execFileSync("rustc", [...CODE, "--print", "cfg"], { env: UNLOCKED, stdio: "ignore" });
  } catch {
    return `this rustc does not take ${CODE.join(" ")}`;
  }
  return undefined;
}

export function hasLibrarySource() {
  const sysroot = execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).trim();
  return existsSync(join(sysroot, "lib", "rustlib", "src", "rust", "library", "Cargo.lock"));
}
