/**
 * What a test's body gets inside a page: the package's exports, the real server, and ways to watch
 * and to wait that never sleep a fixed time.
 */
import * as everwire from "everwire";

/** How long to wait for what must come, on a busy machine too. */
const PATIENCE = 60_000;
const EVENTS = ["open", "message", "close", "error", "retry", "statechange", "drop"];

/** Options under which a retry comes at once, for tests that are not about the delay. */
const fast = { backoff: { min: 0, base: 1, max: 4 } };

const show = (value) =>
  JSON.stringify(value, (_key, item) => {
    if (item === undefined) return "(undefined)";
    if (typeof item === "number" && !Number.isFinite(item)) return `(${item})`;
    return item;
  });

function equal(actual, expected, what = "") {
  if (show(actual) !== show(expected)) {
    throw new Error(`${what || "values"}: expected ${show(expected)}, got ${show(actual)}`);
  }
}

function ok(value, what) {
  if (!value) throw new Error(`not true: ${what}`);
}

/** The error that a call throws; fails when it throws none. */
function thrown(call, what = String(call)) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error(`did not throw: ${what}`);
}

/** The reason for which a promise rejects; fails when it does not. */
async function rejection(promise, what = "the promise") {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`${what} did not reject`);
}

function patiently(what, start) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop?.();
      reject(new Error(`waited in vain for ${what()}`));
    }, PATIENCE);
    const stop = start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** Before the first socket: what makes the next call into the wasm trap, which no server and no option can do. */
function breakable() {
  let broken = false;
  const breaking =
    (call) =>
    (...values) => {
      if (!broken) return call(...values);
      broken = false;
      throw new Error("broken engine");
    };
  const construct = (Instance, given) => {
    const { exports } = new Instance(...given);
    const entries = Object.entries(exports).map(([name, value]) => [
      name,
      typeof value === "function" ? breaking(value) : value,
    ]);
    return { exports: Object.fromEntries(entries) };
  };
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, { construct });
  return () => (broken = true);
}

/** The next event of a type, or the next that a test likes. */
function next(target, type, like = () => true) {
  return patiently(
    () => `"${type}"`,
    (done) => {
      const listener = (event) => {
        if (!like(event)) return;
        target.removeEventListener(type, listener);
        done(event);
      };
      target.addEventListener(type, listener);
      return () => target.removeEventListener(type, listener);
    },
  );
}

/** Waits until a condition holds; `what` says it in words. */
function eventually(condition, what) {
  return patiently(
    () => (typeof what === "function" ? what() : what),
    (done) => {
      let polling;
      const look = async () => {
        const value = await condition();
        if (value) done(value);
        else polling = setTimeout(look, 4);
      };
      look();
      return () => clearTimeout(polling);
    },
  );
}

/** Lets everything that is already due happen: microtasks, then a turn of the event loop. */
const turn = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

function summary(event) {
  switch (event.type) {
    case "message":
      return { data: event.data };
    case "close": {
      const { code, reason, wasClean, willRetry } = event;
      return { code, reason, wasClean, willRetry };
    }
    case "error":
      return { code: event.error?.code };
    case "retry":
      return { attempt: event.attempt, delay: event.delay };
    case "statechange":
      return { state: event.state, previous: event.previous };
    case "drop":
      return { message: event.message, reason: event.reason };
    default:
      return {};
  }
}

/** Every event of a socket from now on, in order; `of(type)` picks, `types()` names them. */
function journal(socket) {
  const entries = [];
  for (const type of EVENTS) {
    socket.addEventListener(type, (event) => entries.push({ type, ...summary(event) }));
  }
  return Object.assign(entries, {
    of: (type) => entries.filter((entry) => entry.type === type),
    types: (without = []) => entries.map((entry) => entry.type).filter((type) => !without.includes(type)),
    messages: () => entries.filter((entry) => entry.type === "message").map((entry) => entry.data),
  });
}

/**
 * A `WebSocket` that counts how many of its kind are open at once. The server cannot: a dial that the page takes back may
 * still complete its handshake there, a moment later, and be seen to end a moment after that.
 */
function countedWebSocket() {
  const made = [];
  const counted = { most: 0 };
  counted.WebSocket = class extends WebSocket {
    constructor(...call) {
      super(...call);
      made.push(this);
      this.addEventListener("open", () => {
        counted.most = Math.max(counted.most, made.filter(({ readyState }) => readyState === WebSocket.OPEN).length);
      });
    }
  };
  return counted;
}

/** Sends a text to an echoing server and waits for it to come back. */
async function roundTrip(socket, text = `round trip ${Math.random()}`) {
  const back = next(socket, "message", (event) => event.data === text);
  socket.send(text);
  await back;
}

/** So much traffic that whatever was due by now has shown itself at the server. */
async function settle(socket, times = 20) {
  for (let count = 0; count < times; count += 1) await roundTrip(socket);
}

export function kit({ id, port }) {
  const url = (path, query = {}) => `ws://127.0.0.1:${port}${path}?${new URLSearchParams({ id, ...query })}`;

  /** A call of the server's control interface; its stats, or an error when `wait` was in vain. */
  async function control(action, query = {}) {
    const pairs = Object.entries({ id, within: PATIENCE, ...query }).flatMap(([name, value]) =>
      [value].flat().map((item) => [name, item]),
    );
    const answer = await fetch(`http://127.0.0.1:${port}/control/${action}?${new URLSearchParams(pairs)}`);
    const stats = await answer.json();
    if (!answer.ok) throw new Error(`the server never saw ${show(query)}, but ${show(stats)}`);
    return stats;
  }

  return {
    ...everwire,
    id,
    port,
    url,
    control,
    fast,
    equal,
    ok,
    thrown,
    rejection,
    next,
    breakable,
    eventually,
    turn,
    journal,
    countedWebSocket,
    roundTrip,
    settle,
  };
}
