// Findings of the independent checks are kept with the plan's report, as they were when the plan became the
// target: asking again later would judge an old plan by today's inventory.
import type { Finding, PlanReport } from "@cynosure/model";

const MARK = "finding";
const SEPARATOR = "\u001f";

export function reportWithFindings(report: PlanReport, findings: readonly Finding[]): PlanReport {
  const lines = findings.map(({ rule, severity, target, message }) => ({ step: [MARK, rule, severity, target].join(SEPARATOR), outcome: message, waitingOn: null }));
  return { steps: [...report.steps, ...lines] };
}

export function splitReport(report: PlanReport): { readonly report: PlanReport; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const steps = report.steps.filter(({ step, outcome }) => {
    const [mark, rule = "", severity = "", ...target] = step.split(SEPARATOR);
    if (mark !== MARK || target.length === 0) return true;
    findings.push({ rule, severity: severity === "fatal" ? "fatal" : "degraded", message: outcome, target: target.join(SEPARATOR) });
    return false;
  });
  return { report: { steps }, findings };
}
