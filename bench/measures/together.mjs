import { shuffled } from "../statistics.mjs";

/** Turns of each contender in a page. The first are not counted: the engine compiles. */
const turns = 10;
const uncounted = 2;

/**
 * All contenders in one page, in turns, and in each round a new page: what slows a page or the machine slows all of them.
 * For differences that are too small to tell one page from another.
 */
export async function together(lab, { body, params, count }, contenders, { rounds, random }, keep) {
  for (let round = 0; round < rounds; round += 1) {
    const names = shuffled(contenders, random);
    const order = Array.from({ length: turns }, () => shuffled(names, random));
    const { page, close } = await lab.open(names[0], {});
    const seconds = await page.evaluate(
      (given) => globalThis.together(...given),
      [names, body, { ...params, port: lab.port }, order, uncounted, count],
    );
    for (const name of names) keep("", name, ((turns - uncounted) * count) / seconds[name]);
    await close();
  }
}
