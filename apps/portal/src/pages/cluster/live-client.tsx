// A client that keeps writing and reading back with checksums, run by the control plane beside a local cluster: what
// people feel while hosts are killed. Started and stopped here; its report is read each second while it runs.
import { Button, Card, MessageBar, MessageBarBody, Select, Text, makeStyles, tokens } from "@fluentui/react-components";
import { PlayRegular, StopRegular } from "@fluentui/react-icons";
import { contractTypes } from "@cynosure/sdk";
import type { LiveClientProtocol, LiveClientReport } from "@cynosure/sdk";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { armKey } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { LinePlot } from "../../plots/line-plot.tsx";
import { Facts } from "../../shell/facts.tsx";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { ratesOf, stallsOf } from "./capacity-words.ts";
import type { ClusterScope } from "./cluster-page.tsx";
import { choiceLabel } from "../../words/labels.ts";
import { namedType } from "../../words/values.ts";
import { liveClientFacts } from "./live-client-words.ts";

const EVERY_MS = 1_000;
const protocolType = namedType(contractTypes, "LiveClientProtocol");
const protocols = (protocolType.kind === "enum" ? protocolType.values : []) as readonly LiveClientProtocol[]; // the values of this type
/** A sample each second. */
const GAP_MS = 3_000;
const useStyles = makeStyles({ start: { display: "flex", columnGap: tokens.spacingHorizontalS }, plots: { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(min(420px, 100%), 1fr))", gap: tokens.spacingHorizontalL }, root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalM } });

export function LiveClient({ scope }: { readonly scope: ClusterScope }) {
  const styles = useStyles();
  const { client } = useApi();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(undefined);
  const [isSending, setSending] = useState(false);
  const [protocol, setProtocol] = useState<LiveClientProtocol>("s3");
  const key = armKey(scope.id, "liveClient");
  const query = useQuery({ queryKey: key, queryFn: () => client.clusters.readLiveClient(scope.group, scope.name), refetchInterval: ({ state }) => (state.data?.isRunning === true ? EVERY_MS : false), retry: false });
  const send = (action: () => Promise<LiveClientReport>): void => {
    setSending(true);
    setError(undefined);
    action().then((report) => queries.setQueryData(key, report), (reason: unknown) => setError(reason)).finally(() => setSending(false)).catch(() => undefined); // both ends are told above
  };
  const report = query.data;
  const isRunning = report?.isRunning === true;
  const button = isRunning ? (
    <Button icon={<StopRegular />} disabledFocusable={isSending} onClick={() => send(() => client.clusters.stopLiveClient(scope.group, scope.name))}>{isSending ? "Stopping…" : "Stop the live client"}</Button>
  ) : (
    <span className={styles.start}>
      <Select aria-label="Protocol of the live client" value={protocol} onChange={(_, { value }) => setProtocol(protocols.find((each) => each === value) ?? protocol)}>
        {protocols.map((each) => <option key={each} value={each}>{choiceLabel(each)}</option>)}
      </Select>
      <Button icon={<PlayRegular />} disabledFocusable={isSending} onClick={() => send(() => client.clusters.startLiveClient(scope.group, scope.name, { protocol }))}>{isSending ? "Starting…" : "Start a live client"}</Button>
    </span>
  );
  return (
    <Section title="Live client" actions={button}>
      <div className={styles.root}>
        {report === undefined || report.startedAt === undefined ? <Text>It writes through a published endpoint, reads everything back and compares checksums, until it is stopped or half an hour is over.</Text> : (
          <>
            <Card><Facts facts={liveClientFacts(report)} /></Card>
            <div className={styles.plots}>
              <LinePlot title="Throughput of the live client" unit="MB/s" series={ratesOf(report.samples)} gapMs={GAP_MS} />
              <LinePlot title="Stalls of the live client" unit="s" series={stallsOf(report.samples)} gapMs={GAP_MS} />
            </div>
          </>
        )}
        {report !== undefined && report.corruptObjects > 0 ? <MessageBar intent="error" role="alert"><MessageBarBody>{`${report.corruptObjects} objects that were acknowledged came back different or not at all.`}</MessageBarBody></MessageBar> : null}
        {query.error === null ? null : <Failure error={query.error} doing="ask for the live client" onRetry={() => void query.refetch()} />}
        {error === undefined ? null : <Failure error={error} doing="start or stop the live client" />}
      </div>
    </Section>
  );
}
