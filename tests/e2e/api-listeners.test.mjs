/** Who listens to a socket: as on every EventTarget, and with handlers as the browser has them. */
import { test } from "node:test";
import { browser, limit, pageTests } from "./harness.mjs";

const { inPage } = await pageTests();

test("listeners work as on every EventTarget: once, signal, objects, order, twice the same", limit, () =>
  inPage(async ({ Socket, url, equal, roundTrip }) => {
    const socket = new Socket(url("/echo"));
    await socket.opened;
    const calls = [];
    const twice = () => calls.push("twice");
    const controller = new AbortController();
    const object = {
      handleEvent(event) {
        calls.push(this === object && event.type);
      },
    };
    socket.addEventListener("message", () => calls.push("once"), { once: true });
    socket.addEventListener("message", () => calls.push("signal"), { signal: controller.signal });
    socket.addEventListener("message", twice);
    socket.addEventListener("message", twice);
    socket.addEventListener("message", object);
    await roundTrip(socket);
    controller.abort();
    socket.removeEventListener("message", object);
    await roundTrip(socket);
    equal(calls, ["once", "signal", "twice", "message", "twice"]);
    socket.close();
  }),
);

test("on… handlers are as the browser's: null at first, callable or null, in the order of their setting", limit, () =>
  inPage(async ({ Socket, url, equal, roundTrip }) => {
    const socket = new Socket(url("/echo"), { autoOpen: false });
    for (const type of ["open", "message", "close", "error", "retry", "statechange", "drop"]) {
      const name = `on${type}`;
      equal(socket[name], null, name);
      const handler = () => {};
      socket[name] = handler;
      equal(socket[name] === handler, true, name);
      for (const nothing of [null, undefined, 1, "alert(1)"]) {
        socket[name] = handler;
        socket[name] = nothing;
        equal(socket[name], null, `${name} = ${nothing}`);
      }
      equal(Object.hasOwn(socket, name), false, `${name} is an accessor of the prototype`);
    }
    const calls = [];
    socket.addEventListener("message", () => calls.push("first"));
    socket.onmessage = () => calls.push("replaced");
    socket.addEventListener("message", () => calls.push("third"));
    socket.onmessage = function (event) {
      calls.push(this === socket && event.type);
    };
    socket.open();
    await socket.opened;
    await roundTrip(socket);
    equal(calls, ["first", "message", "third"]);
    socket.onmessage = null;
    await roundTrip(socket);
    equal(calls.slice(3), ["first", "third"]);
    socket.close();
  }),
);

test("a message event answers as the browser's own does", limit, () =>
  inPage(async ({ Socket, url, equal, ok, next }) => {
    const told = (event, target) => {
      event.preventDefault();
      event.stopPropagation();
      const own = Object.getOwnPropertyNames(Event.prototype).concat(
        Object.getOwnPropertyNames(MessageEvent.prototype),
      );
      const values = own
        .filter((name) => !["timeStamp", "constructor"].includes(name) && typeof event[name] !== "function")
        .map((name) => [name, event[name] === target ? "the socket" : event[name]]);
      return [
        ...values,
        event.isTrusted,
        event.composedPath()[0] === target,
        event.composedPath().length,
        String(event),
      ];
    };
    const heard = (socket) =>
      new Promise((resolve) => socket.addEventListener("message", (event) => resolve(told(event, socket))));
    const ours = new Socket(url("/greet", { text: "hi" }));
    const theirs = new WebSocket(url("/greet", { text: "hi" }));
    const both = await Promise.all([heard(ours), heard(theirs)]);
    equal(both[0], both[1], "ours and the browser's");

    await ours.opened;
    const again = next(ours, "message");
    ours.reconnect();
    const event = await again;
    ok(event.timeStamp > 0, "a time stamp");
    equal(new MessageEvent("message", event).data, "hi", "made into another event");
    ours.close();
    theirs.close();
  }),
);

// Firefox calls those that capture first, as the standard has it by now; Chromium and everwire in the order of adding.
const skip = browser.name === "Firefox" && "the order of listeners that capture";
test("listeners of messages are called as an EventTarget calls them", { ...limit, skip }, () =>
  inPage(async ({ Socket, url, equal, ok, thrown, eventually }) => {
    const socket = new Socket(url("/echo"));
    await socket.opened;
    const native = new EventTarget();
    const story = (target) => {
      const calls = [];
      const on = (name, options, then) => {
        const listener = (event) => (calls.push(name), then?.(event));
        target.addEventListener("message", listener, options);
        return listener;
      };
      const twice = on("twice");
      target.addEventListener("message", twice);
      target.addEventListener("message", twice, { capture: false });
      target.addEventListener("message", twice, true);
      on("captures", true);
      on("captures too", { capture: true, once: true });
      const gone = on("gone", true);
      target.removeEventListener("message", gone);
      target.removeEventListener("message", gone, { capture: true });
      on("aborted before", { signal: AbortSignal.abort() });
      target.addEventListener("message", null);
      target.addEventListener("message", undefined);
      target.removeEventListener("message", null);
      const late = { handleEvent: () => calls.push("first handleEvent") };
      target.addEventListener("message", late);
      late.handleEvent = function () {
        calls.push(this === late ? "late handleEvent" : "another this");
      };
      target.addEventListener("message", function () {
        calls.push(this === target ? "this" : "another this");
      });
      on("once", { once: true }, () => target.dispatchEvent(new MessageEvent("message", { data: "inner" })));
      let stops = 0;
      on("stops", undefined, (event) => (stops += 1) === 3 && event.stopImmediatePropagation());
      on("last");
      return calls;
    };
    const ours = story(socket);
    const theirs = story(native);
    for (let n = 0; n < 3; n += 1) {
      native.dispatchEvent(new MessageEvent("message"));
      socket.send("round");
    }
    await eventually(() => ours.length >= theirs.length, "three messages");
    equal(ours, theirs, "calls");
    for (const wrong of [5, "listener", true, Symbol("listener")]) {
      ok(thrown(() => native.addEventListener("message", wrong)) instanceof TypeError, "the browser's own");
      ok(thrown(() => socket.addEventListener("message", wrong)) instanceof TypeError, `takes ${String(wrong)}`);
    }
    socket.close();
  }),
);
