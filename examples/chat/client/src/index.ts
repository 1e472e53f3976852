/** The chat's `Socket`, for TypeScript: its messages have the types of the Rust crate `messages`. */

import { Socket, type Provider, type SocketOptions } from "everwire";
import type { ClientMessage, ServerMessage } from "./messages.js";
import { decode, encode, initSync, protocol } from "./wasm/client.js";
import module from "./wasm/client_bg.wasm";

export type { ClientMessage, ServerMessage } from "./messages.js";

export type ChatOptions = Omit<SocketOptions<ServerMessage, ClientMessage>, "codec" | "protocols" | "tag">;

export class ChatSocket extends Socket<ServerMessage, ClientMessage> {
  constructor(url: Provider<string | URL>, options?: ChatOptions) {
    // The first call compiles the codec, the others do nothing.
    initSync({ module });
    super(url, { ...options, codec: [{ protocol: protocol(), encode, decode }] });
  }
}
