import { Socket, load } from "everwire/async";

export * from "./like-native.js";
await load();
export const open = (url) => new Socket(url, { binaryType: "arraybuffer" });
