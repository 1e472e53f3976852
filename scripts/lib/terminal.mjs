const colourful = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (code) => (text) => (colourful ? `\x1b[${code}m${text}\x1b[0m` : String(text));

export const bold = style(1);
export const dim = style(2);
export const red = style(31);
export const green = style(32);

/** "4.2 s", "1 min 05 s" */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Rows of cells as aligned lines; a column whose name is in `right` is flushed right. */
export function table(columns, rows, { right = [] } = {}) {
  const widths = columns.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (cells) =>
    cells
      .map((cell, i) => (right.includes(columns[i]) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [
    line(columns),
    widths
      .map((width) => "-".repeat(width))
      .join("  ")
      .trimEnd(),
    ...rows.map(line),
  ].join("\n");
}

/** Ends the script with a sentence instead of a stack trace. */
export function fail(sentence, code = 1) {
  process.stderr.write(`${red("error:")} ${sentence}\n`);
  process.exit(code);
}
