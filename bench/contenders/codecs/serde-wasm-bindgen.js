export { decode, encode } from "./rust.js";
