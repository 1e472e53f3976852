import load, { start } from "./dist/page_dioxus.js";

// Where Dioxus renders: `dx serve` has one too, and so has a page that a server has rendered.
if (!document.getElementById("main"))
  document.body.append(Object.assign(document.createElement("div"), { id: "main" }));
await load();
start();
