// What a simulated world consists of: plain data, stored as JSON. Only the simulated substrate, engine and
// agents change it, through `SimulatedWorld.change`.
import type { HostReport, PoolLayout, PublishedEndpoint, QuotaPolicy, SubstrateHost } from "@cynosure/model";

export interface SimulatedHost {
  host: SubstrateHost;
  isLinkUp: boolean;
  /** The token of the last boot file; spent by joining. */
  joinToken: string;
  isJoined: boolean;
  startedAtMs: number;
  /** What the agent acted on last; refuses anything lower. */
  executorEpoch: number;
  generation: number;
  report: HostReport | null;
  /** Daemons that are to run; they do while the host has power. `digest` changes when one must be restarted. */
  daemons: { id: string; kind: string; digest: string }[];
  /** Daemons that served and were stopped by the change under way. */
  stopped: { id: string; kind: string; digest: string }[];
}

export interface SimulatedEngineState {
  hasKeys: boolean;
  pools: PoolLayout[];
  fileSystems: Record<string, { usableCapacityBytes: number }>;
  buckets: string[];
  snapshots: Record<string, { fileSystem: string }>;
  quotas: Record<string, Omit<QuotaPolicy, "name">>;
}

export interface SimulatedCluster {
  executorEpoch: number;
  hasNetwork: boolean;
  /** By host id. */
  hosts: Record<string, SimulatedHost>;
  endpoints: PublishedEndpoint[];
  /** Ports once given stay with their name. */
  ports: Record<string, number>;
  engine: SimulatedEngineState;
  /** Start times of modelled delays by name. */
  timers: Record<string, number>;
}

export interface WorldState {
  readonly version: 1;
  readonly clusters: Record<string, SimulatedCluster>;
}

export const newCluster = (): SimulatedCluster => ({
  executorEpoch: 0,
  hasNetwork: false,
  hosts: {},
  endpoints: [],
  ports: {},
  engine: { hasKeys: false, pools: [], fileSystems: {}, buckets: [], snapshots: {}, quotas: {} },
  timers: {},
});

/** Power and link: others can talk to this host. */
export const isReachable = (host: SimulatedHost): boolean => host.host.power === "on" && host.isLinkUp;

/** Daemons that serve now, by host. */
export function runningDaemons(cluster: Readonly<SimulatedCluster>): { id: string; kind: string; hostId: string }[] {
  return Object.values(cluster.hosts).flatMap((host) => (isReachable(host) ? host.daemons.map((daemon) => ({ ...daemon, hostId: host.host.hostId })) : []));
}
