import { connector } from "./rust.js";

export const connect = connector("tokio-tungstenite-wasm");
