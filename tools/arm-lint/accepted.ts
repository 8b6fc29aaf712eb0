// Findings we live with, each with its reason. A finding nobody explains is an error, and so is an explanation
// of nothing: the list cannot outlive what it speaks of. Pure.
import type { Finding } from "./lint.ts";

export interface Accepted {
  readonly rule: string;
  /** Which places: a regular expression over the whole of it. */
  readonly places: string;
  readonly reason: string;
}

export function explain(findings: readonly Finding[], accepted: readonly Accepted[]): { readonly unexplained: readonly Finding[]; readonly unused: readonly Accepted[] } {
  const matches = (entry: Accepted, finding: Finding): boolean => entry.rule === finding.rule && new RegExp(`^(?:${entry.places})$`).test(finding.place);
  return {
    unexplained: findings.filter((finding) => !accepted.some((entry) => matches(entry, finding))),
    unused: accepted.filter((entry) => entry.reason.trim() === "" || !findings.some((finding) => matches(entry, finding))),
  };
}
