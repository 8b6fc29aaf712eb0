// Shapes shared by all rules: what a rule is given and how it says what it found.
import type { Finding, Inventory, Plan } from "@cynosure/model";

export interface CheckedPlan {
  readonly plan: Plan;
  readonly inventory: Inventory;
  /** The target plan before this one, when the caller has it: without it, restarts are only seen where daemons stop. */
  readonly parent: Plan | null;
}

export interface Rule {
  readonly id: string;
  /** What holds when the rule is silent. */
  readonly statement: string;
  readonly check: (checked: CheckedPlan) => readonly Omit<Finding, "rule">[];
}

export const fatal = (target: string, message: string): Omit<Finding, "rule"> => ({ severity: "fatal", target, message });
export const degraded = (target: string, message: string): Omit<Finding, "rule"> => ({ severity: "degraded", target, message });
