import { many } from "./measures/many.mjs";
import { outages } from "./measures/outages.mjs";
import { samples } from "./measures/samples.mjs";
import { starts } from "./measures/starts.mjs";
import { together } from "./measures/together.mjs";
import { rowsOf } from "./statistics.mjs";

const ways = { samples, together, starts, many, outages };

/** Measures one case, and answers its rows. */
export async function measure(lab, definition, effort) {
  const { name, rows, way = "samples" } = definition;
  const contenders = definition.contenders.filter(effort.only);
  const found = new Map();
  const keep = (end, contender, value) => {
    if (!found.has(end)) found.set(end, new Map(contenders.map((contender) => [contender, []])));
    found.get(end).get(contender).push(value);
  };
  await ways[way](lab, definition, contenders, effort, keep);
  return [...found].flatMap(([end, values]) => rowsOf(end ? `${name}-${end}` : name, rows[end], values));
}
