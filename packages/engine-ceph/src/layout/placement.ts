// Which daemon runs on which host. Greedy and deterministic: each daemon goes to the host with the least
// weight that does not run one of its kind yet, in a failure domain without one where possible. What the
// parent placed stays where it is, so growing a cluster never moves a monitor or a gateway.
import type { DaemonSpec, EngineLayout, HostId, LayoutHost, LayoutProblem } from "@cynosure/model";

export type PlacedKind = "monitor" | "manager" | "mds" | "rgw" | "nfs";

export type Placement = Readonly<Record<PlacedKind, readonly HostId[]>>;

/** Rough resident memory under load in units of 50 MB (docs/architecture/engine-ceph.md). */
const weights: Readonly<Record<PlacedKind, number>> = { monitor: 2, manager: 4, mds: 1, rgw: 3, nfs: 4 };

/** Three monitors lose one host and still agree; from 12 hosts five, so that they lose two. */
export const monitorCount = (hostCount: number): number => (hostCount >= 12 ? 5 : 3);

const counts = (hostCount: number): readonly (readonly [PlacedKind, number])[] => [
  ["monitor", monitorCount(hostCount)],
  ["manager", 2],
  ["nfs", 2],
  ["rgw", 2],
  ["mds", 2],
];

const hostsRunning = (parent: EngineLayout, kind: PlacedKind): HostId[] =>
  // Keys of `daemons` are host ids by its type.
  (Object.entries(parent.daemons) as [HostId, readonly DaemonSpec[]][]).filter(([, daemons]) => daemons.some((daemon) => daemon.kind === kind)).map(([host]) => host);

export type PlacementResult = { readonly ok: true; readonly placement: Placement } | { readonly ok: false; readonly problems: readonly LayoutProblem[] };

export function placeDaemons(hosts: readonly LayoutHost[], parent: EngineLayout | null): PlacementResult {
  const byIndex = [...hosts].sort((a, b) => a.index - b.index);
  const load = new Map<HostId, number>(byIndex.map((host) => [host.hostId, 0]));
  const placed = { monitor: [], manager: [], mds: [], rgw: [], nfs: [] } as Record<PlacedKind, HostId[]>;
  const put = (kind: PlacedKind, host: HostId): void => {
    placed[kind].push(host);
    load.set(host, (load.get(host) ?? 0) + weights[kind]);
  };
  if (parent !== null) {
    for (const kind of Object.keys(placed) as PlacedKind[]) {
      for (const host of byIndex) if (hostsRunning(parent, kind).includes(host.hostId)) put(kind, host.hostId);
      if (placed[kind].length < hostsRunning(parent, kind).length) {
        return { ok: false, problems: [{ target: "properties.hosts.count", message: `A host that runs a ${kind} of this cluster would go. Keep its hosts, or create another cluster.` }] };
      }
    }
    return { ok: true, placement: placed };
  }
  for (const [kind, count] of counts(byIndex.length)) {
    for (let n = 0; n < count; n += 1) {
      const host = leastLoaded(byIndex, load, placed[kind]);
      if (host !== null) put(kind, host);
    }
  }
  const order = new Map(byIndex.map((host, k) => [host.hostId, k]));
  for (const list of Object.values(placed)) list.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  return { ok: true, placement: placed };
}

function leastLoaded(hosts: readonly LayoutHost[], load: ReadonlyMap<HostId, number>, same: readonly HostId[]): HostId | null {
  const domains = new Set(hosts.filter((host) => same.includes(host.hostId)).map((host) => host.failureDomain));
  const free = hosts.filter((host) => !same.includes(host.hostId));
  const score = (host: LayoutHost): number => (domains.has(host.failureDomain) ? 1_000 : 0) + (load.get(host.hostId) ?? 0);
  let best: LayoutHost | null = null;
  for (const host of free) if (best === null || score(host) < score(best)) best = host;
  return best?.hostId ?? null;
}
