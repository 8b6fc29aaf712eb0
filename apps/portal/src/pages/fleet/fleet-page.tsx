// All clusters of the subscription, with how each one is.
import { Button } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons";
import type { Cluster } from "@cynosure/sdk";
import { useNavigate } from "react-router";
import { armKey } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { collect, useArm } from "../../api/use-arm.ts";
import { Failure } from "../../shell/failure.tsx";
import { PageLink } from "../../shell/page-link.tsx";
import { Page as Frame } from "../../shell/page.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { healthBadge, realityBadge, stateBadge } from "../../words/badges.ts";
import { clusterPath, groupOf } from "../cluster/cluster-address.ts";
import { fleetWords } from "./fleet-words.ts";

const extra = [
  { label: "Health", show: (cluster: Cluster) => <StateBadge words={healthBadge(cluster)} /> },
  { label: "Kind", show: (cluster: Cluster) => <StateBadge words={realityBadge(cluster)} /> },
  { label: "Resource group", show: (cluster: Cluster) => groupOf(cluster.id ?? "") },
  { label: "Location", show: (cluster: Cluster) => cluster.location },
];
/** Said elsewhere in the row, or too long for one. */
const leftOut = ["health", "endpoints", "isSimulated", "isEmulated", "targetPlanId", "installationId"];

export function Page() {
  const { session } = useApi();
  const navigate = useNavigate();
  const clusters = useArm({ key: armKey(`/subscriptions/${session.subscriptionId}`, "clusters"), read: (client) => collect(client.clusters.listBySubscription()) });
  return (
    <Frame
      title="Fleet"
      subtitle={clusters.data === undefined ? undefined : fleetWords(clusters.data)}
      actions={<Button appearance="primary" icon={<AddRegular />} onClick={() => void navigate("/create")}>Create a cluster</Button>}
    >
      {clusters.error === null ? null : <Failure error={clusters.error} doing="read the clusters" onRetry={() => void clusters.refetch()} />}
      {clusters.isPending ? <Waiting what="Reading the clusters" /> : null}
      {clusters.data === undefined ? null : (
        <ResourceTable
          label="Clusters"
          typeName="Cluster"
          items={clusters.data}
          leftOut={leftOut}
          first={["provisioningState", "hosts", "engine", "engineVersion", "substrate"]}
          extra={extra}
          cells={{ provisioningState: (cluster) => <StateBadge words={stateBadge(cluster.properties.provisioningState)} />, hosts: ({ properties }) => `${properties.hosts.count} × ${properties.hosts.size}` }}
          nameOf={(cluster) => <PageLink to={clusterPath(cluster.id ?? "")}>{cluster.name}</PageLink>}
          empty="No cluster yet. Create one from a requirement, or write one by az, the cynosure command or the SDK: it appears here."
        />
      )}
    </Frame>
  );
}
