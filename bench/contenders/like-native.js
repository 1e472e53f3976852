// What a user of the native API, or of a library that imitates it, writes.

export const onOpen = (socket, heard) => socket.addEventListener("open", () => heard());
export const onMessage = (socket, heard) => socket.addEventListener("message", (event) => heard(event.data));
export const sendJson = (socket, value) => socket.send(JSON.stringify(value));
export const onJson = (socket, heard) => onMessage(socket, (text) => heard(JSON.parse(text)));

/** The socket, with binary messages as buffers. */
export function withBuffers(socket) {
  socket.binaryType = "arraybuffer";
  return socket;
}
