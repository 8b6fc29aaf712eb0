// Executor: runs the steps of stored plans against the ports. It never chooses.
export { createEngineCall, type EngineCallInput } from "./engine-call.ts";
export { createExecutor, type Executor, type ExecutorOptions } from "./executor.ts";
export { createHostChannel, type HostChannelOptions } from "./host-channel.ts";
export type { StepPorts } from "./ports.ts";
