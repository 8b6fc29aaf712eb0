// Raw capacity: copies, chunks and growth against drives less overhead, spare hosts and the fill that must not be passed.
import { rawGBOf, type HostModel } from "../host-model.ts";
import type { ClusterModel } from "../loads/cluster-model.ts";
import { known, number, plural, sourced } from "../words.ts";
import { OPEN, UNBOUNDED_UNKNOWN, available, type Amount } from "./amount.ts";
import type { Limit } from "./limit.ts";

function usableRawGB(cluster: ClusterModel, host: HostModel, hosts: number): Amount {
  const raw = rawGBOf(host);
  if (raw === null) return UNBOUNDED_UNKNOWN;
  if (cluster.kind === "live") return available(hosts * raw);
  const { engine, assumptions } = cluster;
  const spare = assumptions.spareHosts.value;
  const overhead = engine.overheadFraction.value;
  const kept = available(Math.max(0, hosts - (spare ?? 0)) * raw, { value: overhead === null ? null : 1 - overhead, best: 1 }, { value: engine.fillFractionMax.value, best: 1 });
  return { value: kept.value, isWhole: kept.isWhole && spare !== null };
}

function evidence(cluster: ClusterModel, host: HostModel, hosts: number): string {
  const loads = cluster.at(hosts);
  if (loads === null) return `what is required follows from the protection, which ${plural(hosts, "host")} cannot hold`;
  const wanted = loads.fileSystems.map((each) => `${each.fileSystem.name} ${number(each.capacityGB)} GB x ${known(each.raw)}`).join(" + ");
  const required = `required is the sum of usable capacities${cluster.fileSystems.some((each) => each.growth !== null) ? " after growth" : ""} times copies or chunks (${wanted === "" ? "none declared" : wanted}); buckets declare no capacity and are not counted`;
  if (cluster.kind === "live") return `${plural(hosts, "host")} x ${known(host.driveCount)} x ${(host.driveGB ?? 0).toFixed(1)} GB; ${required}`;
  const { engine, assumptions } = cluster;
  const drives = host.size === null ? "" : ` x ${sourced(host.size.drives.count, "drives")} x ${sourced(host.size.drives.driveGB, "GB")}`;
  return `(${number(hosts)} - ${sourced(assumptions.spareHosts, "spare")}) hosts${drives} less ${sourced(engine.overheadFraction, "overhead")}, filled to ${sourced(engine.fillFractionMax, "")}; ${required}`;
}

export function capacityLimit(cluster: ClusterModel, host: HostModel): Limit {
  return {
    name: "raw capacity", unit: "GB",
    judge: (hosts) => ({ required: cluster.at(hosts)?.rawGB ?? OPEN, available: usableRawGB(cluster, host, hosts) }),
    evidence: (hosts) => evidence(cluster, host, hosts),
    hostsAtLeast: () => {
      const required = cluster.at(cluster.stableFrom)?.rawGB.value ?? 0;
      const spare = cluster.kind === "live" ? 0 : (cluster.assumptions.spareHosts.value ?? 0);
      const perHost = usableRawGB(cluster, host, spare + 1).value;
      return required === 0 ? 0 : perHost <= 0 ? Infinity : required / perHost + spare;
    },
  };
}
