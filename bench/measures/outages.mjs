/**
 * From the server's return to the first message that arrives, with each library's defaults. All contenders live through
 * the same outages at the same time, each in its own browser process.
 */
export async function outages(lab, _definition, contenders, { outages, longestOutage, random }, keep) {
  const server = await lab.startServer();
  const pages = await Promise.all(contenders.map((contender) => lab.open(contender, {})));
  const each = (act) => Promise.all(pages.map(act));
  await each(({ page }) => page.evaluate((port) => globalThis.listen(port), server.port));
  await each(({ page }) => page.evaluate(() => globalThis.heard(0)));
  for (let outage = 0; outage < outages; outage += 1) {
    // Connections that have lasted, as after hours of use.
    await pause(6_000);
    const since = Date.now();
    await server.kill();
    await pause(random() * longestOutage);
    const returned = await server.restart();
    await each(async ({ page, contender }) => {
      const heard = await page.evaluate((since) => globalThis.heard(since), since);
      keep("", contender, (heard - returned) / 1000);
    });
  }
  await each((opened) => opened.close());
  await server.kill();
}

const pause = (milliseconds) => new Promise((over) => setTimeout(over, milliseconds));
