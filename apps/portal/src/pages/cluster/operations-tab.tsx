// Every operation on the cluster and on what is in it, the newest first: what was asked, by whom, how it ended, how long
// it took; and of those with a plan, when each step ran.
import { Button, makeStyles, tokens } from "@fluentui/react-components";
import type { ClusterOperation, ClusterPlan } from "@cynosure/sdk";
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
import { operationWords } from "./activity.ts";
import { useOperations } from "./operations-query.ts";
import { progressOf } from "./plan-reading.ts";
import { usePlans } from "./plans-query.ts";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXL }, error: { color: tokens.colorPaletteRedForeground1 } });

type Row = ClusterOperation & { readonly plan: ClusterPlan | undefined };

/** By its plan, where it has one that is still kept. */
const planFor = ({ properties }: ClusterOperation, plans: readonly ClusterPlan[]): ClusterPlan | undefined => plans.find(({ name }) => name === properties.planId);

export function OperationsTab({ scope }: ClusterTabProps) {
  const styles = useStyles();
  const operations = useOperations(scope);
  const plans = usePlans(scope);
  const [picked, setPicked] = useState<string | undefined>(undefined);
  const now = useNow(operations.data?.some(({ properties }) => properties.endTime === undefined) ?? false);
  if (operations.isPending || plans.isPending) return <Waiting what="Reading the operations" />;
  if (operations.data === undefined) return <Failure error={operations.error} doing="read the operations" onRetry={() => void operations.refetch()} />;
  if (plans.data === undefined) return <Failure error={plans.error} doing="read the plans of the operations" onRetry={() => void plans.refetch()} />;
  const plansSeen = plans.data;
  const rows = operations.data.map((operation) => ({ ...operation, plan: planFor(operation, plansSeen) }));
  const shown = rows.find(({ name, plan }) => name === picked && plan !== undefined) ?? rows.find(({ plan }) => plan !== undefined);
  const show = {
    took: ({ properties }: Row) => spanWords(properties.startTime, properties.endTime, now) ?? "not begun",
    steps: ({ plan }: Row) => { if (plan === undefined) return ""; const { done, total } = progressOf(plan.properties); return `${done} of ${total}`; },
    error: ({ properties: { error } }: Row) => (error === undefined ? "" : <span className={styles.error}>{`${error.message} (${error.code})`}</span>),
  };
  return (
    <div className={styles.root}>
      <ResourceTable
        label="Operations"
        typeName="ClusterOperation"
        items={rows}
        leftOut={["kind", "resourceId", "percentComplete", "endTime", "error", "provisioningState"]}
        nameLabel="Operation"
        nameOf={({ properties }) => operationWords(properties, scope.id)}
        first={["status"]}
        cells={{
          status: ({ properties }) => <StateBadge words={stateBadge(properties.status)} />,
          startedBy: ({ properties }) => properties.startedBy?.displayName ?? "",
          planId: ({ properties, plan }) => (plan === undefined ? (properties.planId ?? "none") : `generation ${plan.properties.generation}`),
        }}
        labels={{ planId: "Plan" }}
        extra={[{ label: "Took", show: show.took }, { label: "Steps", show: show.steps }, { label: "Failure", show: show.error }]}
        actions={(row) => (row.plan === undefined ? null : <Button size="small" disabled={row === shown} onClick={() => setPicked(row.name)} aria-label={`${row === shown ? "Drawn below" : "Draw"}: ${row.plan.properties.comment}`}>{row === shown ? "Drawn below" : "Draw"}</Button>)}
        empty="Nothing has been changed yet."
      />
      {shown?.plan === undefined ? null : <Gantt title={`When each step ran: ${shown.plan.properties.comment}`} steps={plotSteps(shown.plan.properties.steps, now)} />}
    </div>
  );
}
