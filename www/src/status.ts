import type { RoomSocket } from "./connection";
import type { Journal, State } from "./journal";
import { onTick } from "./clock";
import { byId, setText } from "./dom";
import * as words from "./words";

const titles: Record<State, string> = {
  idle: "Not started",
  connecting: "Connecting",
  open: "Connected",
  waiting: "Reconnecting",
  suspended: "Suspended",
  closing: "Closing",
  closed: "Closed",
};

const settledAfter = 600;

/** The state, big and in words, the figures under it, and the two buttons that are a user's own. */
export function mountStatus(socket: RoomSocket, journal: Journal): void {
  const section = byId("status");
  const countdown = byId("countdown");
  let delay = 0;
  let until = 0;
  let lastClose = "";

  socket.addEventListener("retry", (event) => {
    delay = event.delay;
    until = performance.now() + event.delay;
  });
  socket.addEventListener("close", ({ code }) => {
    lastClose = words.closeCode(code);
    showState();
  });
  socket.addEventListener("statechange", showState);
  byId("close-socket").addEventListener("click", () => {
    journal.note("you", "close()", "you closed the socket");
    socket.close(1000, "enough");
  });
  byId("reconnect").addEventListener("click", () => {
    journal.note("you", "reconnect()", "you asked for a dial now");
    socket.reconnect();
  });
  onTick(showFigures);
  onTick(announce);
  showState();

  function showState(): void {
    const { state } = socket;
    document.documentElement.dataset.state = state;
    section.dataset.state = state;
    for (const title of document.querySelectorAll("[data-shows=state]")) setText(title, titles[state]);
    document.title = `${titles[state]} · everwire`;
    setText(byId("state-name"), state);
    setText(byId("sentence"), sentence());
    byId("close-socket").toggleAttribute("disabled", state === "closing" || state === "closed");
    showFigures();
  }

  // A dial that fails at once changes the state twice in a moment: too fast for a voice.
  function announce(): void {
    if (performance.now() - (journal.spans.at(-1)?.from ?? 0) < settledAfter) return;
    setText(byId("announcement"), `${titles[socket.state]}. ${sentence()}`);
  }

  function sentence(): string {
    switch (socket.state) {
      case "idle":
        return "Nothing has been dialled yet.";
      case "connecting":
        return "Dialling. What you send waits in the queue.";
      case "open":
        return "What you send leaves at once.";
      case "waiting":
        return `Lost: ${lastClose}. What you send waits in the queue.`;
      case "suspended":
        return "The browser is offline or asleep. Dialling goes on when it is back.";
      case "closing":
        return "Saying goodbye.";
      case "closed":
        return `Ended with ${lastClose}. Nothing dials until you reconnect.`;
    }
  }

  function showFigures(): void {
    const now = performance.now();
    const waiting = socket.state === "waiting";
    const left = waiting ? Math.max(0, until - now) : 0;
    setText(countdown, (left / 1000).toFixed(1));
    countdown.style.setProperty("--left", delay > 0 ? String(left / delay) : "0");
    setText(byId("figure-latency"), socket.latency === null ? "–" : words.latency(socket.latency));
    setText(byId("figure-queue"), socket.queue.count.toLocaleString("en"));
    setText(byId("figure-attempt"), socket.attempt === 0 ? "–" : String(socket.attempt));
    setText(byId("figure-for"), words.duration(now - (journal.spans.at(-1)?.from ?? now)));
  }
}
