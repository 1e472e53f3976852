/**
 * What wasm-bindgen leaves in a wasm although nothing can call it, so that wasm-opt has to keep it as well. It goes from the
 * wasm's text, where functions have names.
 */

/** Only descriptions of closures name these in the table of functions, and those are gone by now: JavaScript uses exports. */
const INVOKED_BY_EXPORT = "::convert::closures::_::invoke::";
/** They wake what polls by way of an export, and wasm-bindgen has taken that export away where nothing is to be polled. */
const WAKERS = "::futures::jspi::task_waker::";
const POLL = '(export "__wbg_jspi_task_poll"';

/** The wasm without the exports that `glue` does not mention, and with a table that names no function in vain. */
export function withoutUnused(wat, glue) {
  const isUnused = (name) => name.includes(INVOKED_BY_EXPORT) || (name.includes(WAKERS) && !wat.includes(POLL));
  return wat
    .replace(/^ \(export "(\w+)" .*\n/gm, (line, name) => (glue.includes(`wasm.${name}`) ? line : ""))
    .replace(/^( \(elem .*? func )(.*)\)$/m, (_, head, list) => {
      const names = list.match(/\$(?:"[^"]*"|\S+)/g);
      // The others keep their places.
      const other = names.find((name) => !isUnused(name));
      if (names.every((name) => !isUnused(name)))
        throw new Error("the wasm has nothing that is unused, or other names");
      return `${head}${names.map((name) => (isUnused(name) ? other : name)).join(" ")})`;
    });
}
