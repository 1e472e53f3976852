import { connector } from "./rust.js";

export const connect = connector("everwire-rust");
