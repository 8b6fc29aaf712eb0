// The VAST storage engine: pure planner, and effects through the management server's own API.
export { createVastEngine, type VastEngine } from "./engine/vast-engine.ts";
export { FIRST_USER, type ClientAddresses, type ManagementServer, type VastEngineOptions } from "./engine/management-server.ts";
export { actionNames } from "./layout/names.ts";
export { vastPlanner } from "./layout/engine-planner.ts";
