// How much data a shape holds, and how long writing all of it takes: what losing every host would cost.
import type { Candidate } from "../candidates/candidates.ts";
import type { ShapedCluster } from "../shape/shape.ts";
import type { SiteCase } from "../site-case.ts";

const GB_PER_TB = 1_000;
const SECONDS_PER_HOUR = 3_600;

const loadsOf = (cluster: ShapedCluster): ReturnType<ShapedCluster["model"]["at"]> => cluster.model.at(cluster.hosts);

export function storedTB({ clusters }: Pick<Candidate["shape"], "clusters">): number {
  return clusters.reduce((sum, cluster) => sum + (loadsOf(cluster)?.fileSystems ?? []).reduce((inner, each) => inner + each.capacityGB, 0), 0) / GB_PER_TB;
}

/** Writing with nothing else going on, at what NICs and drives do; the slowest cluster decides. Null where that is not known. */
export function hoursToWriteAll({ assumptions }: Pick<SiteCase, "assumptions">, { host, shape }: Pick<Candidate, "host" | "shape">): number | null {
  const payload = assumptions.nicPayloadFraction.value;
  const sustained = assumptions.sustainedWriteFraction.value;
  if (host.ingressGBps === null || host.egressGBps === null || host.writeGBps === null || payload === null || sustained === null) return null;
  let seconds = 0;
  for (const cluster of shape.clusters) {
    const sums = { ingress: 0, egress: 0, drives: 0 };
    for (const { capacityGB, traffic } of loadsOf(cluster)?.fileSystems ?? []) {
      if (traffic.ingress.perWrite === null || traffic.egress.perWrite === null || traffic.driveWrites === null) return null;
      sums.ingress += capacityGB * traffic.ingress.perWrite;
      sums.egress += capacityGB * traffic.egress.perWrite;
      sums.drives += capacityGB * traffic.driveWrites;
    }
    const slowest = Math.max(sums.ingress / (host.ingressGBps * payload), sums.egress / (host.egressGBps * payload), sums.drives / (host.writeGBps * sustained));
    seconds = Math.max(seconds, slowest / cluster.hosts);
  }
  return seconds / SECONDS_PER_HOUR;
}
