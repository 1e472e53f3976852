import load, { start } from "./dist/page_dioxus.js";

// Where Dioxus renders: `dx serve` has one too.
document.body.append(Object.assign(document.createElement("div"), { id: "main" }));
await load();
start();
