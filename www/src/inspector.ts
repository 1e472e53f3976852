import type { Entry, Journal } from "./journal";
import type { RoomSocket } from "./connection";
import { byId, create, setText } from "./dom";
import * as words from "./words";

const shownEntries = 100;

/** The event log, newest first, and the figures of this visit. */
export function mountInspector(socket: RoomSocket, journal: Journal): void {
  const log = byId("log");
  let latest: Entry | undefined;

  journal.addEventListener("entry", showEntries);
  showEntries();
  setInterval(showStatistics, 500);
  showStatistics();
  byId("copy-log").addEventListener("click", () => void copyLog());

  function showEntries(): void {
    const fresh = journal.entries.slice(0, latest ? journal.entries.indexOf(latest) : shownEntries);
    log.prepend(...fresh.map(logLine));
    while (log.children.length > shownEntries) log.lastElementChild?.remove();
    latest = journal.entries[0];
  }

  function showStatistics(): void {
    const { dials, opens, closes, received, drops, longestOutage, uptime } = journal.statistics();
    setText(byId("stat-uptime"), `${(uptime * 100).toFixed(1)} %`);
    setText(byId("stat-outage"), longestOutage === 0 ? "none" : words.duration(longestOutage));
    setText(byId("stat-dials"), `${dials}, ${opens} opened`);
    setText(byId("stat-received"), received.toLocaleString("en"));
    setText(byId("stat-drops"), drops.toLocaleString("en"));
    setText(byId("stat-buffered"), `${socket.bufferedAmount.toLocaleString("en")} B`);
    const codes = [...closes].sort(([one], [other]) => one - other).map(([code, times]) => `${code} × ${times}`);
    setText(byId("stat-closes"), codes.join(", ") || "none");
  }

  async function copyLog(): Promise<void> {
    const lines = journal.entries.map((entry) => ({ ...entry, at: new Date(wallTime(entry)).toISOString() }));
    const button = byId("copy-log");
    try {
      await navigator.clipboard.writeText(JSON.stringify(lines, null, 2));
      setText(button, "Copied");
    } catch {
      setText(button, "Not allowed");
    }
  }
}

function logLine(entry: Entry): HTMLElement {
  return create(
    "tr",
    { "data-kind": entry.kind },
    create("td", {}, words.clockTime(wallTime(entry))),
    create("td", {}, create("code", {}, entry.title)),
    create("td", {}, entry.detail),
  );
}

function wallTime({ at }: Entry): number {
  return performance.timeOrigin + at;
}
