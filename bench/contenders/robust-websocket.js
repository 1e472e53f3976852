import RobustWebSocket from "robust-websocket";
import { withBuffers } from "./like-native.js";

export * from "./like-native.js";
export const open = (url) => withBuffers(new RobustWebSocket(url));
