// The doctor's findings, the worst first, and in one line. Pure.
import type { DoctorFinding } from "@cynosure/sdk";

const ranks: Readonly<Record<string, number>> = { failed: 0, warning: 1, unknown: 2, ok: 3 };

export const worstFirst = (findings: readonly DoctorFinding[]): readonly DoctorFinding[] => findings.toSorted((a, b) => (ranks[a.status] ?? 2) - (ranks[b.status] ?? 2));

export function doctorWords(findings: readonly DoctorFinding[]): string {
  const counts = Map.groupBy(worstFirst(findings), ({ status }) => status);
  return counts.size === 0 ? "nothing looked at" : [...counts].map(([status, found]) => `${found.length} ${status}`).join(" · ");
}
