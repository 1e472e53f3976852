import { shuffled } from "../statistics.mjs";

/** What each of many open sockets in a page weighs: JavaScript's heap, the browser's objects on it, wasm's memory. */
export async function many(lab, { params: { sockets } }, contenders, { pages, random }, keep) {
  // It hardly differs from one page to the next.
  for (let round = 0; round < pages; round += 1) {
    for (const contender of shuffled(contenders, random)) {
      const opened = await lab.open(contender, {});
      const add = (count) =>
        opened.page.evaluate(([port, count]) => globalThis.addSockets(port, count), [lab.port, count]);
      // The first loads what all of them share.
      await add(1);
      const before = await memoryOf(opened);
      await add(sockets);
      keep("", contender, ((await memoryOf(opened)) - before) / sockets / 1024);
      await opened.close();
    }
  }
}

/** Bytes that a page keeps. */
export async function memoryOf({ page, devtools }) {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await devtools.send("Runtime.getHeapUsage");
  return usedSize + embedderHeapUsedSize + backingStorageSize + (await page.evaluate(() => globalThis.wasmBytes()));
}
