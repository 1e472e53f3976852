import type { Journal, Sample, Span } from "./journal";
import { onFrame } from "./clock";
import { byId, create, createSvg, setText } from "./dom";
import * as words from "./words";

const lane = { connection: { top: 18, height: 24 }, queue: { top: 58, height: 26 }, latency: { top: 96, height: 26 } };
const height = 128;
const labelRoom = 34;
const wideWindow = 30;
const narrowWindow = 20;

/**
 * The last seconds as three small charts that share one axis: the connection, the send queue, the latency.
 *
 * Everything is drawn at its own time, once, in a group that slides to the left; a frame costs one attribute.
 */
export function mountTimeline(journal: Journal): void {
  const svg = byId<SVGSVGElement>("timeline-chart");
  const sliding = byId<SVGGElement>("timeline-sliding");
  const grid = byId<SVGGElement>("timeline-grid");
  let width = 0;
  let window = wideWindow;
  let stale = true;

  journal.addEventListener("change", () => (stale = true));
  new ResizeObserver(([entry]) => {
    width = entry?.contentRect.width ?? 0;
    window = width < 520 ? narrowWindow : wideWindow;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawGrid();
    stale = true;
  }).observe(svg);
  onFrame((now) => {
    if (width === 0) return;
    if (stale) draw(now);
    stale = false;
    sliding.setAttribute("transform", `translate(${(width - x(now)).toFixed(2)} 0)`);
  });

  function x(at: number): number {
    return (at / 1000) * (width / window);
  }

  function drawGrid(): void {
    const step = window / (window === wideWindow ? 3 : 4);
    const times = Array.from({ length: window / step + 1 }, (_, index) => window - index * step);
    grid.replaceChildren(
      ...times.map((seconds) => {
        const left = width * (1 - seconds / window);
        return createSvg("line", { x1: left, x2: left, y1: 16, y2: height });
      }),
    );
    byId("timeline-axis").replaceChildren(
      ...times.map((seconds) => create("span", {}, seconds === 0 ? "now" : `−${seconds} s`)),
    );
  }

  function draw(now: number): void {
    const since = now - window * 1000 - 5000;
    sliding.replaceChildren(
      ...drawSpans(journal.spans, since, now),
      ...drawMarks(since),
      ...drawQueue(journal.queue, since, now),
      ...drawLatency(journal.latency, since),
    );
    setText(byId("lane-connection"), journal.spans.at(-1)?.state ?? "");
    setText(byId("lane-queue"), words.count(journal.queue.at(-1)?.value ?? 0, "message"));
    const latency = journal.latency.at(-1);
    setText(byId("lane-latency"), latency ? words.latency(latency.value) : "–");
  }

  function drawSpans(spans: Span[], since: number, now: number): SVGElement[] {
    const { top, height } = lane.connection;
    const shapes: SVGElement[] = [];
    spans.forEach((span, index) => {
      // The span that still goes on is drawn far into the future and cut off at "now".
      const end = spans[index + 1]?.from ?? now + 3_600_000;
      if (end < since) return;
      const left = x(span.from);
      const wide = Math.max(1.5, x(end) - left);
      shapes.push(createSvg("rect", { class: `span ${span.state}`, x: left, y: top, width: wide, height, rx: 2 }));
      const label = span.state === "waiting" && span.delay !== undefined ? words.duration(span.delay) : span.state;
      if (Math.min(wide, x(now) - left + 400) > label.length * 7 + 12) {
        shapes.push(createSvg("text", { class: `span-label ${span.state}`, x: left + 7, y: top + 16.5 }, label));
      }
    });
    return shapes;
  }

  function drawMarks(since: number): SVGElement[] {
    const { top, height } = lane.connection;
    const shapes: SVGElement[] = [];
    let labelled = -Infinity;
    for (const mark of journal.marks) {
      if (mark.at < since) continue;
      const left = x(mark.at);
      if (mark.kind === "dial") {
        const points = `${left},${top + height + 1} ${left - 4},${top + height + 8} ${left + 4},${top + height + 8}`;
        shapes.push(createSvg("polygon", { class: "mark dial", points }));
        continue;
      }
      shapes.push(createSvg("line", { class: `mark ${mark.kind}`, x1: left, x2: left, y1: 14, y2: top + height }));
      if (left - labelled < labelRoom) continue;
      labelled = left;
      shapes.push(createSvg("text", { class: `mark ${mark.kind}`, x: left, y: 11 }, mark.label));
    }
    return shapes;
  }

  function drawQueue(samples: Sample[], since: number, now: number): SVGElement[] {
    const { top, height } = lane.queue;
    const base = top + height;
    const most = Math.max(5, ...samples.map(({ value }) => value));
    let path = "";
    samples.forEach(({ at, value }, index) => {
      const end = samples[index + 1]?.at ?? now + 3_600_000;
      if (end < since) return;
      const y = (base - (value / most) * height).toFixed(1);
      path += path ? `V${y}` : `M${x(at)},${base}V${y}`;
      path += `H${x(end)}`;
    });
    return [
      createSvg("line", { class: "base", x1: x(since), x2: x(now + 3_600_000), y1: base, y2: base }),
      createSvg("path", { class: "queue", d: path ? `${path}V${base}Z` : "" }),
    ];
  }

  function drawLatency(samples: Sample[], since: number): SVGElement[] {
    const { top, height } = lane.latency;
    const base = top + height;
    const seen = samples.filter(({ at }) => at >= since);
    const most = Math.max(4, ...seen.map(({ value }) => value));
    return seen.flatMap(({ at, value }) => {
      const y = base - (value / most) * height;
      return [
        createSvg("line", { class: "latency", x1: x(at), x2: x(at), y1: base, y2: y }),
        createSvg("circle", { class: "latency", cx: x(at), cy: y, r: 2.5 }),
      ];
    });
  }
}
