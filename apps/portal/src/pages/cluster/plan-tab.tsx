// The plan that runs, or that ran last: how far it is, for how long, what it waits for, and each step.
import { ProgressBar, Text, makeStyles, tokens } from "@fluentui/react-components";
import type { ClusterPlan, PlanStep } from "@cynosure/sdk";
import { Gantt } from "../../plots/gantt.tsx";
import { PlanGraph } from "../../plots/plan-graph.tsx";
import { plotSteps } from "../../plots/steps.ts";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { durationWords, spanWords } from "../../words/durations.ts";
import { stateBadge } from "../../words/badges.ts";
import { useNow } from "../../running/use-now.ts";
import type { ClusterTabProps } from "./cluster-page.tsx";
import { planToShow, progressOf, waitWords } from "./plan-reading.ts";
import { usePlans } from "./plans-query.ts";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXL },
  line: { display: "flex", flexWrap: "wrap", columnGap: tokens.spacingHorizontalM, rowGap: tokens.spacingVerticalXS, alignItems: "center" },
  waits: { margin: 0, paddingLeft: tokens.spacingHorizontalL },
  error: { color: tokens.colorPaletteRedForeground1, whiteSpace: "normal" },
});

export function PlanTab({ scope, cluster }: ClusterTabProps) {
  const plans = usePlans(scope);
  if (plans.isPending) return <Waiting what="Reading the plans" />;
  if (plans.data === undefined) return <Failure error={plans.error} doing="read the plans" onRetry={() => void plans.refetch()} />;
  const plan = planToShow(plans.data, cluster.properties.targetPlanId);
  return plan === undefined ? <Text>No plan yet: the first one comes with the first change.</Text> : <PlanView plan={plan} />;
}

export function PlanView({ plan }: { readonly plan: ClusterPlan }) {
  const styles = useStyles();
  const { properties } = plan;
  const isRunning = properties.status === "running" || properties.status === "pending";
  const now = useNow(isRunning);
  const { done, total, failed, waitingOn } = progressOf(properties);
  const steps = properties.steps.map((step) => ({ ...step, name: step.title }));
  const plotted = plotSteps(properties.steps, now);
  const elapsed = spanWords(properties.startedAt, properties.finishedAt, now);
  return (
    <div className={styles.root}>
      <Section title={`Plan ${properties.generation}: ${properties.comment}`}>
        <div className={styles.line} role="status">
          <StateBadge words={stateBadge(properties.status)} />
          <Text>{`${done} of ${total} steps done${failed === 0 ? "" : `, ${failed} failed`}`}</Text>
          {elapsed === undefined ? null : <Text>{isRunning ? `for ${elapsed}` : `took ${elapsed}`}</Text>}
          <Text>{`expected ${durationWords(properties.criticalPathMs)}`}</Text>
        </div>
        <ProgressBar value={total === 0 ? 1 : done / total} color={failed > 0 ? "error" : isRunning ? "brand" : "success"} aria-label={`${done} of ${total} steps done`} />
        {isRunning && waitingOn.length > 0 ? <><Text weight="semibold">Now</Text><ul className={styles.waits}>{waitingOn.map((each) => <li key={each}>{each}</li>)}</ul></> : null}
      </Section>
      {plotted.length === 0 ? null : <PlanGraph title="What waits for what" steps={plotted} />}
      {plotted.length === 0 ? null : <Gantt title="When each step ran" steps={plotted} />}
      <Section title="Steps">
        <ResourceTable
          label="Steps"
          nameLabel="Step"
          typeName="PlanStep"
          items={steps}
          leftOut={["id", "title", "status", "dependsOn", "finishedAt", "waitingOn", "expectedMs", "startedAt", "error"]}
          extra={[
            { label: "Status", show: (step) => <StateBadge words={stateBadge(step.status)} /> },
            { label: "Took", show: (step) => spanWords(step.startedAt, step.finishedAt, now) ?? "" },
            { label: "Expected", show: (step) => durationWords(step.expectedMs) },
            { label: "Waits for", show: (step) => <StepWait step={step} steps={properties.steps} /> },
          ]}
          empty="Nothing has to be done."
        />
      </Section>
    </div>
  );
}

function StepWait({ step, steps }: { readonly step: PlanStep; readonly steps: readonly PlanStep[] }) {
  const styles = useStyles();
  if (step.error !== undefined) return <span className={styles.error}>{`${step.error.message} (${step.error.code})`}</span>;
  return waitWords(step, steps);
}
