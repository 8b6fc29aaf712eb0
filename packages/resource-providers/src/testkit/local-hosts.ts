// Hosts of a local substrate in memory: power and links as they were asked for last. For tests of what is done to
// hosts through the API; how real ones obey is the substrate's own test.
import { doneVoid, failed, hostId } from "@cynosure/model";
import type { ClusterKey, StepResult, SubstrateHost } from "@cynosure/model";
import type { PowerAction } from "@cynosure/substrate";
import type { SubstrateOffer } from "../options.ts";

export interface LocalHosts {
  readonly substrate: Omit<SubstrateOffer, "describeOffers">;
  /** Every action that arrived, as `host-1 off`. */
  readonly asked: readonly string[];
  /** What the next calls answer before anything happens. */
  readonly answersNext: StepResult[];
  add(cluster: ClusterKey, count: number): readonly SubstrateHost[];
  /** Its power goes, and nobody asked for it. */
  lose(cluster: ClusterKey, host: string): void;
}

const after = (host: SubstrateHost, action: PowerAction): SubstrateHost =>
  action === "on" || action === "off" ? { ...host, power: action, wantedPower: action } : { ...host, link: action === "cutLink" ? "cut" : "up" };

export function createLocalHosts(): LocalHosts {
  const clusters = new Map<ClusterKey, SubstrateHost[]>();
  const asked: string[] = [];
  const answersNext: StepResult[] = [];
  return {
    asked,
    answersNext,
    add(cluster, count) {
      const hosts = Array.from({ length: count }, (_, index): SubstrateHost => ({ hostId: hostId(`host-${index + 1}`), index, address: `10.88.0.${10 + index}`, size: "local-small", failureDomain: `host-${index + 1}`, power: "on", wantedPower: "on", link: "up", diskPaths: [], diskSizeBytes: 0 }));
      clusters.set(cluster, hosts);
      return hosts;
    },
    lose(cluster, host) {
      clusters.set(cluster, (clusters.get(cluster) ?? []).map((each) => (each.hostId === host ? { ...each, power: "off" } : each)));
    },
    substrate: {
      isSimulated: false,
      observe: (cluster) => Promise.resolve(clusters.get(cluster) ?? []),
      power: (call, id, action) => {
        asked.push(`${id} ${action}`);
        const before = answersNext.shift();
        if (before !== undefined) return Promise.resolve(before);
        const hosts = clusters.get(call.clusterKey) ?? [];
        const at = hosts.findIndex((host) => host.hostId === id);
        const host = hosts[at];
        if (host === undefined) return Promise.resolve(failed("HostNotFound", `there is no host ${id}`));
        hosts[at] = after(host, action);
        return Promise.resolve(doneVoid);
      },
    },
  };
}
