import start from "./dist/page_leptos.js";

start();
