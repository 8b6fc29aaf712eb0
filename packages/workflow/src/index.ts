// Durable step workflows over DBOS: launching, queueing in a transaction, recovery of dead peers.
export { createCrashPoint, crashPoints, planningCrashPoints, type CrashPoint } from "./crash-point.ts";
export { SILENT_MS_MAX, sessionNameOf } from "./lease.ts";
export { launchWorkflows, type StepRun, type WorkflowOptions, type Workflows } from "./launch.ts";
export type { Log, LogLevel } from "./log.ts";
export { createStepEnqueuer, type StepEnqueuer } from "./step-workflow.ts";
export { sweepSteps } from "./sweeper.ts";
