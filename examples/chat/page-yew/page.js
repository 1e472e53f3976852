import start from "./dist/page_yew.js";

start();
