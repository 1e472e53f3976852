import type { RoomSocket } from "./connection";
import { onTick, prefersCalm } from "./clock";
import { byId, create } from "./dom";

const mostBeads = 12;
const pulseEvery = 120;

/** The picture of the connection: a line from this page to the server, and what waits at this end of it. */
export function mountWire(socket: RoomSocket): void {
  const line = byId("wire-line");
  const beads = byId("wire-queue");
  let lastPulse = 0;
  let shown = -1;

  socket.addEventListener("message", () => pulse("in"));
  onTick(() => {
    const { count } = socket.queue;
    if (count === shown) return;
    if (count < shown) pulse("out");
    shown = count;
    const dots = Array.from({ length: Math.min(count, mostBeads) }, () => create("i"));
    beads.replaceChildren(...dots, ...(count > mostBeads ? [`+${count - mostBeads}`] : []));
  });
  document.addEventListener("submit", () => {
    if (socket.state === "open") pulse("out");
  });

  function pulse(direction: "in" | "out"): void {
    const now = performance.now();
    if (prefersCalm() || document.hidden || now - lastPulse < pulseEvery) return;
    lastPulse = now;
    const dot = create("i", { class: `pulse ${direction}` });
    line.append(dot);
    const ends = direction === "out" ? ["0%", "100%"] : ["100%", "0%"];
    const travel = dot.animate({ left: ends, opacity: [0, 1, 1, 0] }, { duration: 900, easing: "ease-in-out" });
    travel.onfinish = () => dot.remove();
  }
}
