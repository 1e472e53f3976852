import { io } from "socket.io-client";

export const open = (url) =>
  io(new URL(url).origin.replace("ws", "http"), { transports: ["websocket"], forceNew: true, query: { url } });
export const onOpen = (socket, heard) => socket.on("connect", () => heard());
export const onMessage = (socket, heard) => socket.on("message", heard);
export const sendJson = (socket, value) => socket.send(value);
export const onJson = onMessage;
