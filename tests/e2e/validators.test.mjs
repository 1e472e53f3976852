/** Messages that a validator looks at, on their way out and in. */
import { pageTests } from "./harness.mjs";

const { test, inPage } = await pageTests();

test("a message that is not valid reaches no listener and never leaves; both say where", () =>
  inPage(async ({ Socket, url, control, equal, thrown, journal, eventually, rejection }) => {
    const schema = {
      "~standard": {
        version: 1,
        vendor: "by hand",
        validate: (value) =>
          typeof value?.user?.name === "string"
            ? { value: { ...value, checked: true } }
            : { issues: [{ message: "secret text", path: ["user", { key: "name" }] }] },
      },
    };
    const socket = new Socket(url("/answer"), { codec: "json", incoming: schema, outgoing: schema });
    const seen = journal(socket);
    socket.send({ user: { name: "ada" } });
    const error = thrown(() => socket.send({ user: { name: 5 } }));
    equal(
      [error.code, error.message, error.path, error.cause.length],
      ["invalid-message", "the message is not valid at user.name", ["user", "name"], 1],
    );
    equal((await rejection(socket.request({}))).code, "invalid-message");
    await eventually(() => seen.messages().length === 1, "the message that is valid");
    equal(seen.messages(), [{ user: { name: "ada" }, checked: true }]);
    equal((await control("stats")).received.length, 1);

    const strict = new Socket(url("/answer"), { codec: "json", incoming: schema });
    const heard = journal(strict);
    strict.send({ user: {} });
    await eventually(() => heard.of("error").length === 1, "an error");
    equal([heard.of("error")[0].code, heard.messages()], ["invalid-message", []]);
    equal((await rejection(strict.request({ user: {} }))).code, "invalid-message");
    equal(strict.stats, { connections: 1, sent: 2, received: 2, undeliverable: 2, dropped: 0 });
    equal(strict.state, "open");

    const later = { "~standard": { version: 1, vendor: "late", validate: async (value) => ({ value }) } };
    const late = new Socket(url("/answer"), { codec: "json", outgoing: later, autoOpen: false });
    equal(thrown(() => late.send({})).message, "the validator must not be async");
    const own = { "~standard": { version: 1, vendor: "thenable", validate: () => ({ then() {} }) } };
    const thenable = new Socket(url("/answer"), { codec: "json", outgoing: own, autoOpen: false });
    equal(thrown(() => thenable.send({})).message, "the validator must not be async");
    const none = { "~standard": { version: 1, vendor: "forgetful", validate: () => undefined } };
    const forgetful = new Socket(url("/answer"), { codec: "json", outgoing: none, autoOpen: false });
    equal(thrown(() => forgetful.send({})).code, "invalid-message");
    for (const wrong of [5, {}, { "~standard": {} }, null]) {
      const refused = thrown(() => new Socket(url("/answer"), { incoming: wrong }));
      equal(refused.message.startsWith("option `incoming`: takes a Standard Schema"), true, refused.message);
    }
    socket.close();
    strict.close();
  }));

test("a validator that throws refuses the message, and its error is the cause", () =>
  inPage(async ({ Socket, url, equal, thrown, journal, eventually, rejection }) => {
    const schema = {
      "~standard": {
        version: 1,
        vendor: "by hand",
        validate(value) {
          if (value === "none") throw undefined;
          throw new RangeError("of the validator's own");
        },
      },
    };
    const out = new Socket(url("/echo"), { codec: "json", outgoing: schema });
    const error = thrown(() => out.send("text"));
    equal([error.code, error.message], ["invalid-message", "the validator threw"]);
    equal([error.cause.name, error.cause.message], ["RangeError", "of the validator's own"]);
    equal((await rejection(out.request("text"))).code, "invalid-message");

    const socket = new Socket(url("/echo"), { codec: "json", incoming: schema });
    const seen = journal(socket);
    socket.send("none");
    socket.send("text");
    await eventually(() => seen.of("error").length === 2, "both errors");
    equal(
      seen.of("error").map(({ code }) => code),
      ["invalid-message", "invalid-message"],
    );
    equal([seen.messages(), socket.state], [[], "open"]);
    socket.close();
    out.close();
  }));
