/**
 * The page's life and the network, as far as the browser tells. A window, a document and a worker are told apart here and
 * nowhere else; where something is missing, such as in Node, there is nothing to watch.
 */

import { What } from "./engine.js";

/** Tells what happens, and first that there is no network if so; answers how to stop. */
export function watchPage(tell: (what: What) => void): () => void {
  const { document, navigator } = globalThis as Partial<typeof globalThis>;
  if (navigator?.onLine === false) tell(What.Offline);
  const stop = new AbortController();
  const { signal } = stop;
  const watch = (target: Partial<EventTarget> | undefined, name: string, what: What) => {
    const listener = (event: Partial<PageTransitionEvent>) => {
      // A page that is left or shown without having been kept is another page.
      const { persisted = true } = event;
      if (what === What.Visible ? document?.visibilityState === "visible" : persisted) tell(what);
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
  return () => stop.abort();
}
