// The hosts of a cluster as a map by failure domain, with the daemons on each; and as a table with all that is known.
import { Badge, Card, Text, Tooltip, makeStyles, tokens } from "@fluentui/react-components";
import type { ClusterHost } from "@cynosure/sdk";
import type { ReactNode } from "react";
import { armKey } from "../../api/changes.ts";
import { collect, useArm } from "../../api/use-arm.ts";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import type { ClusterScope, ClusterTabProps } from "./cluster-page.tsx";
import { HostFaults } from "./host-faults.tsx";
import { LiveClient } from "./live-client.tsx";
import { failureDomains, hostBadge, hostsWords, isHeard } from "./host-map.ts";

const useStyles = makeStyles({
  root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalXL },
  map: { display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(220px, 1fr))", gap: tokens.spacingHorizontalM, listStyleType: "none", margin: 0, padding: 0 },
  head: { display: "flex", justifyContent: "space-between", alignItems: "center", columnGap: tokens.spacingHorizontalS },
  daemons: { display: "flex", flexWrap: "wrap", gap: "4px", listStyleType: "none", margin: 0, padding: 0 },
  quiet: { color: tokens.colorNeutralForeground3 },
});

const daemonTone = { running: "success", failed: "danger", preparing: "informative", starting: "brand", stopping: "warning" } as const;

export const useHosts = (scope: ClusterScope) => useArm({ key: armKey(scope.id, "hosts"), read: (client) => collect(client.hosts.listByCluster(scope.group, scope.name)) });

export function HostsTab({ scope, cluster }: ClusterTabProps) {
  const styles = useStyles();
  const hosts = useHosts(scope);
  if (hosts.isPending) return <Waiting what="Reading the hosts" />;
  if (hosts.data === undefined) return <Failure error={hosts.error} doing="read the hosts" onRetry={() => void hosts.refetch()} />;
  // Only hosts of this machine can be had to fail.
  const isLocal = cluster.properties.substrate === "local";
  return (
    <div className={styles.root}>
      {isLocal ? <LiveClient scope={scope} /> : null}
      <Section title="Map" actions={<Text>{hostsWords(hosts.data)}</Text>}>
        <ul className={styles.map}>
          {failureDomains(hosts.data).flatMap(({ name, hosts: members }) => members.map((host) => <li key={host.id ?? host.name}><HostCard host={host} domain={name}>{isLocal ? <HostFaults scope={scope} host={host} /> : null}</HostCard></li>))}
        </ul>
      </Section>
      <Section title="All that is known">
        <ResourceTable label="Hosts" typeName="ClusterHost" items={hosts.data} leftOut={["daemons", "provisioningState"]} first={["state", "power", "fault"]} cells={{ state: (host) => <StateBadge words={hostBadge(host)} /> }} empty="No host yet: they come with the delivery." />
      </Section>
    </div>
  );
}

function HostCard({ host, domain, children }: { readonly host: ClusterHost; readonly domain: string; readonly children: ReactNode }) {
  const styles = useStyles();
  const { properties } = host;
  return (
    <Card size="small" role="group" aria-label={`Host ${host.name ?? ""}`}>
      <div className={styles.head}>
        <Text weight="semibold">{host.name}</Text>
        <StateBadge words={hostBadge(host)} />
      </div>
      <Text size={200} className={styles.quiet}>{domain === host.name ? "own failure domain" : `failure domain ${domain}`}{properties.address === undefined ? "" : ` · ${properties.address}`}</Text>
      {properties.activity === undefined ? null : <Text size={200}>{properties.activity}</Text>}
      {properties.daemons.length === 0 ? <Text size={200} className={styles.quiet}>no daemons</Text> : null}
      <ul className={styles.daemons} aria-label={`Daemons on ${host.name ?? ""}`}>
        {properties.daemons.map((daemon) => (
          <li key={daemon.id}>
            <Tooltip relationship="description" content={`${daemon.id}: ${isHeard(host) ? "" : "when the host was last heard, "}${daemon.state}${daemon.restarts === 0 ? "" : `, started again ${daemon.restarts} times`}${daemon.error === undefined ? "" : `, ${daemon.error}`}`}>
              <Badge appearance="tint" size="small" color={isHeard(host) ? daemonTone[daemon.state] : "informative"}>{daemon.id}</Badge>
            </Tooltip>
          </li>
        ))}
      </ul>
      {children}
    </Card>
  );
}
