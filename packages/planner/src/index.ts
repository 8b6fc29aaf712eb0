// Public names of the planner: from policy, inventory and the target plan to the next plan, and plans in words.
export { plan, emptyInventory, findLayoutProblems } from "./plan.ts";
export type { PlanningInput, PlanningResult } from "./planning-input.ts";
export { criticalPath, type CriticalPath } from "./critical-path.ts";
export { diffPlans } from "./diff-plans.ts";
export { describePlan, describeScheme } from "./plan-text.ts";
export * as stepIds from "./step-ids.ts";
