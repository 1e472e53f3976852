import { WebSocket as PartyWebSocket } from "partysocket";
import { withBuffers } from "./like-native.js";

export * from "./like-native.js";
export const open = (url) => withBuffers(new PartyWebSocket(url));
