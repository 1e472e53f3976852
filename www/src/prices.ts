import type { RoomSocket } from "./connection";
import type { Tick } from "./protocol";
import { onTick } from "./clock";
import { byId, create, createSvg, setText } from "./dom";
import * as words from "./words";

const window = 60_000;
const staleAfter = 1500;
const height = 48;
const margin = 4;

interface Row {
  points: { at: number; price: number }[];
  chart: SVGSVGElement;
  line: SVGPathElement;
  dot: SVGCircleElement;
  price: HTMLElement;
  change: HTMLElement;
}

/** The price feed: the last minute of each metal as a line with gaps where nothing was heard. */
export function mountPrices(socket: RoomSocket): void {
  const list = byId("prices");
  const age = byId("price-age");
  const rows = new Map<string, Row>();
  let lastTick = 0;
  let waiting: Tick | undefined;

  socket.addEventListener("message", ({ data }) => {
    // What the server remembers fills the charts of somebody who has just come in. Later the gaps stay:
    // they are what this page really missed.
    if (data.type === "welcome" && lastTick === 0) data.ticks.forEach(take);
    if (data.type === "tick") take(data);
  });
  onTick(showAge);

  function take(tick: Tick): void {
    lastTick = tick.at;
    for (const { symbol, name, price } of tick.prices) {
      const row = rows.get(symbol) ?? addRow(symbol, name);
      row.points.push({ at: tick.at, price });
      while (row.points[0] && row.points[0].at < tick.at - window) row.points.shift();
    }
    // Drawn once a frame, however many ticks arrive in it.
    if (!waiting) requestAnimationFrame(draw);
    waiting = tick;
  }

  function draw(): void {
    if (!waiting) return;
    const now = waiting.at;
    waiting = undefined;
    for (const row of rows.values()) drawRow(row, now);
  }

  function showAge(): void {
    const silent = Date.now() - lastTick;
    const stale = silent > staleAfter;
    list.classList.toggle("stale", stale);
    setText(age, lastTick === 0 ? "" : stale ? `${words.duration(silent)} old` : "live");
    age.classList.toggle("stale", stale);
  }

  function addRow(symbol: string, name: string): Row {
    const line = createSvg("path", { class: "spark" });
    const dot = createSvg("circle", { class: "spark-dot", r: 2.5 });
    const chart = createSvg("svg", { "aria-hidden": "true" });
    chart.append(line, dot);
    const price = create("span", { class: "price" });
    const change = create("span", { class: "change" });
    list.append(
      create(
        "li",
        {},
        create("span", { class: "metal" }, create("b", {}, name), create("small", {}, symbol)),
        chart,
        create("span", { class: "quote" }, price, change),
      ),
    );
    const row = { points: [], chart, line, dot, price, change };
    rows.set(symbol, row);
    return row;
  }
}

function drawRow({ points, chart, line, dot, price, change }: Row, now: number): void {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return;
  let low = Infinity;
  let high = -Infinity;
  for (const point of points) {
    low = Math.min(low, point.price);
    high = Math.max(high, point.price);
  }
  const width = chart.clientWidth - margin;
  const x = (at: number): number => width * (1 - (now - at) / window);
  const y = (value: number): number =>
    margin + (1 - (value - low) / Math.max(0.01, high - low)) * (height - 2 * margin);

  let path = "";
  let before = -Infinity;
  for (const { at, price } of points) {
    path += `${at - before > staleAfter ? "M" : "L"}${x(at).toFixed(1)},${y(price).toFixed(1)}`;
    before = at;
  }
  line.setAttribute("d", path);
  dot.setAttribute("cx", x(last.at).toFixed(1));
  dot.setAttribute("cy", y(last.price).toFixed(1));

  const percent = ((last.price - first.price) / first.price) * 100;
  setText(price, last.price.toFixed(2));
  setText(change, `${percent < 0 ? "▼" : "▲"} ${Math.abs(percent).toFixed(2)} %`);
  change.classList.toggle("down", percent < 0);
}
