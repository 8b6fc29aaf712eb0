// Public names of the plan checks: invariants over a plan.
export { checkPlan, isRefused, rules } from "./check-plan.ts";
export { suspectSecret } from "./secrets.ts";
export type { CheckedPlan, Rule } from "./finding.ts";
