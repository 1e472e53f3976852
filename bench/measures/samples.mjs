import { shuffled } from "../statistics.mjs";
import { allocated } from "./allocated.mjs";

/** A sample that takes longer than this (ms) is not taken again. */
const tooLong = 8_000;

/** Rounds with the same pages. A page can be faster than another for good: by when it was opened, or by what V8 made of it. */
const roundsOfAPage = 5;

/** A page for each contender, and in each round a sample of each, all in random order. */
export async function samples(lab, definition, contenders, { rounds, sampleTime, random }, keep) {
  let left = contenders;
  for (let round = 0; round < rounds && left.length > 0; round += roundsOfAPage) {
    const pages = [];
    for (const contender of shuffled(left, random)) {
      const opened = await lab.open(contender, definition);
      await prepare(lab, opened, definition);
      await makeReady(opened, definition, sampleTime, keep);
      pages.push(opened);
    }
    const quick = pages.filter(({ sampled }) => !sampled);
    for (let more = Math.min(roundsOfAPage, rounds - round); more > 0; more -= 1) {
      for (const opened of shuffled(quick, random)) keepAll(keep, opened, await sample(opened, definition));
    }
    if (definition.allocates && round === 0) {
      for (const opened of pages) keep("allocated", opened.contender, await allocated(opened));
    }
    await Promise.all(pages.map((opened) => opened.close()));
    left = left.filter((contender) => quick.some((opened) => opened.contender === contender));
  }
}

/** Makes a page's `sample()` give samples of this case. */
export async function prepare(lab, { page, contender }, { body, params }) {
  const given = { ...params, port: lab.port, native: contender.startsWith("native") };
  await page.evaluate(([body, given]) => globalThis.prepare(body, given), [body, given]);
}

async function makeReady(opened, { fixed, longer = 1, ...definition }, sampleTime, keep) {
  if (!fixed) {
    const times = [longer * sampleTime, 8 * sampleTime];
    opened.count = await opened.page.evaluate((times) => globalThis.calibrate(...times), times);
    return;
  }
  const began = Date.now();
  const values = await sample({ ...opened, count: 1 }, definition);
  opened.sampled = Date.now() - began > tooLong;
  if (opened.sampled) keepAll(keep, opened, values);
}

function keepAll(keep, { contender }, values) {
  for (const [end, value] of Object.entries(values)) keep(end, contender, value);
}

async function sample({ page, devtools, count }, { mainThread }) {
  const before = mainThread && (await taskTime(devtools));
  const values = await page.evaluate((count) => globalThis.sample(count), count);
  if (!mainThread) return values;
  return { ...values, "main-thread": (((await taskTime(devtools)) - before) * 10_000) / count };
}

/** How long the page's main thread has been busy, in ms. */
async function taskTime(devtools) {
  await devtools.send("Performance.enable");
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
}
