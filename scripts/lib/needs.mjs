import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { find, findBrowser, findFirefox, isExecutable } from "./browser.mjs";
import { fingerprint, readIfThere } from "./fingerprint.mjs";
import { environment, inRoot, toolsBin, toolsTarget, trunkBin, trunkTarget } from "./paths.mjs";
import { mustRun, run } from "./process.mjs";
import { hasLibrarySource } from "./small-rust.mjs";

/**
 * What a fresh machine lacks. `lacking()` answers what is missing, as words or an empty list;
 * `install(log)` gets it, and `byHand()` says how to get it where that is not ours to do.
 */

const wasmTarget = "wasm32-unknown-unknown";
const distribution = readIfThere("/etc/os-release");
// Ubuntu's chromium package is a snap, which is not there in a container and ignores a profile folder.
const isDebian = /^ID(_LIKE)?=.*\bdebian\b/m.test(distribution) && !/^ID(_LIKE)?=.*\bubuntu\b/m.test(distribution);

/** Rust's parts for building (`rustfmt` and clippy too, for the tests). */
export function rust({ lint }) {
  const sysroot = execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).trim();
  const components = [
    ["rustfmt", "cargo-fmt"],
    ["clippy", "cargo-clippy"],
  ]
    .filter(([, binary]) => lint && !existsSync(join(sysroot, "bin", binary)))
    .map(([component]) => component);
  const source = !hasLibrarySource() && find("rustup") ? ["rust-src"] : [];
  const targetMissing = !existsSync(join(sysroot, "lib", "rustlib", wasmTarget, "lib"));
  return {
    name: "Rust for wasm",
    takes: "10 s",
    lacking: () => [...(targetMissing ? [`target ${wasmTarget}`] : []), ...components, ...source],
    cannotInstall: () => !find("rustup"),
    async install(log) {
      if (targetMissing) await mustRun("rustup", ["target", "add", wasmTarget], { onChunk: log });
      if (components.length > 0) await mustRun("rustup", ["component", "add", ...components], { onChunk: log });
      // Without it the package comes out larger, no more: where it is not to be had, the build says so.
      if (source.length > 0) await run("rustup", ["component", "add", ...source], { onChunk: log });
    },
    byHand: () =>
      "this Rust did not come from rustup, so its own package manager has to add " +
      `the standard library for ${wasmTarget}, rustfmt and clippy (Debian: libstd-rust-dev-wasm32 rustfmt rust-clippy; ` +
      "Fedora: rust-std-static-wasm32-unknown-unknown rustfmt clippy)",
  };
}

/** Packages of the operating system: a linker for Rust and, for the tests, the browsers and valgrind. */
export function system({ browser, firefox, valgrind }) {
  const { chrome, driver } = findBrowser();
  const weMayInstall = isDebian && process.getuid() === 0;
  // Tests do without Firefox and valgrind where they are not there, so nobody is asked to install them by hand.
  const wantFirefox = firefox && weMayInstall;
  const wantValgrind = valgrind && weMayInstall;
  const wanted = [
    { missing: !find("cc"), what: "a C linker", packages: ["gcc", "libc6-dev"] },
    { missing: browser && !(chrome && isExecutable(chrome)), what: "Chromium", packages: ["chromium"] },
    { missing: browser && !(driver && isExecutable(driver)), what: "chromedriver", packages: ["chromium-driver"] },
    { missing: wantFirefox && !isExecutable(findFirefox() ?? ""), what: "Firefox", packages: ["firefox-esr"] },
    { missing: wantValgrind && !find("valgrind"), what: "valgrind", packages: ["valgrind"] },
  ].filter(({ missing }) => missing);
  const packages = wanted.flatMap((need) => need.packages);
  const misled = ["CHROME", "CHROMEDRIVER", "FIREFOX"].filter(
    (name) => process.env[name] && !isExecutable(process.env[name]),
  );
  return {
    name: "Debian packages",
    takes: "1 min",
    lacking: () => wanted.map(({ what }) => what),
    cannotInstall: () => misled.length > 0 || !weMayInstall,
    async install(log) {
      const options = { onChunk: log, env: { ...environment, DEBIAN_FRONTEND: "noninteractive" } };
      const apt = ["-o", "DPkg::Lock::Timeout=300"];
      await mustRun("apt-get", [...apt, "update"], options);
      await mustRun("apt-get", [...apt, "install", "-y", "--no-install-recommends", ...packages], options);
    },
    byHand() {
      if (misled.length > 0) return `${misled.join(" and ")} should be the path of a program, or not be set`;
      if (isDebian) return `only root can install packages: sudo apt-get install ${packages.join(" ")}`;
      return (
        "Fedora: dnf install gcc chromium chromedriver; Arch: pacman -S gcc chromium; macOS: xcode-select --install " +
        "and brew install --cask google-chrome chromedriver; elsewhere: gcc, Google Chrome and the chromedriver of " +
        "the same version. Or set CHROME and CHROMEDRIVER to the paths of the two programs"
      );
    },
  };
}

/** The npm packages in package-lock.json. */
export function npmPackages() {
  return {
    name: "npm packages",
    takes: "30 s",
    lacking() {
      const wanted = packagesOf(inRoot("package-lock.json"));
      const installed = packagesOf(inRoot("node_modules", ".package-lock.json"));
      const missing = Object.entries(wanted).filter(
        ([path, { version, optional }]) =>
          path !== "" && !optional && (installed[path]?.version !== version || !existsSync(inRoot(path))),
      );
      return missing.length > 0 ? [`${missing.length} npm packages`] : [];
    },
    cannotInstall: () => !find("npm"),
    // No package here needs its install script.
    install: (log) => mustRun("npm", ["ci", "--ignore-scripts"], { onChunk: log }),
    byHand: () => "npm is not on PATH; it comes with Node",
  };
}

/** wasm-bindgen, its test runner and wasm-pack, built from `tools/`. */
export function tools({ after }) {
  const stamp = join(toolsTarget, "built-from");
  const sources = fingerprint(inRoot("tools/Cargo.toml"), inRoot("tools/Cargo.lock"), inRoot("tools/src"));
  const missing = ["wasm-bindgen", "wasm-bindgen-test-runner", "wasm-pack"].filter(
    (name) => !existsSync(join(toolsBin, name)),
  );
  return {
    name: "wasm tools",
    takes: "3 min",
    after,
    lacking: () => (missing.length > 0 || readIfThere(stamp) !== sources ? ["wasm-bindgen", "wasm-pack"] : []),
    cannotInstall: () => false,
    async install(log) {
      requireSameWasmBindgen();
      mkdirSync(toolsTarget, { recursive: true });
      await mustRun("cargo", ["build", "--locked", "--manifest-path", "tools/Cargo.toml"], {
        env: { ...environment, CARGO_TARGET_DIR: toolsTarget },
        onChunk: log,
      });
      writeFileSync(stamp, sources);
    },
  };
}

/** trunk, which builds the examples with Yew and Leptos for the tests. It is a program without a library, so not of `tools/`. */
export function trunk({ after }) {
  // 0.22 needs Rust 1.96.
  const version = "0.21.14";
  const isThere = existsSync(join(trunkBin, "trunk")) && readIfThere(join(trunkTarget, "version")) === version;
  return {
    name: "trunk",
    takes: "5 min",
    after,
    lacking: () => (isThere || /^trunk 0\.21\./.test(versionOf("trunk")) ? [] : [`trunk ${version}`]),
    cannotInstall: () => false,
    async install(log) {
      const built = join(trunkTarget, "build");
      const profile = { CARGO_PROFILE_DEV_DEBUG: "false", CARGO_PROFILE_DEV_INCREMENTAL: "false" };
      const options = { env: { ...environment, ...profile, CARGO_TARGET_DIR: built }, onChunk: log };
      // Unoptimised and without TLS, which only its downloads need.
      const how = ["--version", `=${version}`, "--debug", "--no-default-features", "--root", trunkTarget];
      const { code } = await run("cargo", ["install", "trunk", ...how, "--locked"], options);
      // A registry may lack something that trunk's lock file names.
      if (code !== 0) await mustRun("cargo", ["install", "trunk", ...how], options);
      writeFileSync(join(trunkTarget, "version"), version);
      rmSync(built, { recursive: true, force: true });
    },
  };
}

function versionOf(command) {
  try {
    return execFileSync(command, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}

function packagesOf(lockFile) {
  return JSON.parse(readIfThere(lockFile) || "{}").packages ?? {};
}

function requireSameWasmBindgen() {
  const [library, tool] = ["Cargo.lock", "tools/Cargo.lock"].map(
    (path) => /name = "wasm-bindgen(?:-cli)?"\nversion = "(.+)"/.exec(readFileSync(inRoot(path), "utf8"))[1],
  );
  if (library !== tool) {
    throw new Error(`Cargo.lock has wasm-bindgen ${library}, tools/Cargo.lock ${tool}: they have to be the same`);
  }
}
