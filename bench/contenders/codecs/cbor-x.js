import { Encoder } from "cbor-x";

// Plain CBOR, which other libraries read too: its records are an extension of its own.
const encoder = new Encoder({ useRecords: false });

export const encode = (message) => encoder.encode(message);
export const decode = (bytes) => encoder.decode(bytes);
