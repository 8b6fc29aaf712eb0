// Runs every rule over a plan. Apart from the planner on purpose: what must never happen is written down a
// second time, by other means, and asserted before a plan becomes the target.
import type { Finding, Inventory, Plan } from "@cynosure/model";
import { oneDomainAtATime } from "./disruption.ts";
import type { Rule } from "./finding.ts";
import { generationsRise } from "./generations.ts";
import { quorumIsSound, servicesAreRedundant } from "./placement.ts";
import { copiesFitDomains, lastCopyStays, protectionIsHeld } from "./protection.ts";
import { addressesExist, secretsArePlaceholders } from "./secrets.ts";
import { dagIsSound, hostsAreKnown } from "./step-order.ts";

export const rules: readonly Rule[] = [
  dagIsSound,
  hostsAreKnown,
  generationsRise,
  protectionIsHeld,
  copiesFitDomains,
  lastCopyStays,
  oneDomainAtATime,
  servicesAreRedundant,
  quorumIsSound,
  secretsArePlaceholders,
  addressesExist,
];

/** Empty when the plan may become the target. `parent` is the target plan before it; give it whenever there is one. */
export function checkPlan(plan: Plan, inventory: Inventory, parent: Plan | null = null): Finding[] {
  return rules.flatMap((rule) => rule.check({ plan, inventory, parent }).map((finding) => ({ rule: rule.id, ...finding })));
}

export const isRefused = (findings: readonly Finding[]): boolean => findings.some((finding) => finding.severity === "fatal");
