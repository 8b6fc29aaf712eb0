// Public names of the agent: how substrates start it, and its parts for those who test against it.
export { agentArgv, agentEnvironment, agentHaltedExitCode, agentSupervisorScript } from "./command.ts";
export { compileCacheDir, fillAgentCache } from "./compile-cache.ts";
export { agentVersion, startAgent } from "./agent.ts";
export type { Agent, AgentOptions } from "./agent.ts";
export { planConvergence } from "./convergence.ts";
export type { Action, ConvergenceInput, ConvergenceStep, HostObservation } from "./convergence.ts";
export { buildReport } from "./report.ts";
export { checkServedPlan, hostPlanLimits } from "./host-plan-check.ts";
export type { HostHandler, HostHandlers } from "./request-loop.ts";
