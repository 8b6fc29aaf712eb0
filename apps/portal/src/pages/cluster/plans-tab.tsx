// All plans of the cluster: pick one to see what it places where, what the checks found, and what differs from the
// plan it changed.
import { Button, Card, Text, makeStyles, tokens } from "@fluentui/react-components";
import type { ClusterPlan } from "@cynosure/sdk";
import { useState } from "react";
import { Gantt } from "../../plots/gantt.tsx";
import { plotSteps } from "../../plots/steps.ts";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { stateBadge } from "../../words/badges.ts";
import { durationWords } from "../../words/durations.ts";
import type { ClusterTabProps } from "./cluster-page.tsx";
import { comparePlans, newestFirst } from "./plan-reading.ts";
import { usePlans } from "./plans-query.ts";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXL }, list: { margin: 0, paddingLeft: tokens.spacingHorizontalL } });

export function PlansTab({ scope }: ClusterTabProps) {
  const styles = useStyles();
  const plans = usePlans(scope);
  const [picked, setPicked] = useState<string | undefined>(undefined);
  if (plans.isPending) return <Waiting what="Reading the plans" />;
  if (plans.data === undefined) return <Failure error={plans.error} doing="read the plans" onRetry={() => void plans.refetch()} />;
  const sorted = newestFirst(plans.data);
  const plan = sorted.find(({ name }) => name === picked) ?? sorted[0];
  return (
    <div className={styles.root}>
      <ResourceTable
        label="Plans"
        typeName="ClusterPlan"
        items={sorted}
        leftOut={["hosts", "pools", "steps", "findings", "report", "provisioningState", "operationId", "criticalPathMs", "parentPlanId", "comment", "generation"]}
        nameLabel="Plan"
        nameOf={({ properties }) => `${properties.generation}: ${properties.comment}`}
        cells={{ status: ({ properties }) => <StateBadge words={stateBadge(properties.status)} /> }}
        extra={[{ label: "Longest chain", show: ({ properties }) => durationWords(properties.criticalPathMs) }]}
        actions={(each) => <Button size="small" disabled={each.name === plan?.name} onClick={() => setPicked(each.name)} aria-label={`${each.name === plan?.name ? "Shown below" : "Show"}: plan ${each.properties.generation}`}>{each.name === plan?.name ? "Shown below" : "Show"}</Button>}
        empty="No plan yet: the first one comes with the first change."
      />
      {plan === undefined ? null : <PlanDetail plan={plan} parent={plans.data.find(({ name }) => name === plan.properties.parentPlanId)} />}
    </div>
  );
}

function PlanDetail({ plan, parent }: { readonly plan: ClusterPlan; readonly parent: ClusterPlan | undefined }) {
  const { properties } = plan;
  const hosts = properties.hosts.map((host) => ({ ...host, id: host.name }));
  const lastMs = Date.parse(properties.finishedAt ?? "");
  return (
    <>
      {Number.isNaN(lastMs) ? null : <Gantt title={`When each step of plan ${properties.generation} ran`} steps={plotSteps(properties.steps, lastMs)} />}
      <Section title={`Plan ${properties.generation} against ${parent === undefined ? "nothing" : `plan ${parent.properties.generation}`}`}>
        <Difference plan={plan} parent={parent} />
      </Section>
      <Section title="Findings of the checks"><ResourceTable label="Findings" typeName="PlanFinding" items={properties.findings} cells={{ severity: ({ severity }) => <StateBadge words={stateBadge(severity)} /> }} nameLabel="Rule" nameOf={({ rule }) => rule} leftOut={["rule"]} empty="The checks found nothing." /></Section>
      <Section title="What the planner says"><ResourceTable label="Report" typeName="PlanReportLine" items={properties.report} nameLabel="Looked at" nameOf={({ step }) => step} leftOut={["step"]} empty="The planner says nothing." /></Section>
      <Section title="Hosts and daemons"><ResourceTable label="Hosts of the plan" typeName="PlanHost" items={hosts} leftOut={["name"]} empty="No hosts." /></Section>
      <Section title="Pools"><ResourceTable label="Pools" typeName="PlanPool" items={properties.pools} leftOut={["name"]} empty="No pools." /></Section>
    </>
  );
}

function Difference({ plan, parent }: { readonly plan: ClusterPlan; readonly parent: ClusterPlan | undefined }) {
  const styles = useStyles();
  const diff = comparePlans(parent?.properties ?? { hosts: [], pools: [] }, plan.properties);
  const lines = [
    ...diff.hostsAdded.map((name) => `+ host ${name}`),
    ...diff.hostsRemoved.map((name) => `- host ${name}`),
    ...diff.hostsChanged.map((line) => `~ host ${line}`),
    ...diff.poolsAdded.map((name) => `+ pool ${name}`),
    ...diff.poolsRemoved.map((name) => `- pool ${name}`),
    ...diff.poolsChanged.map((name) => `~ pool ${name}`),
  ];
  if (lines.length === 0) return <Text>Neither daemons nor pools differ.</Text>;
  return <Card><ul className={styles.list}>{lines.map((line) => <li key={line}>{line}</li>)}</ul></Card>;
}
