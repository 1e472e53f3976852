import { Packr } from "msgpackr";

// Plain MessagePack, which other libraries read too: its records are an extension of its own.
const packr = new Packr({ useRecords: false });

export const encode = (message) => packr.pack(message);
export const decode = (bytes) => packr.unpack(bytes);
