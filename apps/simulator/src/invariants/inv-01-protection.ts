// INV-01: what we do never costs more than was promised may be lost. Hosts that die by a drawn fault are not
// ours, but we must not take another one down beside them, once it is known that they are down.
import type { Invariant, WorldChange } from "./invariant.ts";
import type { ClusterPicture, HostPicture } from "./cluster-picture.ts";

/** A host that went down only now could not be known to be down. */
const KNOWN_AFTER_MS = 10_000;

const isDisturbed = (host: HostPicture): boolean => host.stopped > 0;

function tolerated({ pools }: ClusterPicture): number {
  return Math.min(...pools.map(({ scheme }) => (scheme.kind === "replication" ? scheme.copies - scheme.copiesMin : scheme.dataChunks + scheme.codingChunks - scheme.chunksMin)));
}

function destroyed({ before, after }: WorldChange): string[] {
  return Object.keys(before.hosts).filter((name) => after.hosts[name] === undefined);
}

export function protectionIsKept(): Invariant {
  const downSinceMs = new Map<string, number>();

  const remember = ({ cluster, after, nowMs }: WorldChange): void => {
    for (const [name, host] of Object.entries(after.hosts)) {
      const key = `${cluster} ${name}`;
      if (host.isUp) downSinceMs.delete(key);
      else if (!downSinceMs.has(key)) downSinceMs.set(key, nowMs);
    }
  };
  const disturbance = ({ cluster, before, after, nowMs }: WorldChange): string | null => {
    const begun = Object.entries(after.hosts).filter(([name, host]) => isDisturbed(host) && host.isUp && before.hosts[name] !== undefined && !isDisturbed(before.hosts[name]));
    if (begun.length === 0 || after.pools.length === 0) return null;
    const disturbed = Object.entries(after.hosts).filter(([, host]) => isDisturbed(host) && host.isUp).map(([name]) => name);
    if (disturbed.length > 1) return `daemons of ${disturbed.join(" and ")} of ${cluster} are stopped at the same time by changes of ours`;
    const known = Object.entries(after.hosts).filter(([name, host]) => !host.isUp && nowMs - (downSinceMs.get(`${cluster} ${name}`) ?? nowMs) >= KNOWN_AFTER_MS).map(([name]) => name);
    if (known.length > 0 && known.length + disturbed.length > tolerated(after)) return `daemons of ${disturbed.join()} of ${cluster} are stopped by a change of ours while ${known.join()} has been down for ${KNOWN_AFTER_MS} ms, and no more than ${tolerated(after)} may be down`;
    return null;
  };
  return {
    id: "INV-01",
    statement: "We never take down more than the protection allows: one failure domain at a time, none beside those known to be down, none that users are still sent to, none of a cluster that is to stay.",
    worldChanged(change, sight) {
      const { cluster, before, cause } = change;
      remember(change);
      if (cause.by === "fault") return null;
      for (const name of destroyed(change)) {
        const served = before.endpoints.filter((endpoint) => endpoint.hostId === before.hosts[name]?.hostId);
        if (served.length > 0) return `${name} of ${cluster} was destroyed by ${cause.who} while users were sent to it by ${served.map((each) => each.name).join(", ")}`;
        const target = sight.target(cluster);
        if (target?.plan.policy.presence === "present") return `${name} of ${cluster} was destroyed by ${cause.who} (${cause.what}), but the cluster is to stay`;
      }
      return disturbance(change);
    },
  };
}
