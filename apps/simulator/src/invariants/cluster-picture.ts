// What the invariants look at of one simulated cluster: small, copied, so that before and after can be laid
// side by side at every change of the world.
import type { SimulatedWorld } from "@cynosure/simulated";

type State = NonNullable<ReturnType<SimulatedWorld["look"]>>;

export interface HostPicture {
  readonly hostId: string;
  readonly address: string;
  readonly index: number;
  readonly isUp: boolean;
  readonly startedAtMs: number;
  readonly executorEpoch: number;
  readonly generation: number;
  readonly daemons: number;
  /** Daemons that served and are stopped by a change under way. */
  readonly stopped: number;
}

export interface ClusterPicture {
  readonly executorEpoch: number;
  readonly hasNetwork: boolean;
  readonly hosts: Readonly<Record<string, HostPicture>>;
  readonly endpoints: readonly { readonly name: string; readonly hostId: string; readonly port: number }[];
  readonly pools: State["engine"]["pools"];
  /** Everything but epochs and timers, as text: what an effect is told by. */
  readonly contents: string;
}

export const emptyPicture: ClusterPicture = { executorEpoch: 0, hasNetwork: false, hosts: {}, endpoints: [], pools: [], contents: "" };

export function pictureOf(state: State): ClusterPicture {
  const hosts: Record<string, HostPicture> = {};
  for (const [name, each] of Object.entries(state.hosts)) {
    const { host, isLinkUp, startedAtMs, executorEpoch, generation, daemons, stopped } = each;
    hosts[name] = { hostId: host.hostId, address: host.address, index: host.index, isUp: host.power === "on" && isLinkUp, startedAtMs, executorEpoch, generation, daemons: daemons.length, stopped: stopped.length };
  }
  const endpoints = state.endpoints.map(({ name, hostId, port }) => ({ name, hostId, port }));
  const { engine } = state;
  const contents = `${state.hasNetwork} ${Object.keys(hosts).join(",")} ${endpoints.map((each) => each.name).join(",")} ${engine.hasKeys} ${engine.pools.map((pool) => pool.name).join(",")} ${Object.entries(engine.fileSystems).map(([name, each]) => `${name}=${each.usableCapacityBytes}`).join(",")} ${engine.buckets.join(",")} ${JSON.stringify([engine.snapshots, engine.quotas])}`;
  return { executorEpoch: state.executorEpoch, hasNetwork: state.hasNetwork, hosts, endpoints, pools: engine.pools, contents };
}
