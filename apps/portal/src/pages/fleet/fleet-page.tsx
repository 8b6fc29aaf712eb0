// All clusters of the subscription, with how each one is.
import { Body1 } from "@fluentui/react-components";
import { armKey } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { collect, useArm } from "../../api/use-arm.ts";
import { Failure } from "../../shell/failure.tsx";
import { Page as Frame } from "../../shell/page.tsx";
import { Waiting } from "../../shell/waiting.tsx";

export function Page() {
  const { session } = useApi();
  const clusters = useArm({ key: armKey(`/subscriptions/${session.subscriptionId}`, "clusters"), read: (client) => collect(client.clusters.listBySubscription()) });
  return (
    <Frame title="Fleet">
      {clusters.error === null ? null : <Failure error={clusters.error} doing="read the clusters" onRetry={() => void clusters.refetch()} />}
      {clusters.isPending ? <Waiting what="Reading the clusters" /> : <Body1>{clusters.data?.length ?? 0} clusters</Body1>}
    </Frame>
  );
}
