// Processors: vCPUs per GB/s that the engine serves, on the hosts that are up.
import type { HostModel } from "../host-model.ts";
import type { ClusterModel } from "../loads/cluster-model.ts";
import { known, sourced } from "../words.ts";
import { OPEN, available } from "./amount.ts";
import { fewestHosts, type Limit } from "./limit.ts";
import { upWords } from "./network.ts";

export function processorLimit(cluster: ClusterModel, host: HostModel): Limit {
  const { engine, down } = cluster;
  return {
    name: "processors", unit: "vCPUs",
    judge: (hosts) => ({ required: cluster.at(hosts)?.vcpus ?? OPEN, available: available(host.vcpus === null ? null : Math.max(0, hosts - down) * host.vcpus) }),
    evidence: (hosts) => `${upWords(cluster, hosts)} x ${host.size === null ? known(host.vcpus) : sourced(host.size.vcpus, "vCPUs")}; ${engine.engine} takes ${sourced(engine.vcpusPerReadGBps, "vCPUs per GB/s read")} and ${sourced(engine.vcpusPerWriteGBps, "per GB/s written")}`,
    hostsAtLeast: () => fewestHosts({ load: cluster.at(cluster.stableFrom)?.vcpus.value ?? 0, rebuild: 0, perHost: host.vcpus ?? Infinity, down }),
  };
}
