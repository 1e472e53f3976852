/** What a page holds on to: counted from inside, and over the DevTools protocol after a garbage collection. */

/** Runs in the page ahead of its scripts: keeps account of timers, and of every wasm memory and table. */
export function keepAccounts() {
  const running = new Set();
  for (const [set, clear, repeats] of [
    ["setTimeout", "clearTimeout", false],
    ["setInterval", "clearInterval", true],
  ]) {
    const [start, stop] = [window[set], window[clear]];
    window[set] = (act, delay, ...rest) => {
      const timer = start(() => {
        if (!repeats) running.delete(timer);
        act(...rest);
      }, delay);
      running.add(timer);
      return timer;
    };
    window[clear] = (timer) => {
      running.delete(timer);
      stop(timer);
    };
  }

  const instances = [];
  const { Instance, instantiate, instantiateStreaming } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, call) {
      const instance = Reflect.construct(target, call);
      instances.push(instance);
      return instance;
    },
  });
  for (const [name, original] of Object.entries({ instantiate, instantiateStreaming })) {
    WebAssembly[name] = async (...call) => {
      const result = await original.apply(WebAssembly, call);
      instances.push(result.instance ?? result);
      return result;
    };
  }

  const used = (table) => {
    let slots = 0;
    for (let at = 0; at < table.length; at += 1) slots += table.get(at) != null;
    return slots;
  };
  window.accounts = () => {
    const exported = instances.flatMap((instance) => Object.values(instance.exports));
    const sum = (kind, size) =>
      exported.filter((item) => item instanceof kind).reduce((total, item) => total + size(item), 0);
    return {
      timers: running.size,
      wasmMemory: sum(WebAssembly.Memory, (memory) => memory.buffer.byteLength),
      tableLength: sum(WebAssembly.Table, (table) => table.length),
      tableSlots: sum(WebAssembly.Table, used),
    };
  };
}

/** Counts in a page of Chromium that runs `keepAccounts`; `classes` are global names of classes to count objects of. */
export async function counters(session, classes) {
  // What a finalizer lets go of is only found by the collection after it.
  for (let times = 0; times < 2; times += 1) await session.send("HeapProfiler.collectGarbage");
  const evaluate = async (expression, options) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, ...options });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result;
  };
  const objects = async (name) => {
    const objectGroup = "counters";
    const { objectId } = await evaluate(`${name}.prototype`, { objectGroup });
    const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: objectId, objectGroup });
    const { result } = await session.send("Runtime.callFunctionOn", {
      objectId: objects.objectId,
      functionDeclaration: "function () { return this.length; }",
      returnByValue: true,
    });
    await session.send("Runtime.releaseObjectGroup", { objectGroup });
    return result.value;
  };
  const counted = {};
  for (const name of classes) counted[name] = await objects(name);
  const { jsEventListeners } = await session.send("Memory.getDOMCounters");
  const { value } = await evaluate("accounts()", { returnByValue: true });
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return { ...counted, listeners: jsEventListeners, ...value, heapBytes: usedSize };
}

/** How many objects of each kind and name are on the heap. */
export async function heapSnapshot(session) {
  const chunks = [];
  const keep = ({ chunk }) => chunks.push(chunk);
  session.on("HeapProfiler.addHeapSnapshotChunk", keep);
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  session.off("HeapProfiler.addHeapSnapshotChunk", keep);
  const { snapshot, nodes, strings } = JSON.parse(chunks.join(""));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name] = ["type", "name"].map((field) => fields.indexOf(field));
  const counts = new Map();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[type][nodes[at + type]];
    // Strings and numbers have themselves for a name.
    const what = /string|number/.test(kind) ? kind : `${kind} ${strings[nodes[at + name]]}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}
