/** What travels over the one socket, as JSON. `www/server/room.mjs` is the other end. */

export interface Price {
  symbol: string;
  name: string;
  price: number;
}

/** All prices at one moment (ms since 1970). */
export interface Tick {
  at: number;
  prices: Price[];
}

export interface Said {
  type: "said";
  /** Chosen by the sender; the room takes each id once. */
  id: string;
  from: string;
  text: string;
  at: number;
}

/** The first message of each connection. */
export interface Welcome {
  type: "welcome";
  /** Which process answers: `run` counts the processes that have served on this port. */
  server: { run: number; pid: number };
  history: Said[];
  ticks: Tick[];
}

export type ServerMessage =
  | Welcome
  | Said
  | ({ type: "tick" } & Tick)
  | { type: "presence"; present: number }
  | { type: "pong" }
  | { type: "flood"; number: number; of: number };

export type ClientMessage = { type: "say"; id: string; text: string } | { type: "ping" };
