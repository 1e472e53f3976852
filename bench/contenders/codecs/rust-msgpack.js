import { inRust } from "./rust.js";

export const { prepare } = inRust("msgpack");
