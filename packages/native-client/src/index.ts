// Public names of the client of engines' own APIs.
export * from "./native-api.ts";
export { createNativeClient } from "./client.ts";
export type { NativeClientOptions, NativeStreamRequest, StreamingNativeClient } from "./client.ts";
export type { ExchangeAnswer, RawHeaders } from "./exchange.ts";
export { NATIVE_LIMITS } from "./limits.ts";
export type { NativeClientLimits } from "./limits.ts";
export { pourBody } from "./pour.ts";
export { createSpareMemory } from "./spare-memory.ts";
export type { SpareMemory } from "./spare-memory.ts";
