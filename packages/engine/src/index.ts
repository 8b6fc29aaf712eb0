// The storage engine port; adapters live in packages of their own.
export * from "./port.ts";
