import { Decoder, Encoder } from "@msgpack/msgpack";

// Kept from one message to the next, as its manual advises.
const encoder = new Encoder();
const decoder = new Decoder();

export const encode = (message) => encoder.encode(message);
export const decode = (bytes) => decoder.decode(bytes);
