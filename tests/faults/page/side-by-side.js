/** A page of the side by side: shows one library's component, talks through it as a user would, and keeps the book. */
import init, { mount } from "side-by-side";
import { message, numberIn } from "../messages.mjs";
import { Random } from "../random.mjs";
import { watchedWebSocket } from "./watched.js";

const FINE = ["", "sent", "queued"];

const random = new Random(2);
const place = document.querySelector("main");

/** As main.js has it; `results` is what the component shows of what `send` answered, "" for nothing. */
const book = { results: [], refused: [], dropped: [], handed: [], arrived: [], delivered: [], withdrawn: [] };
/** When each numbered message was said, and when it was shown, by the clock. */
const saidAt = [];
const heardAt = [];
let answered = false;
let mounted, talking;

globalThis.WebSocket = watchedWebSocket(book);

let seen = 0;
new MutationObserver(() => {
  const lines = place.querySelectorAll("li");
  for (; seen < lines.length; seen += 1) hear(lines[seen].textContent);
}).observe(place, { childList: true, subtree: true });

function hear(text) {
  const n = numberIn(text);
  if (n === undefined) {
    answered = true;
    return;
  }
  book.delivered.push(n);
  heardAt.push(Date.now());
}

function say(text) {
  const input = place.querySelector("input");
  input.value = text;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function sayNext() {
  noteAnswer();
  saidAt.push(Date.now());
  say(message(saidAt.length - 1, random));
}

/** A component shows the answer only after it has rendered: it is read before the next message is said. */
function noteAnswer() {
  const n = book.results.length;
  if (saidAt.length === n) return;
  const answer = place.querySelector("output")?.textContent.toLowerCase() ?? "";
  if (!FINE.includes(answer)) book.refused.push(n);
  book.results.push(answer);
}

await init({ module_or_path: "/side_by_side_bg.wasm" });

globalThis.visit = {
  mount(library, url) {
    mounted = mount(library, place, url);
  },
  unmount: () => mounted.unmount(),
  talk(pace) {
    talking = setInterval(sayNext, pace);
  },
  quiet() {
    clearInterval(talking);
    noteAnswer();
  },
  /** Says something that the server answers after all that was said before. */
  ask: say,
  isAnswered: () => answered,
  /** When the first message with this number or a higher one was heard. */
  heardSince: (n) => heardAt[book.delivered.findIndex((heard) => heard >= n)],
  book: () => ({ ...book, saidAt }),
};
