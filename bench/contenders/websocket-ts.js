import { ArrayQueue, WebsocketBuilder } from "websocket-ts";
import { withBuffers } from "./like-native.js";

// It queues nothing unless it is given a queue, and the others have one.
export const open = (url) => withBuffers(new WebsocketBuilder(url).withBuffer(new ArrayQueue()).build());
export const onOpen = (socket, heard) => socket.addEventListener("open", () => heard());
export const onMessage = (socket, heard) => socket.addEventListener("message", (_socket, event) => heard(event.data));
export const sendJson = (socket, value) => socket.send(JSON.stringify(value));
export const onJson = (socket, heard) => onMessage(socket, (text) => heard(JSON.parse(text)));
