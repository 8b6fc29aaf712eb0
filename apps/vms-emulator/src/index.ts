// Public names of the emulator of a VAST management server.
export { DEFAULT_USER, NODES_MAX } from "./options.ts";
export type { EmulatedNode, EmulatedUser, EmulatorDelays, EmulatorOptions, FailingStep, Fault, NodeKind } from "./options.ts";
export { startVmsEmulator } from "./start.ts";
export type { VmsEmulator } from "./start.ts";
