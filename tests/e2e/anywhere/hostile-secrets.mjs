/** What an error tracker would record holds no token: no query, no credentials, no protocol, no payload. */

/** In a page: everything that a thing says of itself, its causes included, and all that goes to the console. */
const WATCHING = `
  const SECRET = "s3cret";
  const said = [];
  for (const level of ["log", "info", "warn", "error", "debug", "trace", "dir"]) {
    const speak = console[level];
    console[level] = (...words) => { said.push(...words.map(String)); speak.apply(console, words); };
  }
  const reports = [];
  window.addEventListener("error", (event) => (reports.push(event.message, event.error), event.preventDefault()));
  const own = (thing) => {
    try { return JSON.stringify(thing, (_key, value) => (typeof value === "bigint" ? String(value) : value)); }
    catch (error) { return String(error); }
  };
  const words = (thing, seen = new Set()) => {
    if (thing === null || typeof thing !== "object" || seen.has(thing)) return [String(thing)];
    seen.add(thing);
    // The message of a \`drop\` event is what was to be sent: for who asks for it, and for nobody else.
    const told = thing.type === "drop" ? [] : ["message"];
    const inside = [...told, "stack", "name", "code", "cause", "error"].flatMap((name) => words(thing[name], seen));
    return [String(thing), own(thing), Object.prototype.toString.call(thing), ...inside];
  };
  const requireSilence = (thing, what) => {
    const leak = words(thing).find((text) => text?.includes(SECRET));
    if (leak) throw new Error("a secret is told by " + what + ": " + leak);
  };
  const EVENTS = ["open", "message", "close", "error", "retry", "statechange", "drop"];
  const watch = (socket, what) => {
    for (const type of EVENTS) socket.addEventListener(type, (event) => events.push([event, what + ", " + type]));
    return socket;
  };
  const events = [];
  const requireAllSilent = () => {
    for (const [event, what] of events) requireSilence(event, what);
    for (const line of said) requireSilence(line, "the console");
    for (const report of reports) requireSilence(report, "what nobody caught");
  };`;

export function hostileSecrets({ test, inPage }) {
  test("no property of a message event, whatever the browser calls it, gives the native socket away", () =>
    inPage(async ({ Socket, url, equal }) => {
      const made = [];
      class Own extends WebSocket {
        constructor(...given) {
          super(...given);
          made.push(this);
        }
      }
      const socket = new Socket(url("/greet"), { WebSocket: Own });
      const found = await new Promise((resolve) => {
        socket.onmessage = (event) => {
          const names = [Event, MessageEvent].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
          const holds = (value) => value === made[0] || (Array.isArray(value) && value.includes(made[0]));
          resolve(names.filter((name) => name !== "constructor" && holds(event[name])));
        };
      });
      equal([made.length, found], [1, []]);
      socket.close();
    }));

  test("options and arguments that are refused are not repeated where they may be secret", () =>
    inPage(`async ({ Socket, url, thrown, next }) => {
    ${WATCHING}
    const open = new Socket(url("/record"));
    const json = new Socket(url("/record"), { codec: "json" });
    const text = new Socket(url("/record"), { codec: "text" });
    const made = new Socket(url("/record"), { codec: { encode: (message) => message, decode: (frame) => frame } });
    await Promise.all([open, json, text, made].map((socket) => socket.opened));
    const circular = { token: SECRET };
    circular.self = circular;
    const number = { valueOf: () => SECRET, toString: () => SECRET, [Symbol.toPrimitive]: () => SECRET };
    const calls = {
      "a URL of another scheme": () => new Socket("ftp://user:" + SECRET + "@127.0.0.1/?token=" + SECRET),
      "a URL with a fragment": () => new Socket("ws://127.0.0.1/?token=" + SECRET + "#" + SECRET),
      "a URL that does not parse": () => new Socket("ws://" + SECRET + ":99999999/" + SECRET),
      "a URL of a wrong type": () => new Socket([SECRET]),
      "a URL object": () => new Socket({ href: "ftp://" + SECRET }),
      "a protocol": () => new Socket(url("/echo"), { protocols: SECRET + " " }),
      "protocols": () => new Socket(url("/echo"), { protocols: ["a", SECRET, SECRET] }),
      "protocols in an object": () => new Socket(url("/echo"), { protocols: { token: SECRET } }),
      "a heartbeat": () => new Socket(url("/echo"), { codec: "text", heartbeat: { message: { token: SECRET } } }),
      "a message of a wrong type": () => open.send({ token: SECRET, toString: () => SECRET }),
      "a message in an array": () => open.send([SECRET]),
      "a message that is a string object": () => open.send(new String(SECRET)),
      "a message that JSON cannot have": () => json.send(circular),
      "a message that is no text": () => text.send([SECRET]),
      "a frame of a wrong type": () => made.send([SECRET]),
      "a code": () => open.close(number),
      "a reason": () => open.close(4000, [SECRET]),
      "a reason that is too long": () => open.close(4000, SECRET.repeat(50)),
      "a key": () => open.send("text", { key: [SECRET] }),
    };
    for (const [what, call] of Object.entries(calls)) requireSilence(thrown(call, what), what);
    // A number can be a secret too.
    const SECRET_NUMBER = 987654321;
    for (const call of [() => open.send(SECRET_NUMBER), () => open.send(BigInt(SECRET_NUMBER)), () => made.send(SECRET_NUMBER)]) {
      const error = thrown(call);
      if (words(error).some((text) => text.includes(SECRET_NUMBER))) throw new Error("a secret is told by " + error.message);
    }
    for (const socket of [open, json, text, made]) socket.close();
    requireAllSilent();
  }`));

  test("no event and no line in the console tells where to, with what and what was sent", () =>
    inPage(`async ({ Socket, id, port, url, control, equal, next, eventually, rejection, fast }) => {
    ${WATCHING}
    const secretUrl = (path) => url(path, { token: SECRET }).replace("ws://", "ws://user:" + SECRET + "@");
    await control("next", { dial: ["/refuse?status=401", "/reset", "/refuse"] });
    const failing = watch(new Socket(secretUrl("/echo"), { ...fast, protocols: [SECRET], maxAttempts: 3 }), "failing");
    const opened = rejection(failing.opened);
    failing.send("{" + SECRET, { key: SECRET });
    failing.send("{" + SECRET, { key: SECRET });
    await next(failing, "close", (event) => !event.willRetry);
    requireSilence(await opened, "opened");

    const providers = {
      "a URL of another scheme": () => "ftp://" + SECRET,
      "a URL that does not parse": () => "ws://" + SECRET + ":99999999",
      "no URL": () => [SECRET],
      "a late one": async () => "ws://" + SECRET + "/#" + SECRET,
    };
    for (const [what, provider] of Object.entries(providers)) {
      const socket = watch(new Socket(provider, { ...fast, maxAttempts: 1 }), "provider of " + what);
      await next(socket, "close", (event) => !event.willRetry);
    }
    const protocols = watch(new Socket(url("/echo"), { ...fast, protocols: () => SECRET + " ", maxAttempts: 1 }), "protocols");
    await next(protocols, "close", (event) => !event.willRetry);

    const living = watch(new Socket(secretUrl("/echo"), {
      ...fast,
      protocols: [SECRET],
      codec: "json",
      maxMessageBytes: 40,
      shouldRetry: () => "nonsense",
      heartbeat: { message: () => SECRET, answer: () => { throw new Error("no answer"); }, interval: 20, timeout: 60_000 },
    }), "living");
    await living.opened;
    for (const text of ["{" + SECRET, '"' + SECRET, SECRET, '{"token":"' + SECRET + '"', "x".repeat(50) + SECRET]) {
      const error = next(living, "error");
      await control("send", { text });
      await error;
    }
    const message = next(living, "message");
    living.send({ token: SECRET });
    await message;
    const again = next(living, "open");
    await control("kill");
    await again;
    await control("mute");
    living.close(4000);
    await eventually(() => living.state === "closed", "closed");

    const strict = watch(new Socket(secretUrl("/push?binary=1"), { codec: "text" }), "strict");
    await next(strict, "error");
    strict.close();
    requireSilence(strict, "the socket itself");
    requireAllSilent();
    equal(events.some(([, what]) => what === "failing, drop") && events.length > 20, true, "many events");
  }`));
}
