import { Socket } from "everwire";

export * from "./like-native.js";
export const open = (url) => new Socket(url, { binaryType: "arraybuffer" });
export const openJson = (url) => new Socket(url, { codec: "json" });
export const sendJson = (socket, value) => socket.send(value);
export { onMessage as onJson } from "./like-native.js";
