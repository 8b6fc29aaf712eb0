// Fill and throughput of a cluster as its engine tells them, read every few seconds while somebody looks.
import { Card, ProgressBar, Text, makeStyles, tokens } from "@fluentui/react-components";
import { armKey } from "../../api/changes.ts";
import { useArm } from "../../api/use-arm.ts";
import { CapacityBars } from "../../plots/capacity-bars.tsx";
import { LinePlot } from "../../plots/line-plot.tsx";
import { Facts } from "../../shell/facts.tsx";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { bytesWords, capacityItems, fillOf, fillWords, latencyOf, latencyWords, operationsOf, rateFacts, ratesOf } from "./capacity-words.ts";
import type { ClusterScope } from "./cluster-page.tsx";

const EVERY_MS = 5_000;
/** The engine is asked every few seconds; nobody was there to ask when it is much longer. */
const GAP_MS = 60_000;
const SINCE_SECONDS = 3_600;
/** From here on a cluster should grow: the engine itself warns not much later. */
const FULL_FROM = 0.8;

const useStyles = makeStyles({ plots: { display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(min(420px, 100%), 1fr))", gap: tokens.spacingHorizontalL } });

export const useMetrics = (scope: ClusterScope) => useArm({ key: armKey(scope.id, "metrics"), read: (client, abortSignal) => client.clusters.readMetrics(scope.group, scope.name, { sinceSeconds: SINCE_SECONDS }, { abortSignal }), intervalMs: EVERY_MS });

export function Metrics({ scope }: { readonly scope: ClusterScope }) {
  const styles = useStyles();
  const metrics = useMetrics(scope);
  if (metrics.isPending) return <Waiting what="Reading fill and throughput" />;
  if (metrics.data === undefined) return <Failure error={metrics.error} doing="read fill and throughput" onRetry={() => void metrics.refetch()} />;
  const { capacity, samples, isSimulated, isEmulated } = metrics.data;
  const latency = latencyOf(samples);
  const newest = samples.at(-1);
  return (
    <>
      <Section title="Capacity" actions={isSimulated ? <Text>{isEmulated === true ? "made up: the cluster is emulated" : "made up by a model: the cluster is simulated"}</Text> : undefined}>
        {capacity === undefined ? <Text>The engine has not been asked yet.</Text> : (
          <>
            <Card>
              <Text>{fillWords(capacity)}</Text>
              <ProgressBar value={fillOf(capacity)} color={fillOf(capacity) >= FULL_FROM ? "warning" : "brand"} aria-label="Taken of the raw disks" />
            </Card>
            <CapacityBars title="Fill by protection" usedBytes={capacity.usedBytes} rawBytes={capacity.rawBytes} items={capacityItems(capacity)} bytesWords={bytesWords} />
          </>
        )}
      </Section>
      <Section title="Throughput and latency">
        {newest === undefined ? <Text>Nothing measured yet.</Text> : <Card><Facts facts={rateFacts(newest)} /></Card>}
        {newest === undefined ? null : (
          <div className={styles.plots}>
            <LinePlot title="Throughput of the last hour" unit="MB/s" series={ratesOf(samples)} gapMs={GAP_MS} />
            <LinePlot title="Operations of the last hour" unit="op/s" series={operationsOf(samples)} gapMs={GAP_MS} />
            {latency.length === 0 ? null : <LinePlot title="Latency of the last hour" unit="ms" series={latency} gapMs={GAP_MS} />}
          </div>
        )}
        {newest === undefined ? null : <Text>{latencyWords(metrics.data.latencyOf)}</Text>}
      </Section>
    </>
  );
}
