import { shuffled } from "../statistics.mjs";

const warmUp = 2;

/**
 * From the start of a page's script, which loads the library's, to the first dial: in a browser that has never seen it
 * ("cold"), and in one that has it in its cache, with the engine's compiled code ("warm"). And from the first statement of
 * the library's script ("-run"), as in an app that is one script with it.
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
      const keepBoth = (end, { loaded, run }) => {
        keep(end, contender, loaded);
        keep(`${end}-run`, contender, run);
      };
      keepBoth("cold", await load());
      for (let loads = 0; loads < warmUp; loads += 1) await load();
      keepBoth("warm", await load());
      await context.close();
    }
  }
}
