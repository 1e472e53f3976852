import start from "./dist/page_rust.js";

start();
