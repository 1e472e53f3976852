/** Reports an exception of the user's code as the browser does, or to the console where it cannot. */
export function report(thrown: unknown): void {
  (globalThis.reportError ?? console.error)(thrown);
}
