import type { Socket } from "./socket.js";

/** So many messages that were read are kept before they are let go of. */
const FORGET = 10_000;

/** Every message from now on, in order, until the socket is closed for good or the loop is left. */
export function iterate<Incoming>(socket: Socket<Incoming, never>): AsyncIterableIterator<Incoming> {
  // Read by index: taking from the front would move a long backlog each time.
  let arrived: Incoming[] = [];
  let read = 0;
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

  const take = () => {
    const message = arrived[read] as Incoming;
    read += 1;
    if (read === arrived.length || read === FORGET) {
      arrived = arrived.slice(read);
      read = 0;
    }
    return message;
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
      if (read < arrived.length) return Promise.resolve({ done: false, value: take() });
      if (done) return Promise.resolve(end);
      return new Promise((resolve) => waiting.push(resolve));
    },
    return() {
      arrived = [];
      finish();
      return Promise.resolve(end);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
