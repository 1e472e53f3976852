import ReconnectingWebSocket from "reconnecting-websocket";
import { withBuffers } from "./like-native.js";

export * from "./like-native.js";
export const open = (url) => withBuffers(new ReconnectingWebSocket(url));
