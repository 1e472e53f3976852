import { table } from "../scripts/lib/terminal.mjs";
import { isMoreBetter } from "./cases.mjs";
import { confidence, median } from "./statistics.mjs";

const isOurs = (contender) => contender.startsWith("everwire");
const isNative = (contender) => contender.startsWith("native");

/** Three digits that matter. */
export function figure(value) {
  if (value === null) return "–";
  if (value >= 1000) return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** A table of the rows of one case, all of its values side by side. */
export function caseTable(rows) {
  const names = [...new Set(rows.map((row) => row.case))];
  return names
    .map((name) => {
      const own = rows.filter((row) => row.case === name);
      const [{ unit }] = own;
      const cells = own.map((row) => [
        row.contender,
        figure(row.median),
        `${figure(row.min)} – ${figure(row.max)}`,
        row.toNative === null ? "" : `× ${row.toNative.toFixed(2)}`,
        row.toNative === null ? "" : row.ratioBetween.map((ratio) => ratio.toFixed(2)).join(" – "),
      ]);
      const columns = [name, unit, "spread", "to native", "at 95 %"];
      return table(columns, cells, { right: columns.slice(1) });
    })
    .join("\n\n");
}

/** Where everwire wins and where it loses, against the best of the other libraries. */
export function verdict(rows) {
  const found = [...new Set(rows.map((row) => row.case))].flatMap((name) => {
    const own = rows.filter((row) => row.case === name);
    const mine = own.find(({ contender }) => isOurs(contender));
    const others = own.filter(({ contender }) => !isOurs(contender) && !isNative(contender));
    if (!mine || others.length === 0) return [];
    const direction = isMoreBetter(mine.unit) ? -1 : 1;
    const best = others.toSorted((a, b) => direction * (a.median - b.median))[0];
    const native = own.find(({ contender }) => contender === "native");
    return [{ mine, best, native, ...compare(mine.values, best.values, direction) }];
  });
  const say = ({ mine, best, native, ratio, between: [low, high] }) =>
    `  ${mine.case}: ${figure(mine.median)} ${mine.unit}` +
    (native ? `, native ${figure(native.median)}` : "") +
    `; ${best.contender} ${figure(best.median)}, of which that is × ${ratio} (${low} – ${high})`;
  return [
    ["Ahead of every other library", "ahead"],
    ["No difference from the best of them that holds over the rounds", "even"],
    ["Behind the best of them", "behind"],
  ]
    .map(([title, outcome]) => {
      const lines = found.filter((line) => line.outcome === outcome).map(say);
      return `${title} (${lines.length}):\n${lines.join("\n") || "  none"}`;
    })
    .join("\n");
}

/**
 * Round by round, so that what slowed the machine down for a while does not decide. A difference counts where 1 is not
 * between what the ratio lies between, see `confidence`.
 */
function compare(mine, best, direction) {
  // Two of nothing are equal.
  const ratios = mine
    .map((value, round) => (value === best[round] ? 1 : value / best[round]))
    .filter((ratio) => ratio >= 0);
  if (ratios.length === 0) return { outcome: "even", ratio: "–", between: ["–", "–"] };
  const between = confidence(ratios);
  const [low, high] = between.map((ratio) => direction * (ratio - 1)).toSorted((a, b) => a - b);
  const outcome = high < 0 ? "ahead" : low > 0 ? "behind" : "even";
  return { outcome, ratio: median(ratios).toFixed(2), between: between.map((ratio) => ratio.toFixed(2)) };
}

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #223 }
  h2 { font-size: 1rem; margin: 2rem 0 .3rem } pre { background: #f4f4f8; padding: 1rem; overflow: auto }
  .row { display: grid; grid-template-columns: 12rem 1fr 15rem; gap: .6rem; align-items: center; font-size: .85rem }
  .track { position: relative; height: 1.1rem; background: #f4f4f8 }
  .bar { position: absolute; inset: 0 auto 0 0; background: #9ab } .ours .bar { background: #36c } .ours { font-weight: 600 }
  .spread { position: absolute; top: 45%; height: 10%; background: #223 }
  .value { text-align: right; font-variant-numeric: tabular-nums }`;

/** The report as a page that needs nothing else. */
export function html(definitions, rows, note) {
  const charts = [...new Set(rows.map((row) => row.case))].map((name) => {
    const own = rows.filter((row) => row.case === name);
    const definition = definitions.find((definition) => name.startsWith(definition.name));
    const better = isMoreBetter(own[0].unit) ? "more is better" : "less is better";
    return `<h2>${name}</h2><div>${definition.title} (${own[0].unit}, ${better})</div>\n${own.map(bar(own)).join("\n")}`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>everwire: the bench</title><style>${style}</style>
<h1>everwire: the bench</h1><p>${note}. Bars are medians, black lines the spread over the rounds, × the median of the
ratios to native within each round.</p><pre>${verdict(rows)}</pre>
${charts.join("\n")}
</html>
`;
}

const bar = (own) => {
  // One that is far behind is cut off, so that the others can be told apart.
  const medians = own.map(({ median }) => median).toSorted((a, b) => a - b);
  const scale = Math.min(medians.at(-1), (medians.at(-2) ?? Infinity) * 2, Infinity) * 1.1 || 1;
  const percent = (value) => Math.min(100, (value / scale) * 100).toFixed(2);
  return ({ contender, unit, median, min, max, toNative }) => `<div class="row${isOurs(contender) ? " ours" : ""}">
<span>${contender}</span><span class="track"><span class="bar" style="width:${percent(median)}%"></span>
<span class="spread" style="left:${percent(min)}%;right:${(100 - percent(max)).toFixed(2)}%"></span></span>
<span class="value">${figure(median)} ${unit}${toNative === null ? "" : ` · × ${toNative.toFixed(2)}`}</span></div>`;
};
