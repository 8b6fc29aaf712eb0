// Public names of the simulated world: substrate, engine and agents that are made up, and the clock and the
// random streams that make every run of them the same.
export { createSeededRng } from "./seeded-rng.ts";
export { createSimulatedClock, type SimulatedClock, type SimulatedClockOptions } from "./simulated-clock.ts";
export type { FailAt, FaultOptions } from "./faults.ts";
export { createSimulatedWorld, type SimulatedWorld, type SimulatedWorldOptions } from "./world.ts";
export { createSimulatedSubstrate, type SimulatedSubstrateOptions } from "./simulated-substrate.ts";
export { createSimulatedEngine } from "./simulated-engine.ts";
export { simulatedPlanner } from "./simulated-layout.ts";
export { runSimulatedAgents, type SimulatedAgents, type SimulatedAgentsOptions, type SimulatedAgentStore } from "./simulated-agents.ts";
export { simulatedDurations } from "./durations.ts";
