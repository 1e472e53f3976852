// The control.

export * from "./native.js";
