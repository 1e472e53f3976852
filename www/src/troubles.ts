import type { RoomSocket } from "./connection";
import type { Journal } from "./journal";
import { byId, setText } from "./dom";
import * as words from "./words";

type Trouble =
  | { kind: "kill" | "refuse" | "turn-away"; seconds: number }
  | { kind: "silence" }
  | { kind: "close"; code: number; reason: string }
  | { kind: "flood"; count: number };

/** The buttons that break things on purpose. The page's own server passes each on to the socket server. */
export function mountTroubles(socket: RoomSocket, journal: Journal): void {
  const outcome = byId("trouble-outcome");
  const form = byId<HTMLFormElement>("close-form");

  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-trouble]")) {
    button.addEventListener("click", () => void cause(JSON.parse(button.dataset.trouble ?? "") as Trouble));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    void cause({ kind: "close", code: Number(fields.get("code")), reason: String(fields.get("reason")) });
  });
  watchFlood();

  async function cause(trouble: Trouble): Promise<void> {
    journal.note("you", "trouble", describe(trouble));
    setText(outcome, `${describe(trouble)} …`);
    try {
      const response = await fetch("api/trouble", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(trouble),
      });
      const answer = (await response.json()) as { error?: string };
      setText(outcome, answer.error ? `Not done: ${answer.error}.` : `${describe(trouble)}.`);
    } catch {
      setText(outcome, "Not done: the page's own server does not answer.");
    }
  }

  function watchFlood(): void {
    let began = 0;
    let inOrder = 0;
    socket.addEventListener("message", ({ data }) => {
      if (data.type !== "flood") return;
      if (data.number === 1) {
        began = performance.now();
        inOrder = 0;
      }
      if (data.number === inOrder + 1) inOrder += 1;
      if (data.number !== data.of) return;
      const took = Math.round(performance.now() - began);
      const result = `${inOrder.toLocaleString("en")} of ${words.count(data.of, "message")} came in order, in ${took} ms`;
      journal.note("server", "flood", result);
      setText(outcome, `${result}.`);
    });
  }
}

function describe(trouble: Trouble): string {
  switch (trouble.kind) {
    case "kill":
      return `The server is killed and comes back in ${trouble.seconds} s`;
    case "refuse":
      return `For ${trouble.seconds} s the server refuses each dial with HTTP 503`;
    case "turn-away":
      return `For ${trouble.seconds} s the server accepts each dial and closes it with 1013`;
    case "silence":
      return "The server has gone silent on the open connections";
    case "close":
      return `The server closes with ${trouble.code}${trouble.reason ? `, “${trouble.reason}”` : ""}`;
    case "flood":
      return `The server sends ${words.count(trouble.count, "message")} at once`;
  }
}
