import { cbor } from "everwire/cbor";

export const { encode, decode } = cbor;
