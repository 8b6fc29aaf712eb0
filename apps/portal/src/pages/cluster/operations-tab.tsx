// Every change of the cluster, the newest first: what it was for, how it ended, how long it took.
import { Button, makeStyles, tokens } from "@fluentui/react-components";
import type { ClusterPlan } from "@cynosure/sdk";
import { useState } from "react";
import { Gantt } from "../../plots/gantt.tsx";
import { plotSteps } from "../../plots/steps.ts";
import { Failure } from "../../shell/failure.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { stateBadge } from "../../words/badges.ts";
import { spanWords } from "../../words/durations.ts";
import { useNow } from "../../running/use-now.ts";
import type { ClusterTabProps } from "./cluster-page.tsx";
import { newestFirst, progressOf } from "./plan-reading.ts";
import { usePlans } from "./plans-query.ts";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXL }, error: { color: tokens.colorPaletteRedForeground1 } });

export function OperationsTab({ scope }: ClusterTabProps) {
  const styles = useStyles();
  const plans = usePlans(scope);
  const [picked, setPicked] = useState<string | undefined>(undefined);
  const now = useNow(plans.data?.some(({ properties }) => properties.status === "running") ?? false);
  if (plans.isPending) return <Waiting what="Reading the operations" />;
  if (plans.data === undefined) return <Failure error={plans.error} doing="read the operations" onRetry={() => void plans.refetch()} />;
  const failure = ({ properties }: ClusterPlan) => properties.steps.find(({ error }) => error !== undefined)?.error;
  const show = {
    steps: (plan: ClusterPlan) => { const { done, total } = progressOf(plan.properties); return `${done} of ${total}`; },
    took: (plan: ClusterPlan) => spanWords(plan.properties.startedAt, plan.properties.finishedAt, now) ?? "not begun",
    error: (plan: ClusterPlan) => { const error = failure(plan); return error === undefined ? "" : <span className={styles.error}>{`${error.message} (${error.code})`}</span>; },
  };
  const sorted = newestFirst(plans.data);
  const shown = sorted.find(({ name }) => name === picked) ?? sorted[0];
  return (
    <div className={styles.root}>
      <ResourceTable
        label="Operations"
        typeName="ClusterPlan"
        items={sorted}
        leftOut={["generation", "parentPlanId", "comment", "criticalPathMs", "hosts", "pools", "steps", "findings", "report", "provisioningState"]}
        nameLabel="Operation"
        nameOf={({ properties }) => properties.comment}
        cells={{ status: ({ properties }) => <StateBadge words={stateBadge(properties.status)} /> }}
        extra={[{ label: "Took", show: show.took }, { label: "Steps", show: show.steps }, { label: "Failure", show: show.error }]}
        actions={(each) => <Button size="small" disabled={each === shown} onClick={() => setPicked(each.name)} aria-label={`${each === shown ? "Drawn below" : "Draw"}: ${each.properties.comment}`}>{each === shown ? "Drawn below" : "Draw"}</Button>}
        empty="Nothing has been changed yet."
      />
      {shown === undefined ? null : <Gantt title={`When each step ran: ${shown.properties.comment}`} steps={plotSteps(shown.properties.steps, now)} />}
    </div>
  );
}
