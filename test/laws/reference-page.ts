// Writes docs/reference/workflows.md from the laws' own runs: what each workflow does, step by step, and where
// it was killed. Nothing on the page is written by hand but its introduction.
import type { CalmRun, CrashResult, EffectCount } from "@cynosure/workflow/testkit";
import type { RegisteredWorkflow } from "./workflows.ts";

export interface WorkflowEntry {
  readonly workflow: RegisteredWorkflow;
  readonly calm: CalmRun;
  readonly crash: CrashResult;
}

const INTRODUCTION = `# Workflows

Every kind of change that starts a plan, its steps by name, and what each step does. Generated from the runs of
\`test/laws\` on the SIMULATED substrate and engine with the smallest cluster; \`UPDATE_GOLDEN=1 vitest run --project
unit test/laws\` rewrites it. At each of these steps three laws hold:

- it **fails cleanly**: failed for good, before its effect and after it, the plan, the operation and the resource
  say so (which step, and that the change may be submitted again), no further step begins, calls under the old
  epoch are refused, the same change submitted again succeeds, and a deletion leaves nothing;
- it **survives a repeat**: its calls delivered twice, its first answer lost, the step run again when it was done or
  run by two at once, the end is that of the undisturbed run;
- it **resumes after a crash**: the control plane, a process of its own, is killed by SIGKILL when the step was
  performed and nothing of it is recorded; another one goes on to the same end.

Effects with a count changed the world (or made a secret) that often, in the undisturbed run as in every repeated
and every killed one. Effects marked *recorded* are written to the store, and may be written again as they are.
`;

/** `make daemon osd.0 on host-1`, once: without the number; records are marked. */
function effectText({ effect, count, isOnce }: EffectCount): string {
  return isOnce ? `${effect} ×${count}` : `${effect} *recorded*`;
}

function stepRow(stepId: CalmRun["stepIds"][number], { calm, crash }: WorkflowEntry): string {
  const effects = calm.effects.filter((each) => each.stepId === stepId).toSorted((a, b) => Number(b.isOnce) - Number(a.isOnce) || (a.effect < b.effect ? -1 : 1));
  const point = crash.printed.find((each) => each === `step.afterPerform@${stepId}`);
  const does = effects.length === 0 ? "waits, changes nothing" : effects.map(effectText).join("<br>");
  return `| \`${stepId}\` | ${calm.titles[stepId] ?? ""} | ${does} | ${point === undefined ? "none" : `\`${point}\``} |`;
}

function section(entry: WorkflowEntry): string {
  const { workflow, calm, crash } = entry;
  const once = calm.effects.filter((each) => each.isOnce).reduce((sum, each) => sum + each.count, 0);
  return `## ${workflow.name.charAt(0).toUpperCase()}${workflow.name.slice(1)}

${workflow.about.charAt(0).toUpperCase()}${workflow.about.slice(1)}. ${calm.stepIds.length} steps, ${once} counted effects, killed at ${crash.printed.length} crash points.

| step | title | effects | crash point |
|---|---|---|---|
${calm.stepIds.map((stepId) => stepRow(stepId, entry)).join("\n")}
`;
}

export function renderWorkflows(entries: readonly WorkflowEntry[]): string {
  const rows = entries.map(({ workflow, calm, crash }) => `| ${workflow.name} | ${calm.stepIds.length} | ${calm.effects.filter((each) => each.isOnce).length} | ${crash.printed.length} |`);
  const summary = `| workflow | steps | counted effects | crash points |\n|---|---:|---:|---:|\n${rows.join("\n")}\n`;
  return [INTRODUCTION, summary, ...entries.map(section)].join("\n");
}
