/**
 * The page's life and the network, as far as the browser tells. A window, a document and a worker are told apart here and
 * nowhere else; where something is missing, such as in Node, there is nothing to watch.
 */

import { What } from "./engine.js";

const ON_GLOBAL = {
  online: What.Online,
  offline: What.Offline,
  pagehide: What.Frozen,
  pageshow: What.Thawed,
};
const ON_DOCUMENT = {
  freeze: What.Frozen,
  resume: What.Thawed,
  visibilitychange: What.Visible,
};

/** Tells what happens, and first that there is no network if so; answers how to stop. */
export function watchPage(tell: (what: What) => void): () => void {
  const { document, navigator } = globalThis as Partial<typeof globalThis>;
  if (navigator?.onLine === false) tell(What.Offline);
  const stop = new AbortController();
  const { signal } = stop;
  const watch = (target: Partial<EventTarget> | undefined, events: Readonly<Record<string, What>>) => {
    for (const [name, what] of Object.entries(events)) {
      const listener = (event: Partial<PageTransitionEvent>) => {
        // A page that is left or shown without having been kept is another page.
        const { persisted = true } = event;
        if (what === What.Visible ? document?.visibilityState === "visible" : persisted) tell(what);
      };
      target?.addEventListener?.(name, listener as EventListener, { signal });
    }
  };
  watch(globalThis, ON_GLOBAL);
  watch(document, ON_DOCUMENT);
  return () => stop.abort();
}
