const memories = [];

/** Notes the memory of every module that is started from now on, since `performance` does not count it. */
export function watchWasm() {
  const { Instance, instantiate, instantiateStreaming } = WebAssembly;
  const note = (instance) => {
    memories.push(...Object.values(instance.exports).filter((value) => value instanceof WebAssembly.Memory));
    return instance;
  };
  const noteLater = (start) =>
    async function (...given) {
      const started = await start.apply(this, given);
      note(started.instance ?? started);
      return started;
    };
  WebAssembly.Instance = new Proxy(Instance, { construct: (target, given) => note(new target(...given)) });
  WebAssembly.instantiate = noteLater(instantiate);
  WebAssembly.instantiateStreaming = noteLater(instantiateStreaming);
}

/** Whether ASCII text stands somewhere in the memory of a module, with one byte or two for each character. */
export function wasmHolds(text) {
  const forms = [text, [...text].join("\0")];
  const contents = memories.map(({ buffer }) => new TextDecoder("latin1").decode(buffer));
  return forms.some((form) => contents.some((content) => content.includes(form)));
}

export const wasmBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
