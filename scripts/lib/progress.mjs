import { stripVTControlCharacters } from "node:util";
import { dim, duration, green, red } from "./terminal.mjs";

const live = process.stdout.isTTY;
const interval = live ? 200 : 15_000;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/**
 * Several tasks at once, each with its elapsed time and the last line that it said: redrawn in
 * place on a terminal, a line each quarter of a minute elsewhere.
 */
export class Progress {
  #tasks = new Map();
  #drawn = 0;
  #frame = 0;
  #timer = setInterval(() => (live ? this.#redraw() : this.#report()), interval).unref();

  begin(name) {
    this.#tasks.set(name, { began: Date.now(), said: "", unfinished: "" });
    if (live) this.#redraw();
  }

  /** Takes output as it comes and keeps its last whole line. */
  said(name, chunk) {
    const task = this.#tasks.get(name);
    const lines = (task.unfinished + stripVTControlCharacters(chunk)).split(/[\r\n]+/);
    task.unfinished = lines.pop();
    task.said = lines.map((line) => line.trim()).findLast(Boolean) ?? task.said;
  }

  end(name, succeeded) {
    const elapsed = duration(Date.now() - this.#tasks.get(name).began);
    this.#tasks.delete(name);
    this.#erase();
    console.log(`  ${succeeded ? green("✓") : red("✗")} ${name} ${dim(elapsed)}`);
    if (live) this.#redraw();
    if (this.#tasks.size === 0) clearInterval(this.#timer);
  }

  #lines(mark) {
    return [...this.#tasks].map(([name, { began, said }]) => {
      const line = `  ${mark} ${name} ${duration(Date.now() - began)}`;
      const room = (process.stdout.columns ?? 120) - line.length - 4;
      return said && room > 10 ? `${line}  ${dim(said.slice(0, room))}` : line;
    });
  }

  #report() {
    for (const line of this.#lines("…")) console.log(line);
  }

  #redraw() {
    this.#erase();
    const lines = this.#lines(frames[this.#frame++ % frames.length]);
    for (const line of lines) console.log(line);
    this.#drawn = lines.length;
  }

  #erase() {
    if (this.#drawn > 0) process.stdout.write(`\x1b[${this.#drawn}A\x1b[J`);
    this.#drawn = 0;
  }
}
