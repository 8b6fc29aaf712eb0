// What a plan would do, before it is done: how long, where what goes, what the checks found, and every step.
import { Accordion, AccordionHeader, AccordionItem, AccordionPanel, Card, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { PlanSummary } from "@cynosure/sdk";
import { Facts } from "../../shell/facts.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { durationWords } from "../../words/durations.ts";

export function PlanSummaryView({ summary }: { readonly summary: PlanSummary }) {
  const facts = [
    { label: "What for", detail: summary.comment },
    { label: "Steps", detail: String(summary.steps.length) },
    { label: "Longest chain of steps", detail: durationWords(summary.criticalPathMs) },
    { label: "Hosts", detail: String(summary.hosts.length) },
    { label: "Pools", detail: summary.pools.map(({ name }) => name).join(", ") || "none" },
    { label: "Real", detail: summary.isEmulated === true ? "no: emulated" : summary.isSimulated ? "no: simulated" : "yes" },
  ];
  return (
    <>
      {summary.findings.map(({ rule, severity, message }) => (
        <MessageBar key={rule} intent={severity === "fatal" ? "error" : "warning"} layout="multiline" role="status"><MessageBarBody><MessageBarTitle>{rule}</MessageBarTitle> {message}</MessageBarBody></MessageBar>
      ))}
      <Card>
        <Facts facts={facts} />
        <Accordion collapsible multiple>
          <AccordionItem value="hosts"><AccordionHeader>Hosts and daemons</AccordionHeader><AccordionPanel><ResourceTable label="Hosts of the plan" typeName="PlanHost" items={summary.hosts} leftOut={["name"]} empty="No hosts." /></AccordionPanel></AccordionItem>
          <AccordionItem value="pools"><AccordionHeader>Pools</AccordionHeader><AccordionPanel><ResourceTable label="Pools of the plan" typeName="PlanPool" items={summary.pools} leftOut={["name"]} empty="No pools." /></AccordionPanel></AccordionItem>
          <AccordionItem value="steps"><AccordionHeader>Steps</AccordionHeader><AccordionPanel><ResourceTable label="Steps of the plan" typeName="PlanSummaryStep" items={summary.steps} nameLabel="Step" nameOf={({ title }) => title} leftOut={["id", "title", "dependsOn", "expectedMs"]} extra={[{ label: "Expected", show: ({ expectedMs }) => durationWords(expectedMs) }]} empty="Nothing has to be done." /></AccordionPanel></AccordionItem>
          <AccordionItem value="report"><AccordionHeader>What the planner says</AccordionHeader><AccordionPanel><ResourceTable label="Report of the planner" typeName="PlanReportLine" items={summary.report} nameLabel="Looked at" nameOf={({ step }) => step} leftOut={["step"]} empty="The planner says nothing." /></AccordionPanel></AccordionItem>
        </Accordion>
      </Card>
    </>
  );
}
