/**
 * The page's life and the network, as far as the browser tells. A window, a document and a worker are told apart here and
 * nowhere else; where something is missing, such as in Node, there is nothing to watch.
 */

import { What } from "./engine.js";

type Tell = (what: What) => void;

/** Who is told. The page is listened to once for all of them, as long as there are any. */
const watching = new Set<Tell>();
let listening: AbortController;

/** Tells what happens, and first that there is no network if so; answers how to stop. */
export function watchPage(tell: Tell): () => void {
  if (globalThis.navigator?.onLine === false) tell(What.Offline);
  if (!watching.size) listen();
  watching.add(tell);
  return () => {
    watching.delete(tell);
    // An error of the browser's own, as the reason, would hold who called: a native socket.
    if (!watching.size) listening.abort(0);
  };
}

function listen(): void {
  const { document } = globalThis as Partial<typeof globalThis>;
  listening = new AbortController();
  const { signal } = listening;
  const watch = (target: Partial<EventTarget> | undefined, name: string, what: What) => {
    const listener = (event: Partial<PageTransitionEvent>) => {
      // A page that is left or shown without having been kept is another page.
      const { persisted = true } = event;
      if (what === What.Visible ? document?.visibilityState !== "visible" : !persisted) return;
      // Whom one of them stops, or starts, is not told.
      for (const tell of [...watching]) if (watching.has(tell)) tell(what);
    };
    target?.addEventListener?.(name, listener as EventListener, { signal });
  };
  watch(globalThis, "online", What.Online);
  watch(globalThis, "offline", What.Offline);
  watch(globalThis, "pagehide", What.Frozen);
  watch(globalThis, "pageshow", What.Thawed);
  watch(document, "freeze", What.Frozen);
  watch(document, "resume", What.Thawed);
  watch(document, "visibilitychange", What.Visible);
}
