// The local substrate: hosts as Linux namespaces on this machine.
export { createLocalSubstrate } from "./substrate.ts";
export type { LocalSubstrate, LocalSubstrateOptions } from "./substrate.ts";
export { rootNamespaces } from "./root-namespaces.ts";
export { makeUserNamespaces } from "./user-namespace.ts";
export { makeLoopbackRung } from "./loopback-rung.ts";
export type { Rung } from "./rung.ts";
export { DEFAULT_AGENT_ARGV, HOST_VARIABLE, NODE_INSIDE, PROJECT_DIR_INSIDE } from "./sandbox.ts";
