/** What must never happen to listeners and callbacks: rules 5, 10, 11 and 15 of the design page. */
import { test } from "node:test";
import { limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("5. never does a listener that throws starve the other listeners", limit, () => {
  const types = ["statechange", "drop", "error", "close", "retry", "open", "message"];
  return inPage(
    async ({ Socket, url, control, equal, next, eventually, fast }, types) => {
      await control("next", { dial: "/refuse" });
      const socket = new Socket(url("/greet"), { ...fast, autoOpen: false });
      const heard = {};
      const reported = [];
      addEventListener("error", (event) => {
        reported.push(event.error.message);
        event.preventDefault();
      });
      for (const type of types) {
        heard[type] = [];
        const first = () => {
          socket.removeEventListener(type, first);
          heard[type].push("throws");
          throw new Error(`${type} listener, on purpose`);
        };
        socket.addEventListener(type, first);
        socket[`on${type}`] = () => heard[type].push("handler");
        socket.addEventListener(type, () => heard[type].push("last"));
      }
      socket.send("old", { key: "k" });
      socket.send("new", { key: "k" });
      socket.open();
      await eventually(
        () => types.every((type) => heard[type].length >= 3),
        () => `all to be heard, not only ${JSON.stringify(heard)}`,
      );
      for (const type of types) equal(heard[type].slice(0, 3), ["throws", "handler", "last"], type);
      equal(reported.sort(), types.map((type) => `${type} listener, on purpose`).sort(), "what reached window.onerror");
      socket.close();
      await next(socket, "close");
    },
    { args: types },
  );
});

test("5. never is a listener that was added or removed inside a listener lost or still called", limit, () =>
  inPage(async ({ Socket, url, equal, roundTrip }) => {
    const socket = new Socket(url("/echo"));
    await socket.opened;
    const native = new EventTarget();
    const story = (target) => {
      const calls = [];
      const removed = () => calls.push("removed");
      const added = () => calls.push("added");
      const self = () => {
        calls.push("self");
        target.removeEventListener("message", self);
        target.removeEventListener("message", removed);
        target.addEventListener("message", added);
      };
      const once = () => calls.push("once");
      const controller = new AbortController();
      target.addEventListener("message", () => calls.push("first"));
      target.addEventListener("message", self);
      target.addEventListener("message", removed);
      target.addEventListener("message", once, { once: true });
      target.addEventListener("message", { handleEvent: () => calls.push("object") });
      target.addEventListener("message", () => calls.push("aborted"), { signal: controller.signal });
      target.addEventListener("message", () => controller.abort());
      return calls;
    };
    const ours = story(socket);
    const theirs = story(native);
    for (let n = 0; n < 3; n += 1) {
      native.dispatchEvent(new Event("message"));
      await roundTrip(socket);
    }
    equal(ours, theirs, "calls, as any EventTarget makes them");
    equal(ours.includes("removed"), false);
    socket.close();
  }),
);

/** What a caller may do inside any handler or callback. */
const ACTIONS = {
  close: (socket) => socket.close(),
  "close with a code": (socket) => socket.close(4000, "inside"),
  open: (socket) => socket.open(),
  reconnect: (socket) => socket.reconnect(),
  "close and open": (socket) => {
    socket.close();
    socket.open();
  },
  send: (socket) => socket.send("from inside", { key: "inside" }),
  dispose: (socket) => socket[Symbol.dispose](),
  read: ({ state, url, protocol, extensions, binaryType, bufferedAmount, queue, attempt, latency, opened }) => [
    state,
    url,
    protocol,
    extensions,
    binaryType,
    bufferedAmount,
    queue.count,
    queue.bytes,
    attempt,
    latency,
    opened,
  ],
  dispatch: (socket) => socket.dispatchEvent(new Event("custom")),
};

for (const [name, action] of Object.entries(ACTIONS)) {
  test(`10. never is anything borrowed or recursive when a listener calls ${name}`, limit, () =>
    inPage(`async ({ Socket, id, url, control, eventually, fast, turn }) => {
      const action = ${action};
      for (const type of ["statechange", "drop", "error", "close", "retry", "open", "message"]) {
        const own = { id: id + type };
        await control("next", { ...own, dial: "/refuse" });
        const socket = new Socket(url("/echo", own), { ...fast, autoOpen: false });
        let acted = false;
        const act = () => {
          if (acted) return;
          acted = true;
          try {
            action(socket);
          } catch (error) {
            // A socket that is closed may say so; it may not be broken.
            if (error.code !== "closed") throw error;
          }
        };
        socket.addEventListener(type, act);
        socket.send("old", { key: "k" });
        socket.send("new", { key: "k" });
        socket.open();
        await eventually(() => acted, "the " + type + " event");
        await turn();
        socket.close();
        await eventually(() => socket.state === "closed", "closed after " + type);
        await control("wait", { ...own, live: 0 });
      }
    }`),
  );
}

test("10. never is anything borrowed or recursive when a callback of the options calls back in", limit, () =>
  inPage(`async ({ Socket, id, url, control, eventually, fast, turn }) => {
    const actions = { ${Object.entries(ACTIONS)
      .map(([name, action]) => `${JSON.stringify(name)}: ${action}`)
      .join(",\n")} };
    const places = {
      url: (act, own) => ({ url: () => (act(), url("/heartbeat", own)) }),
      protocols: (act) => ({ protocols: () => (act(), []) }),
      encode: (act) => ({ codec: { encode: (message) => (act(), String(message)), decode: (frame) => frame } }),
      "new WebSocket": (act) => ({
        WebSocket: class extends WebSocket {
          constructor(...call) {
            super(...call);
            act();
          }
        },
      }),
      "WebSocket.send": (act) => ({
        WebSocket: class extends WebSocket {
          send(data) {
            act();
            super.send(data);
          }
        },
      }),
      decode: (act) => ({ codec: { encode: (message) => message, decode: (frame) => (act(), frame) } }),
      shouldRetry: (act) => ({ shouldRetry: () => (act(), undefined) }),
      "heartbeat.message": (act) => ({ heartbeat: { message: () => (act(), "ping"), interval: 5, timeout: 5000 } }),
      "heartbeat.answer": (act) => ({
        heartbeat: { message: "ping", answer: (message) => (act(), message === "pong"), interval: 5, timeout: 5000 },
      }),
    };
    for (const [place, options] of Object.entries(places)) {
      for (const [name, action] of Object.entries(actions)) {
        const own = { id: [id, place, name].join() };
        await control("next", { ...own, dial: ["/greet", "/heartbeat"] });
        let acted = false;
        const unlessClosed = (call) => {
          try {
            call();
          } catch (error) {
            // A socket that is closed may say so; it may not be broken.
            if (error.code !== "closed") throw error;
          }
        };
        const act = () => {
          if (acted) return;
          acted = true;
          unlessClosed(() => action(socket));
        };
        const { url: provider, ...given } = options(act, own);
        const socket = new Socket(provider ?? url("/heartbeat", own), { ...fast, autoOpen: false, ...given });
        socket.open();
        unlessClosed(() => socket.send("hello"));
        await eventually(async () => {
          if (place === "shouldRetry" && !acted) await control("kill", own);
          return acted;
        }, place + " to be called, for " + name);
        await turn();
        socket.close();
        await eventually(() => socket.state === "closed", "closed, after " + name + " in " + place);
        await control("wait", { ...own, live: 0 });
      }
    }
  }`),
);

test("10. never does a dial outlive a close() or reconnect() from inside the constructor that makes it", limit, () =>
  inPage(async ({ Socket, id, url, control, countedWebSocket, equal, fast, next, settle }) => {
    for (const method of ["close", "reconnect"]) {
      const own = { id: `${id}-${method}` };
      let dials = 0;
      const counted = countedWebSocket();
      class Reentrant extends counted.WebSocket {
        constructor(...call) {
          super(...call);
          dials += 1;
          if (dials === 1) socket[method]();
        }
      }
      const socket = new Socket(async () => url("/echo", own), { ...fast, WebSocket: Reentrant });
      if (method === "close") await next(socket, "close");
      else {
        await socket.opened;
        await settle(socket, 5);
        equal(counted.most, 1, "connections open at once");
        socket.close();
      }
      const after = new Socket(url("/echo"), fast);
      await after.opened;
      await settle(after, 5);
      after.close();
      await control("wait", { ...own, live: 0 });
    }
  }),
);

test("10. never is anything called after dispose, with messages still on their way", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, journal, turn, thrown }) => {
    for (const end of ["close", "dispose"]) {
      const socket = new Socket(url("/push", { count: 2000, size: 100 }));
      const seen = journal(socket);
      const first = next(socket, "message");
      const closed = next(socket, "close");
      socket.addEventListener("message", () => (end === "close" ? socket.close() : socket[Symbol.dispose]()), {
        once: true,
      });
      await first;
      await closed;
      await control("wait", { live: 0 });
      for (let n = 0; n < 5; n += 1) await turn();
      equal(seen.messages().length, 1, `messages after ${end}`);
      equal(socket.state, "closed");
      socket[Symbol.dispose]();
      socket[Symbol.dispose]();
      equal(socket.bufferedAmount, 0);
      socket.close();
    }
  }),
);

/** How a page gets a port to each kind of worker. */
const WORKERS = {
  "dedicated worker": (script) => new Worker(script, { type: "module" }),
  "shared worker": (script) => new SharedWorker(script, { type: "module" }).port,
  "service worker": async (script) => {
    const registration = await navigator.serviceWorker.register(script, { type: "module" });
    const worker = registration.installing ?? registration.active;
    const { port1, port2 } = new MessageChannel();
    port1.postMessage = (message) => worker.postMessage(message, [port2]);
    return port1;
  },
};

for (const [name, connect] of Object.entries(WORKERS)) {
  test(`11. never is window assumed in a ${name}`, limit, () =>
    inPage(`async ({ url, control, equal }) => {
      await control("next", { dial: "/refuse" });
      const port = await (${connect})("/fixtures/worker.js");
      const report = new Promise((resolve, reject) => {
        port.onmessage = (event) => resolve(event.data);
        port.onerror = (event) => reject(new Error(event.message));
      });
      port.postMessage(url("/echo"));
      equal(await report, ["undefined", "retry", "open", "from a worker", "closed"]);
    }`),
  );
}

test("15. never are binary type, listeners or protocol lost on reconnect", limit, () =>
  inPage(async ({ Socket, url, control, equal, next, fast }) => {
    const socket = new Socket(url("/echo"), { ...fast, protocols: ["chat", "news"] });
    const heard = [];
    socket.addEventListener("message", (event) => heard.push(["listener", event.data.constructor.name]));
    socket.onmessage = (event) => heard.push(["handler", event.data.constructor.name]);
    await socket.opened;
    equal(socket.binaryType, "blob");
    socket.binaryType = "arraybuffer";
    for (let connection = 1; connection <= 3; connection += 1) {
      equal(socket.protocol, "chat", `protocol of connection ${connection}`);
      equal(socket.binaryType, "arraybuffer", `binaryType of connection ${connection}`);
      const echo = next(socket, "message");
      socket.send(new Uint8Array([1, 2, 3]));
      await echo;
      const reopened = next(socket, "open");
      if (connection === 1) await control("kill");
      else socket.reconnect();
      await reopened;
    }
    equal(
      heard,
      Array(3)
        .fill([
          ["listener", "ArrayBuffer"],
          ["handler", "ArrayBuffer"],
        ])
        .flat(),
    );
    const { dials } = await control("stats");
    equal(
      dials.map((dial) => dial.protocols),
      Array(4).fill(["chat", "news"]),
    );
    socket.close();
  }),
);
