// Drives: reading and sustained writing together, reads per second for small files, and what they are rated to endure.
import { rawGBOf, type HostModel } from "../host-model.ts";
import { loadOn, rebuildGBpsTimesHosts, type ClusterLoads, type ClusterModel, type FileSystemLoad } from "../loads/cluster-model.ts";
import { known, number, sourced } from "../words.ts";
import { NOTHING, OPEN, added, available, over, scaled, whole, type Amount } from "./amount.ts";
import { fewestHosts, type Limit } from "./limit.ts";
import { upWords } from "./network.ts";

const SECONDS_PER_DAY = 86_400;
const KB_PER_GB = 1_000_000;

/** Sustained writing of one host; null when the published figure is not known, its best case when only the fraction is not. */
const sustained = (cluster: ClusterModel, host: HostModel): { readonly writeGBps: number | null; readonly isWhole: boolean } => {
  const fraction = cluster.assumptions.sustainedWriteFraction.value;
  return { writeGBps: host.writeGBps === null ? null : host.writeGBps * (fraction ?? 1), isWhole: fraction !== null };
};

/** Host-loads: 1 keeps one host's drives busy all the time. */
function busyHosts(cluster: ClusterModel, host: HostModel, loads: ClusterLoads): { readonly clients: Amount; readonly rebuildTimesHosts: Amount } {
  const { writeGBps, isWhole } = sustained(cluster, host);
  const perRead = host.readGBps === null ? null : 1 / host.readGBps;
  const perWrite = (each: FileSystemLoad): number | null => (writeGBps === null || each.traffic.driveWrites === null ? null : each.traffic.driveWrites / writeGBps);
  const clients = cluster.together(loads.fileSystems, (each) => loadOn(each, { perRead, perWrite: perWrite(each) }));
  const readAgain = rebuildGBpsTimesHosts(cluster, loads.rebuildReadGB);
  const writtenAgain = rebuildGBpsTimesHosts(cluster, loads.rebuildWriteGB);
  const rebuild = added(over(readAgain, host.readGBps), over(writtenAgain, writeGBps));
  const isWriting = loads.driveWriteGBps.value > 0 || writtenAgain.value > 0;
  return { clients: { value: clients.value, isWhole: clients.isWhole && (isWhole || !isWriting) }, rebuildTimesHosts: rebuild };
}

function throughputLimit(cluster: ClusterModel, host: HostModel): Limit {
  const stable = (): ReturnType<typeof busyHosts> | null => {
    const loads = cluster.at(cluster.stableFrom);
    return loads === null ? null : busyHosts(cluster, host, loads);
  };
  return {
    name: "drive throughput", unit: "of what the drives do",
    judge: (hosts) => {
      const loads = cluster.at(hosts);
      const up = hosts - cluster.down;
      if (loads === null || up <= 0) return { required: OPEN, available: whole(1) };
      const busy = busyHosts(cluster, host, loads);
      return { required: scaled(added(busy.clients, scaled(busy.rebuildTimesHosts, 1 / hosts)), 1 / up), available: whole(1) };
    },
    evidence: (hosts) => {
      if (host.size === null) return "";
      const { readMBps, writeMBps } = host.size.drives;
      const writes = cluster.at(hosts)?.fileSystems.filter((each) => each.writeGBps > 0).map((each) => `${each.fileSystem.name} writes ${known(each.traffic.driveWrites)} bytes a byte`) ?? [];
      return [`${upWords(cluster, hosts)}: reading ${sourced(readMBps, "MB/s")}, writing ${sourced(writeMBps, "MB/s")} as published for fresh drives x sustained ${sourced(cluster.assumptions.sustainedWriteFraction, "")}`, ...writes].join("; ");
    },
    hostsAtLeast: () => {
      const busy = stable();
      return busy === null ? 0 : fewestHosts({ load: busy.clients.value, rebuild: busy.rebuildTimesHosts.value, perHost: 1, down: cluster.down });
    },
  };
}

/** One read a file. */
function filesPerSecond(cluster: ClusterModel): number {
  let sum = 0;
  for (const { throughput, fileSizes } of cluster.fileSystems) for (const share of fileSizes) sum += ((throughput?.readGBps ?? 0) * share.byteFraction) / (share.fileSizeKB / KB_PER_GB);
  return sum;
}

function readsPerSecondLimits(cluster: ClusterModel, host: HostModel): Limit[] {
  const required = filesPerSecond(cluster);
  if (required === 0) return [];
  return [
    {
      name: "drive reads per second", unit: "reads/s",
      judge: (hosts) => ({ required: whole(required), available: available(host.readIops === null ? null : Math.max(0, hosts - cluster.down) * host.readIops) }),
      evidence: (hosts) => `${upWords(cluster, hosts)} x ${host.size === null ? known(host.readIops) : sourced(host.size.drives.readIops, "reads/s")}; required is one read a file at the read throughput and file sizes asked for`,
      hostsAtLeast: () => fewestHosts({ load: required, rebuild: 0, perHost: host.readIops ?? Infinity, down: cluster.down }),
    },
  ];
}

function enduranceLimit(cluster: ClusterModel, host: HostModel): Limit {
  const raw = rawGBOf(host);
  const timesHosts = (loads: ClusterLoads): Amount => {
    return over(scaled(loads.driveWriteGBps, SECONDS_PER_DAY), raw);
  };
  return {
    name: "drive endurance", unit: "drive writes/day",
    judge: (hosts) => {
      const loads = cluster.at(hosts);
      return { required: loads === null ? OPEN : scaled(timesHosts(loads), 1 / hosts), available: available(host.driveWritesPerDay) };
    },
    evidence: (hosts) => {
      const written = cluster.at(hosts)?.driveWriteGBps ?? NOTHING;
      const rated = host.size === null ? "" : `rated for ${sourced(host.size.drives.driveWritesPerDay, "writes a day")}; `;
      return `${rated}${number(written.value)} GB/s on drives all day is ${number((written.value * SECONDS_PER_DAY) / 1_000_000)} PB a day over ${number(hosts)} hosts x ${known(host.driveCount)} x ${known(host.driveGB)} GB`;
    },
    hostsAtLeast: () => {
      const loads = cluster.at(cluster.stableFrom);
      return loads === null || host.driveWritesPerDay === null ? 0 : timesHosts(loads).value / host.driveWritesPerDay;
    },
  };
}

export const driveLimits = (cluster: ClusterModel, host: HostModel): Limit[] => [throughputLimit(cluster, host), ...readsPerSecondLimits(cluster, host)];
export const enduranceLimits = (cluster: ClusterModel, host: HostModel): Limit[] => (cluster.fileSystems.some((each) => (each.throughput?.writeGBps ?? 0) > 0) ? [enduranceLimit(cluster, host)] : []);
