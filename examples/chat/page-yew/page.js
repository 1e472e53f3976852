// For the page that a server has rendered; trunk brings its own.
import start from "./dist/page_yew.js";

start();
