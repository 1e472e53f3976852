import { connector } from "./rust.js";

export const connect = connector("ws_stream_wasm");
