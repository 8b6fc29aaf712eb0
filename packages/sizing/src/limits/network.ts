// NIC egress and ingress: what clients, copies, chunks and a rebuild send through the hosts that are up.
import type { HostModel } from "../host-model.ts";
import { rebuildGBpsTimesHosts, type ClusterLoads, type ClusterModel, type FileSystemLoad } from "../loads/cluster-model.ts";
import { number, known, sourced } from "../words.ts";
import { OPEN, added, available, scaled, type Amount } from "./amount.ts";
import { fewestHosts, type Limit } from "./limit.ts";

type Direction = "egress" | "ingress";

const loadOf = (loads: ClusterLoads, direction: Direction): Amount => (direction === "egress" ? loads.egressGBps : loads.ingressGBps);

const rebuildTimesHosts = (cluster: ClusterModel, loads: ClusterLoads): Amount => scaled(rebuildGBpsTimesHosts(cluster, loads.rebuildReadGB), cluster.trafficScale);

/** "scratch: read x 1.75, written x 1.25": the factors that made the load. */
export function factorWords(cluster: ClusterModel, loads: ClusterLoads, factorsOf: (each: FileSystemLoad) => { readonly perRead: number | null; readonly perWrite: number | null }): string {
  const words = loads.fileSystems
    .filter((each) => each.readGBps > 0 || each.writeGBps > 0)
    .map((each) => `${each.fileSystem.name}: ${number(each.readGBps)} GB/s read x ${known(factorsOf(each).perRead)} ${each.fileSystem.throughput?.simultaneous === false ? "or" : "and"} ${number(each.writeGBps)} GB/s written x ${known(factorsOf(each).perWrite)}`);
  const { mode, confidence } = cluster.consolidation;
  return words.join("; ") + (mode === "shared" && words.length > 1 ? ` (what is not exceeded with confidence ${confidence ?? 1}, peaks being independent)` : "");
}

export const upWords = (cluster: ClusterModel, hosts: number): string => (cluster.down === 0 ? `${number(hosts)} hosts` : `${number(hosts - cluster.down)} of ${number(hosts)} hosts, ${cluster.down} being down`);

function networkLimit(cluster: ClusterModel, host: HostModel, direction: Direction): Limit {
  const perHost = direction === "egress" ? host.egressGBps : host.ingressGBps;
  const payload = cluster.assumptions.nicPayloadFraction;
  const through = (hosts: number): Amount => available(perHost === null ? null : Math.max(0, hosts - cluster.down) * perHost, { value: payload.value, best: 1 });
  const evidence = (hosts: number): string => {
    const loads = cluster.at(hosts);
    if (loads === null || host.size === null) return "what is required follows from the protection, which so few hosts cannot hold";
    const isAssumed = direction === "ingress" && host.size.ingressMbps.value === null;
    const figure = direction === "egress" || isAssumed ? host.size.egressMbps : host.size.ingressMbps;
    const rebuild = rebuildTimesHosts(cluster, loads).value / hosts;
    const parts = [
      `${upWords(cluster, hosts)} x ${sourced(figure, "Mb/s")}${isAssumed ? ", the egress figure, as no ingress figure is published" : ""} x payload ${sourced(payload, "")}`,
      factorWords(cluster, loads, (each) => each.traffic[direction]),
      ...(rebuild > 0 ? [`+ ${number(rebuild)} GB/s to make lost data again in ${sourced(cluster.assumptions.rebuildHours, "hours")}`] : []),
      ...(cluster.trafficScale === 1 ? [] : [`all x ${cluster.trafficScale}`]),
    ];
    return parts.filter((part) => part !== "").join("; ");
  };
  return {
    name: direction === "egress" ? "NIC egress" : "NIC ingress", unit: "GB/s",
    judge: (hosts) => {
      const loads = cluster.at(hosts);
      if (loads === null) return { required: OPEN, available: through(hosts) };
      return { required: added(loadOf(loads, direction), scaled(rebuildTimesHosts(cluster, loads), 1 / hosts)), available: through(hosts) };
    },
    evidence,
    hostsAtLeast: () => {
      const loads = cluster.at(cluster.stableFrom);
      if (loads === null) return 0;
      return fewestHosts({ load: loadOf(loads, direction).value, rebuild: rebuildTimesHosts(cluster, loads).value, perHost: (perHost ?? Infinity) * (payload.value ?? 1), down: cluster.down });
    },
  };
}

export const networkLimits = (cluster: ClusterModel, host: HostModel): Limit[] => [networkLimit(cluster, host, "egress"), networkLimit(cluster, host, "ingress")];
