/**
 * Watches the calls into the wasm. An exception that leaves it, a trap of its own or one that passed through, leaves it
 * broken: what it had borrowed stays borrowed, what it was changing is half changed. Nothing calls into it after that.
 */

/** The exports with a watch on each call; `broken` is told the first exception that leaves. */
export function guard(exports: WebAssembly.Exports, broken: (cause: unknown) => void): WebAssembly.Exports {
  let whole = true;
  const watched = (call: Call): Call => {
    // As many parameters as any export has: a rest parameter would cost an array for each call.
    return (a, b, c, d, e, f, g, h, i) => {
      // A timer, a listener or a finalizer that comes late.
      if (!whole) return undefined;
      try {
        return call(a, b, c, d, e, f, g, h, i);
      } catch (cause) {
        if (whole) {
          whole = false;
          broken(cause);
        }
        throw cause;
      }
    };
  };
  return Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      typeof value === "function" ? watched(value as Call) : value,
    ]),
  );
}

type Call = (...values: unknown[]) => unknown;

/** Everything of JavaScript's that an instance holds: its handles stand in its tables. */
export function held(exports: WebAssembly.Exports): Set<unknown> {
  const tables = Object.values(exports).filter((value) => value instanceof WebAssembly.Table);
  return new Set(tables.flatMap((table) => Array.from({ length: table.length }, (_, at) => table.get(at) as unknown)));
}
