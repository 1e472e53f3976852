/** What a page holds, over the DevTools protocol, after a garbage collection: what JavaScript itself cannot see. */

export async function inspected(page, look) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const evaluate = async (expression) =>
    (await session.send("Runtime.evaluate", { expression, includeCommandLineAPI: true })).result;
  const instances = async (name) => {
    const { objectId } = await evaluate(`${name}.prototype`);
    const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: objectId });
    const { result } = await session.send("Runtime.callFunctionOn", {
      objectId: objects.objectId,
      functionDeclaration: "function () { return this.length; }",
      returnByValue: true,
    });
    return result.value;
  };
  const listeners = async (target) => {
    const { objectId } = await evaluate(target);
    return (await session.send("DOMDebugger.getEventListeners", { objectId })).listeners.length;
  };
  const seen = await look({ instances, listeners });
  await session.detach();
  return seen;
}
