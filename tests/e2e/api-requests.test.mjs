/** Requests and signals, where user code comes in between. */
import { pageTests } from "./harness.mjs";

const { test, inPage } = await pageTests();

test("of two messages with a request's number in one turn, the second is a message like any other", () =>
  inPage(async ({ Socket, url, control, equal, journal }) => {
    // Those of Node's package `ws` give all that one read brought in one turn.
    let native;
    class Given extends WebSocket {
      constructor(...call) {
        super(...call);
        native = this;
      }
    }
    const socket = new Socket(url("/record"), { codec: "json", WebSocket: Given });
    const seen = journal(socket);
    const reply = socket.request("question");
    await control("wait", { received: 1 });
    for (const reply of ["first", "second"]) {
      native.onmessage(new MessageEvent("message", { data: JSON.stringify({ id: 1, reply }) }));
    }
    equal(await reply, "first");
    equal([seen.messages(), socket.stats.received], [[{ id: 1, reply: "second" }], 2]);
    socket.close();
  }));

test("a request without a codec says that it needs one", () =>
  inPage(async ({ Socket, url, equal, rejection, thrown }) => {
    for (const correlation of [undefined, "id"]) {
      const socket = new Socket(url("/record"), { correlation, autoOpen: false });
      const errors = [
        await rejection(socket.request({ ask: 1 })),
        thrown(() => socket.subscribe({ watch: 1 })),
        thrown(() => socket.send({ say: 1 })),
      ];
      const what =
        "takes a string, an ArrayBuffer, a view or a Blob (requests and all else need a codec), got an object";
      for (const { code, message } of errors) {
        equal([code, message], ["invalid-argument", `argument \`message\`: ${what}`]);
      }
      equal(socket.queue.count, 0);
    }
  }));

test("a signal that is aborted while a message is encoded keeps it from being sent", () =>
  inPage(async ({ Socket, url, control, equal, thrown, rejection }) => {
    const aborting = new AbortController();
    const codec = {
      encode(message) {
        if (message === "taken back") aborting.abort("no more");
        return JSON.stringify(message);
      },
      decode: JSON.parse,
    };
    const socket = new Socket(url("/record"), { codec, correlation: "id" });
    const { signal } = aborting;
    equal(
      thrown(() => socket.send("taken back", { signal })),
      "no more",
    );
    equal(await rejection(socket.request({ late: true }, { signal })), "no more");
    equal(socket.queue.count, 0);
    socket.send("sent");
    equal((await control("wait", { received: 1 })).received, ['"sent"']);
    socket.close();
  }));

test("a dial whose failure is told by an error alone, as Node 22 does, is one that failed", () =>
  inPage(async ({ Socket, url, equal, next, journal }) => {
    class Quiet extends EventTarget {
      readyState = 0;
      constructor() {
        super();
        setTimeout(() => this.onerror?.(new Event("error")));
      }
      close() {}
    }
    const socket = new Socket(url("/echo"), { WebSocket: Quiet, backoff: { min: 60_000, max: 60_000 } });
    const seen = journal(socket);
    await next(socket, "retry");
    equal([seen.of("error")[0].code, socket.state], ["connect-failed", "waiting"]);
    socket.close();
  }));

test("an end without a close frame has the code 1006, where Deno says 0 too", () =>
  inPage(async ({ Socket, url, equal, next }) => {
    class Deno extends EventTarget {
      readyState = 0;
      constructor() {
        super();
        setTimeout(() => this.onclose?.({ code: 0, reason: "", wasClean: false }));
      }
      close() {}
    }
    const socket = new Socket(url("/echo"), { WebSocket: Deno, maxAttempts: 1 });
    const { code, wasClean, willRetry } = await next(socket, "close");
    equal([code, wasClean, willRetry], [1006, false, false]);
  }));

test("a heartbeat that is no frame is reported", () =>
  inPage(
    async ({ Socket, url, next, equal }) => {
      const heartbeat = { message: async () => "ping", interval: 20, timeout: 60_000 };
      const socket = new Socket(url("/echo"), { heartbeat });
      const uncaught = await next(window, "error");
      equal(uncaught.error.message.includes("takes a string"), true);
      socket.close();
    },
    { uncaught: [/takes a string/] },
  ));

test("what the last dial failed with is the cause of the error of who comes after", () =>
  inPage(async ({ Socket, url, equal, thrown, rejection }) => {
    const gone = new Socket(() => Promise.reject(new RangeError("no token")), { maxAttempts: 1 });
    const early = await rejection(gone.opened);
    equal([early.code, early.cause.code], ["closed", "gave-up"]);
    equal([early.cause.cause.code, early.cause.cause.cause.message], ["provider-failed", "no token"]);
    equal(thrown(() => gone.send("late")).cause.code, "gave-up");

    class Forbidden {
      constructor() {
        throw new DOMException("not here", "SecurityError");
      }
    }
    const blocked = new Socket(url("/echo"), { WebSocket: Forbidden });
    const error = thrown(() => blocked.send("at once"));
    equal([error.code, error.cause.code], ["closed", "blocked"]);

    const again = new Socket(url("/refuse"), { maxAttempts: 1 });
    again.addEventListener("error", ({ error }) => error.code === "gave-up" && again.open());
    const waited = await rejection(again.opened);
    equal([waited.cause.code, waited.cause.cause.code], ["gave-up", "connect-failed"]);
    again.close();

    const closed = new Socket(url("/refuse"));
    closed.close();
    equal((await rejection(closed.opened)).cause, undefined);
  }));

test("what a provider throws too late is the cause of no other dial's failure", () =>
  inPage(async ({ Socket, url, equal, eventually, next }) => {
    let fail;
    const answers = [() => new Promise((_, reject) => (fail = reject)), () => url("/echo")];
    class Broken {
      constructor() {
        throw new RangeError("second");
      }
    }
    const socket = new Socket(() => answers.shift()(), { WebSocket: Broken, maxAttempts: 1 });
    await eventually(() => fail, "the first provider");
    const failed = next(socket, "error");
    socket.reconnect();
    fail(new RangeError("first"));
    const { error } = await failed;
    equal([error.code, error.cause.message], ["provider-failed", "second"]);
    socket.close();
  }));
