import { msgpack } from "everwire/msgpack";

export const { encode, decode } = msgpack;
