import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fail } from "./terminal.mjs";

/** Whether the module was started by `node`, rather than imported. */
export const isMain = (meta) => process.argv[1] === fileURLToPath(meta.url);

/**
 * Reads the options of a script, with `--help` for free.
 * Each option is one of `parseArgs` plus `help`, and `value`, the word that stands for its value.
 */
export function readOptions(meta, { summary, usage, options = {} }) {
  const known = { ...options, help: { type: "boolean", short: "h", help: "print this and exit" } };
  let values;
  try {
    ({ values } = parseArgs({ options: known, allowPositionals: false }));
  } catch (error) {
    fail(`${error.message}. \`node scripts/${basename(fileURLToPath(meta.url))} --help\` lists the options.`, 2);
  }
  if (values.help) {
    process.stdout.write(help(summary, usage, known));
    process.exit(0);
  }
  return values;
}

function help(summary, usage, options) {
  const names = Object.entries(options).map(([name, { value, short }]) =>
    [short ? `-${short}, ` : "    ", `--${name}`, value ? ` ${value}` : ""].join(""),
  );
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.values(options).map(({ help }, i) => `  ${names[i].padEnd(width)}  ${help}`);
  return `${summary}\n\nUsage: ${usage}\n\n${lines.join("\n")}\n`;
}
