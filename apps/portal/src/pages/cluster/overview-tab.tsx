// The cluster at a glance: what is wrong, what it is, where people connect.
import { Card, MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import { contractTypes } from "@cynosure/sdk";
import type { Cluster } from "@cynosure/sdk";
import { Facts } from "../../shell/facts.tsx";
import { Section } from "../../shell/section.tsx";
import { cellWords, columnsOf } from "../../tables/columns.ts";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { momentWords } from "../../words/durations.ts";
import type { ClusterTabProps } from "./cluster-page.tsx";
import { Credentials } from "./credentials.tsx";
import { Metrics } from "./metrics.tsx";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXL } });

/** Shown in the headline, as messages, or in a table of their own. */
const leftOut = ["health", "endpoints", "provisioningState", "isSimulated", "isEmulated"];

export function OverviewTab({ scope, cluster }: ClusterTabProps) {
  const styles = useStyles();
  const { endpoints = [] } = cluster.properties;
  const facts = columnsOf(contractTypes, "Cluster", leftOut).map((column) => ({ label: column.label, detail: cellWords(contractTypes, column, cluster) || "–" }));
  const tags = Object.entries(cluster.tags ?? {}).map(([name, value]) => `${name}: ${value}`).join(", ");
  return (
    <div className={styles.root}>
      <Health cluster={cluster} />
      <Metrics scope={scope} />
      <Section title="What it is">
        <Card><Facts facts={[{ label: "Location", detail: cluster.location }, ...facts, { label: "Tags", detail: tags || "–" }, { label: "Created", detail: cluster.systemData?.createdAt === undefined ? "–" : momentWords(cluster.systemData.createdAt) }, { label: "Resource ID", detail: scope.id }]} /></Card>
      </Section>
      <Section title="Endpoints">
        <ResourceTable label="Endpoints" typeName="ClusterEndpoint" items={endpoints} leftOut={["name"]} empty="None yet: they come with the delivery." />
      </Section>
      {endpoints.some(({ protocol }) => protocol === "s3") ? <Section title="S3 keys"><Card><Credentials scope={scope} /></Card></Section> : null}
    </div>
  );
}

function Health({ cluster }: { readonly cluster: Cluster }) {
  const { health } = cluster.properties;
  if (health === undefined) return <MessageBar intent="info"><MessageBarBody><MessageBarTitle>Health not known yet</MessageBarTitle> The engine is asked once it runs.</MessageBarBody></MessageBar>;
  const asked = `asked at ${momentWords(health.observedAt)}`;
  if (health.ok) return <MessageBar intent="success"><MessageBarBody><MessageBarTitle>{health.status}</MessageBarTitle> The engine reports nothing wrong, {asked}.</MessageBarBody></MessageBar>;
  return (
    <MessageBar intent="warning" layout="multiline" role="status">
      <MessageBarBody>
        <MessageBarTitle>{health.status}</MessageBarTitle> {asked}
        <ul>{health.checks.map(({ code, severity, summary }) => <li key={code}>{`${summary} (${code}, ${severity})`}</li>)}</ul>
      </MessageBarBody>
    </MessageBar>
  );
}
