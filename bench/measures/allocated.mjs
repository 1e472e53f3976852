/** So many messages that what happens once weighs less than a byte for each. */
const count = 50_000;

/** Bytes of JavaScript heap that one message costs, by the engine's own sampling of allocations. */
export async function allocated({ page, devtools }) {
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
