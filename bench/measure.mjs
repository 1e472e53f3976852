import { rowsOf, shuffled } from "./statistics.mjs";

/** Measures one case: a page for each contender, in each round a sample of each in random order. Answers rows. */
export async function measure(lab, definition, { rounds, sampleTime, random, only }) {
  const { name, body, rows, contenders, fixed, params } = definition;
  const pages = [];
  try {
    for (const contender of contenders.filter((contender) => only(contender))) {
      pages.push(await lab.open(contender, definition));
    }
    for (const opened of pages) {
      const given = { ...params, port: lab.port, native: opened.contender === "native" };
      await opened.page.evaluate(([body, given]) => globalThis.prepare(body, given), [body, given]);
      opened.count = fixed ? 1 : await opened.page.evaluate((time) => globalThis.calibrate(time), sampleTime);
      if (fixed) await sample(opened, definition);
    }
    const samples = new Map();
    for (let round = 0; round < rounds; round += 1) {
      for (const opened of shuffled(pages, random)) {
        for (const [end, value] of Object.entries(await sample(opened, definition))) {
          keep(samples, end, opened.contender, value);
        }
      }
    }
    if (definition.allocates) {
      for (const opened of pages) keep(samples, "allocated", opened.contender, await allocated(opened));
    }
    const units = { ...rows, "main-thread": "ms", allocated: "B" };
    const inOrder = (values) => new Map(pages.map(({ contender }) => [contender, values.get(contender)]));
    return [...samples].flatMap(([end, values]) => rowsOf(end ? `${name}-${end}` : name, units[end], inOrder(values)));
  } finally {
    for (const opened of pages) await opened.close();
  }
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

/** Bytes of JavaScript heap that one message costs, by the engine's own sampling of allocations. */
async function allocated({ page, devtools }) {
  const count = 50_000;
  await page.evaluate((count) => globalThis.sample(count), count);
  await devtools.send("HeapProfiler.startSampling", {
    samplingInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await page.evaluate((count) => globalThis.sample(count), count);
  const { profile } = await devtools.send("HeapProfiler.stopSampling");
  const sum = (node) => node.children.reduce((bytes, child) => bytes + sum(child), node.selfSize);
  return Math.round(sum(profile.head) / count);
}

function keep(samples, end, contender, value) {
  if (!samples.has(end)) samples.set(end, new Map());
  const values = samples.get(end);
  if (!values.has(contender)) values.set(contender, []);
  values.get(contender).push(value);
}
