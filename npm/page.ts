/**
 * The page's life and the network, as far as the browser tells. A window, a document and a worker are told apart here and
 * nowhere else; where something is missing, such as in Node, there is nothing to watch.
 */

import { What } from "./engine.js";

const ON_GLOBAL = ["online", "offline", "pagehide", "pageshow"];
const ON_DOCUMENT = ["visibilitychange", "freeze", "resume"];

/** Tells what happens, and first that there is no network if so; answers how to stop. */
export function watchPage(tell: (what: What) => void): () => void {
  const { document, navigator } = globalThis as Partial<typeof globalThis>;
  if (navigator?.onLine === false) tell(What.Offline);
  const listener = (event: Event) => {
    const what = read(event, document);
    if (what !== undefined) tell(what);
  };
  const stop = new AbortController();
  const { signal } = stop;
  for (const [target, names] of [
    [globalThis as Partial<EventTarget>, ON_GLOBAL],
    [document, ON_DOCUMENT],
  ] as const) {
    for (const name of names) target?.addEventListener?.(name, listener, { signal });
  }
  return () => stop.abort();
}

function read(event: Event, document: Document | undefined): What | undefined {
  const { persisted } = event as Partial<PageTransitionEvent>;
  switch (event.type) {
    case "online":
      return What.Online;
    case "offline":
      return What.Offline;
    case "freeze":
      return What.Frozen;
    case "resume":
      return What.Thawed;
    case "pagehide":
      return persisted ? What.Frozen : undefined;
    case "pageshow":
      return persisted ? What.Thawed : undefined;
    default:
      return document?.visibilityState === "visible" ? What.Visible : undefined;
  }
}
