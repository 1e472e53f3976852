const stored = "everwire-demo-visitor";
const colours = ["Amber", "Azure", "Coral", "Indigo", "Ivory", "Jade", "Olive", "Ruby", "Sable", "Teal"];
const birds = ["Bittern", "Crane", "Finch", "Heron", "Ibis", "Kite", "Lark", "Plover", "Swift", "Wren"];

export interface Visitor {
  name: string;
  /** Begins the id of each message that this visitor says. */
  key: string;
}

/** Somebody made up, once for this tab. */
export function visitor(): Visitor {
  const known = sessionStorage.getItem(stored);
  if (known) return JSON.parse(known) as Visitor;
  const fresh = { name: `${any(colours)} ${any(birds)}`, key: randomKey() };
  sessionStorage.setItem(stored, JSON.stringify(fresh));
  return fresh;
}

/** Not `crypto.randomUUID`: it is missing where the page is visited over plain HTTP, as from a phone. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function any(choices: string[]): string {
  return choices[Math.floor(Math.random() * choices.length)] ?? "Somebody";
}
