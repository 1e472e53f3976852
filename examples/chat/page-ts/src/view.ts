/** The page: what it shows, and what its visitor does. It knows nothing of sockets. */

const element = <T extends HTMLElement>(id: string, kind: new () => T): T => {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} #${id}`);
};

const join = element("join", HTMLFormElement);
const name = element("name", HTMLInputElement);
const room = element("room", HTMLElement);
const status = element("status", HTMLElement);
const online = element("online", HTMLElement);
const said = element("said", HTMLElement);
const say = element("say", HTMLFormElement);
const text = element("text", HTMLInputElement);

export function onJoin(listener: (name: string) => void): void {
  join.addEventListener("submit", (event) => {
    event.preventDefault();
    join.hidden = true;
    room.hidden = false;
    text.focus();
    listener(name.value);
  });
}

export function onSay(listener: (text: string) => void): void {
  say.addEventListener("submit", (event) => {
    event.preventDefault();
    listener(text.value);
    text.value = "";
  });
}

export function showStatus(words: string): void {
  status.textContent = words;
}

export function showOnline(names: string[]): void {
  online.textContent = names.join(", ");
}

export function showSaid(from: string, words: string, at: Date): void {
  const time = document.createElement("time");
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleTimeString();
  const line = document.createElement("p");
  line.append(time, ` ${from}: ${words}`);
  said.append(line);
  said.scrollTop = said.scrollHeight;
}
