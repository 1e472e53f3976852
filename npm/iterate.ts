import type { Socket } from "./socket.js";

/** Every message from now on, in order, until the socket is closed for good or the loop is left. */
export function iterate<Incoming>(socket: Socket<Incoming, never>): AsyncIterableIterator<Incoming> {
  const arrived: Incoming[] = [];
  const waiting: ((result: IteratorResult<Incoming, undefined>) => void)[] = [];
  const end = { done: true, value: undefined } as const;
  const listening = new AbortController();
  const { signal } = listening;
  let done = socket.state === "closed";

  const finish = () => {
    done = true;
    listening.abort();
    for (const resolve of waiting.splice(0)) resolve(end);
  };

  if (!done) {
    socket.addEventListener(
      "message",
      ({ data }) => {
        const next = waiting.shift();
        if (next) next({ done: false, value: data });
        else arrived.push(data);
      },
      { signal },
    );
    socket.addEventListener("close", ({ willRetry }) => willRetry || finish(), { signal });
  }

  return {
    next() {
      if (arrived.length > 0) return Promise.resolve({ done: false, value: arrived.shift() as Incoming });
      if (done) return Promise.resolve(end);
      return new Promise((resolve) => waiting.push(resolve));
    },
    return() {
      arrived.length = 0;
      finish();
      return Promise.resolve(end);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
