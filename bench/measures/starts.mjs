import { shuffled } from "../statistics.mjs";

const warmUp = 2;

/**
 * From the start of a page's script to the first dial: in a browser that has never seen it ("cold"), and in one that has
 * it in its cache, with the engine's compiled code ("warm").
 */
export async function starts(lab, _definition, contenders, { starts: rounds, random }, keep) {
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of shuffled(contenders, random)) {
      const context = await lab.browser.createBrowserContext();
      const page = await context.newPage();
      const load = async () => {
        await page.goto(`${lab.origin}/start.html?contender=${contender}`);
        return (await page.waitForFunction(() => globalThis.dialled)).jsonValue();
      };
      keep("cold", contender, await load());
      for (let loads = 0; loads < warmUp; loads += 1) await load();
      keep("warm", contender, await load());
      await context.close();
    }
  }
}
