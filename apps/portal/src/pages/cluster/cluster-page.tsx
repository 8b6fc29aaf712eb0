// One cluster: its headline, what can be done with it, and a tab for each side of it.
import { Button, Tab, TabList, makeStyles } from "@fluentui/react-components";
import { DeleteRegular, EditRegular, StopRegular } from "@fluentui/react-icons";
import type { Cluster } from "@cynosure/sdk";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { armKey } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { useArm } from "../../api/use-arm.ts";
import { Failure } from "../../shell/failure.tsx";
import { Page as Frame } from "../../shell/page.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { healthBadge, realityBadge, stateBadge } from "../../words/badges.ts";
import { ActivityTab } from "./activity-tab.tsx";
import { BucketsTab } from "./buckets-tab.tsx";
import { CancelChange, ChangeCluster, DeleteCluster } from "./cluster-dialogs.tsx";
import { clusterId, clusterPath, clusterTabs, readTab } from "./cluster-address.ts";
import type { ClusterTab } from "./cluster-address.ts";
import { EngineTab } from "./engine/engine-tab.tsx";
import { FileSystemsTab } from "./file-systems-tab.tsx";
import { HostsTab } from "./hosts-tab.tsx";
import { OperationsTab } from "./operations-tab.tsx";
import { OverviewTab } from "./overview-tab.tsx";
import { PlanTab } from "./plan-tab.tsx";
import { PlansTab } from "./plans-tab.tsx";

export interface ClusterScope {
  readonly id: string;
  readonly group: string;
  readonly name: string;
}

export interface ClusterTabProps {
  readonly scope: ClusterScope;
  readonly cluster: Cluster;
}

const tabs: Readonly<Record<ClusterTab, (props: ClusterTabProps) => React.ReactNode>> = {
  overview: OverviewTab,
  hosts: HostsTab,
  plan: PlanTab,
  operations: OperationsTab,
  plans: PlansTab,
  "file-systems": FileSystemsTab,
  buckets: BucketsTab,
  engine: EngineTab,
  activity: ActivityTab,
};

const useStyles = makeStyles({ badges: { display: "inline-flex", flexWrap: "wrap", gap: "6px", alignItems: "center" }, tabs: { flexWrap: "wrap" } });

type Asked = "change" | "delete" | "cancel";

const isChanging = (cluster: Cluster): boolean => !["Succeeded", "Failed", "Canceled", undefined].includes(cluster.properties.provisioningState);

export function Page() {
  const styles = useStyles();
  const { group = "", name = "", tab: tabWord } = useParams();
  const { session } = useApi();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const scope: ClusterScope = { id: clusterId(session.subscriptionId, group, name), group, name };
  const query = useArm({ key: armKey(scope.id, "cluster"), read: (client, abortSignal) => client.clusters.get(group, name, { abortSignal }) });
  const cluster = query.data;
  const tab = readTab(tabWord);
  const Body = tabs[tab];
  const close = (): void => setAsked(undefined);
  return (
    <Frame
      title={name}
      subtitle={cluster === undefined ? undefined : <Headline cluster={cluster} />}
      actions={
        cluster === undefined ? undefined : (
          <>
            {isChanging(cluster) && cluster.properties.provisioningState !== "Deleting" ? <Button icon={<StopRegular />} onClick={() => setAsked("cancel")}>Stop the change</Button> : null}
            <Button icon={<EditRegular />} onClick={() => setAsked("change")}>Change</Button>
            <Button icon={<DeleteRegular />} onClick={() => setAsked("delete")}>Delete</Button>
          </>
        )
      }
    >
      {query.error === null ? null : <Failure error={query.error} doing={`read the cluster ${name}`} onRetry={() => void query.refetch()} />}
      <TabList className={styles.tabs} selectedValue={tab} onTabSelect={(_, { value }) => void navigate(clusterPath(scope.id, readTab(String(value))))} aria-label={`Sides of ${name}`}>
        {clusterTabs.map(({ value, label }) => <Tab key={value} value={value} id={`tab-${value}`} aria-controls="tab-panel">{label}</Tab>)}
      </TabList>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
        {cluster === undefined ? (query.isPending ? <Waiting what={`Reading the cluster ${name}`} /> : null) : <Body scope={scope} cluster={cluster} />}
      </div>
      {cluster === undefined || asked !== "change" ? null : <ChangeCluster scope={scope} cluster={cluster} onClose={close} />}
      {cluster === undefined || asked !== "delete" ? null : <DeleteCluster scope={scope} cluster={cluster} onClose={close} />}
      {cluster === undefined || asked !== "cancel" ? null : <CancelChange scope={scope} onClose={close} />}
    </Frame>
  );

  function Headline({ cluster: shown }: { readonly cluster: Cluster }) {
    const { engine, engineVersion, substrate, hosts } = shown.properties;
    return (
      <span className={styles.badges}>
        <StateBadge words={stateBadge(shown.properties.provisioningState)} />
        <StateBadge words={healthBadge(shown)} />
        <StateBadge words={realityBadge(shown)} />
        <span>{`${engine}${engineVersion === undefined ? "" : ` ${engineVersion}`} on ${substrate}, ${hosts.count} hosts of size ${hosts.size}, in ${group}`}</span>
      </span>
    );
  }
}
