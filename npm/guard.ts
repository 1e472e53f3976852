/**
 * Watches the calls into the wasm. An exception that leaves it is a trap, and leaves it broken: what it was changing is half
 * changed. Nothing calls into it after that.
 */

/** The functions among the exports, with a watch on each call; `broken` is told the exception that leaves. */
export function guard<Exports extends object>(exports: Exports, broken: (cause: unknown) => void): Exports {
  let whole = true;
  const watched = (call: Call): Call => {
    // As many parameters as any export has: a rest parameter would cost an array for each call.
    return (a, b, c, d, e) => {
      // A timer, a listener or a finalizer that comes late.
      if (!whole) return undefined;
      try {
        return call(a, b, c, d, e);
      } catch (cause) {
        whole = false;
        broken(cause);
        throw cause;
      }
    };
  };
  return Object.fromEntries(Object.entries(exports).map(([name, call]) => [name, watched(call as Call)])) as Exports;
}

type Call = (...values: unknown[]) => unknown;
