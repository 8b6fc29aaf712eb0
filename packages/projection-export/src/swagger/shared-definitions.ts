// Definitions for what the engine's document leaves open.
import type { Json } from "./json.ts";

export const NATIVE_OBJECT = "NativeObject";
export const NATIVE_ANSWER = "NativeAnswer";

export const sharedDefinitions: readonly (readonly [string, Json])[] = [
  [NATIVE_OBJECT, { type: "object", description: "An object of the engine whose members its document does not say at this depth." }],
  [NATIVE_ANSWER, { description: "Whatever the engine answers: its document does not say." }],
];
