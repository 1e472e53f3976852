import { Socket } from "everwire";
import type { ClientMessage, ServerMessage } from "./protocol";

export type RoomSocket = Socket<ServerMessage, ClientMessage>;

/** One socket, made once, never replaced. `heartbeatAnswered` is called for each answer to a heartbeat. */
export function joinRoom(name: string, heartbeatAnswered: () => void): RoomSocket {
  return new Socket<ServerMessage, ClientMessage>(() => roomAddress(name), {
    codec: "json",
    // Quicker than the defaults all through, so that a visitor need not wait for what there is to see.
    backoff: { min: 100, base: 500, max: 4000 },
    connectTimeout: 4000,
    stableAfter: 3000,
    heartbeat: {
      message: { type: "ping" },
      answer: (message) => {
        if (message.type !== "pong") return false;
        heartbeatAnswered();
        return true;
      },
      interval: 2000,
      timeout: 4000,
    },
  });
}

// Asked before every dial, as a page would fetch a fresh token.
async function roomAddress(name: string): Promise<URL> {
  const response = await fetch("api/room");
  const { port } = (await response.json()) as { port: number };
  const address = new URL(`ws://${location.hostname}:${port}/`);
  address.searchParams.set("name", name);
  return address;
}
