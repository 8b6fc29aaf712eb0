// Hosts that are made up: the whole substrate port over a simulated world. Every effect is idempotent by
// name, and calls of a stale executor are refused, exactly as the contract asks of real substrates.
import { done, failed, waiting, type ClusterKey, type HostSizeOffer, type PublishedEndpoint, type StepResult, type SubstrateHost } from "@cynosure/model";
import type { HostSpec, Substrate, SubstrateCall } from "@cynosure/substrate";
import { POLL_MS_MIN, simulatedDurations as durations } from "./durations.ts";
import type { SimulatedWorld } from "./world.ts";
import { newCluster, type SimulatedCluster, type SimulatedHost } from "./world-state.ts";

const GIB = 2 ** 30;
const HOSTS_MAX = 32;
const FIRST_PORT = 42_000;
const FIRST_ADDRESS = 10;

export interface SimulatedSubstrateOptions {
  readonly world: SimulatedWorld;
  /** Location the offers are for. */
  readonly location?: string;
  readonly diskCount?: number;
}

const offer = (size: string, location: string, diskCount: number): HostSizeOffer => ({ size, location, hostCountMax: HOSTS_MAX, diskCount, diskSizeBytes: 10 * GIB, vcpus: 2, memoryBytes: 4 * GIB, restriction: null });

/** The first step of every method that writes: a higher epoch is remembered, a lower one refused. */
export function refuseStale(state: SimulatedCluster, call: { readonly clusterKey: ClusterKey; readonly executorEpoch: number }): StepResult<never> | null {
  if (call.executorEpoch < state.executorEpoch) return failed("StaleExecutor", `Executor epoch ${call.executorEpoch} was replaced by ${state.executorEpoch} for ${call.clusterKey}. Another control plane does this work now.`);
  state.executorEpoch = call.executorEpoch;
  return null;
}

export const waitFor = (what: string, ms: number): StepResult<never> => waiting(what, Math.max(POLL_MS_MIN, ms));

function newHost(spec: HostSpec, nowMs: number): SimulatedHost {
  const { hostId, index, size, failureDomain, disks } = spec;
  const host: SubstrateHost = { hostId, index, address: `10.88.0.${FIRST_ADDRESS + index}`, size, failureDomain, power: "on", wantedPower: "on", diskPaths: disks.map((disk) => disk.path), diskSizeBytes: disks[0]?.sizeBytes ?? 0 };
  return { host, isLinkUp: true, joinToken: spec.boot.joinToken, isJoined: false, startedAtMs: nowMs, executorEpoch: 0, generation: 0, report: null, daemons: [], stopped: [] };
}

const changeHost = (state: SimulatedCluster, hostId: string, change: (host: SimulatedHost) => void): boolean => {
  const host = state.hosts[hostId];
  if (host !== undefined) change(host);
  return host !== undefined;
};

export function createSimulatedSubstrate({ world, location = "local", diskCount = 1 }: SimulatedSubstrateOptions): Substrate {
  /** Runs an effect under the world's faults, after the fence. `look` decides what is left to wait for. */
  const act = <T>(call: SubstrateCall, method: string, entity: string, effect: (state: SimulatedCluster) => StepResult<T>): Promise<StepResult<T>> =>
    // An async function, so that a prescribed "throw" arrives as a rejected promise like any adapter's.
    (async () => world.faults.run(method, entity, () => world.change(call.clusterKey, (state) => refuseStale(state, call) ?? effect(state))))();
  /** One machine publishes the endpoints of all clusters. */
  const freePort = (): number => {
    const taken = new Set(world.clusterKeys().flatMap((cluster) => Object.values(world.look(cluster)?.ports ?? {})));
    let port = FIRST_PORT;
    while (taken.has(port)) port += 1;
    return port;
  };
  const delayed = (call: SubstrateCall, timer: string, ms: number, entity = ""): number => world.remainingMs(call.clusterKey, timer, ms, entity);

  return {
    name: "simulated",
    isSimulated: true,
    async describeOffers(asked) {
      return asked === location ? [offer("local-small", location, diskCount)] : [];
    },
    ensureNetwork: (call) =>
      act(call, "ensureNetwork", "network", (state) => {
        const left = state.hasNetwork ? 0 : delayed(call, "network.ensure", durations.networkEnsureMs);
        if (left > 0) return waitFor("simulated network", left);
        state.hasNetwork = true;
        return done(undefined);
      }),
    ensureHost: (call, spec) =>
      act(call, "ensureHost", spec.hostId, (state) => {
        if (!state.hasNetwork) return failed("NetworkMissing", `Host ${spec.hostId} needs the cluster network first. Ensure the network, then the host.`);
        const known = state.hosts[spec.hostId];
        if (known !== undefined) {
          if (!known.isJoined) known.joinToken = spec.boot.joinToken;
          return done(known.host);
        }
        const left = delayed(call, `host.ensure/${spec.hostId}`, durations.hostEnsureMs, spec.hostId);
        if (left > 0) return waitFor(`simulated host ${spec.hostId} to start`, left);
        const host = newHost(spec, world.clock.now());
        state.hosts[spec.hostId] = host;
        return done(host.host);
      }),
    destroyHost: (call, hostId) =>
      act(call, "destroyHost", hostId, (state) => {
        const left = state.hosts[hostId] === undefined ? 0 : delayed(call, `host.destroy/${hostId}`, durations.hostDestroyMs, hostId);
        if (left > 0) return waitFor(`simulated host ${hostId} to go`, left);
        delete state.hosts[hostId];
        state.endpoints = state.endpoints.filter((endpoint) => endpoint.hostId !== hostId);
        for (const timer of Object.keys(state.timers)) if (timer.endsWith(`/${hostId}`)) delete state.timers[timer];
        return done(undefined);
      }),
    destroyNetwork: (call) =>
      act(call, "destroyNetwork", "network", (state) => {
        const left = Object.keys(state.hosts);
        if (left.length > 0) return failed("NetworkInUse", `The network still has ${left.join(", ")}. Destroy the hosts first.`);
        const ms = state.hasNetwork ? delayed(call, "network.destroy", durations.networkDestroyMs) : 0;
        if (ms > 0) return waitFor("simulated network to go", ms);
        // The epoch outlives the cluster, or a stale executor could build it again.
        const { executorEpoch } = state;
        Object.assign(state, newCluster(), { executorEpoch });
        return done(undefined);
      }),
    power: (call, hostId, action) =>
      act(call, "power", hostId, (state) => {
        const isThere = changeHost(state, hostId, (host) => {
          if (action === "on" || action === "off") {
            if (action === "on" && host.host.power !== "on") host.startedAtMs = world.clock.now();
            host.host = { ...host.host, power: action, wantedPower: action };
          } else host.isLinkUp = action === "restoreLink";
        });
        return isThere ? done(undefined) : failed("HostNotFound", `There is no host ${hostId} in this cluster. List its hosts for the names there are.`);
      }),
    ensureEndpoints: (call, endpoints) =>
      act(call, "ensureEndpoints", "endpoints", (state): StepResult<readonly PublishedEndpoint[]> => {
        const missing = endpoints.find((endpoint) => state.hosts[endpoint.hostId] === undefined);
        if (missing !== undefined) return failed("HostNotFound", `Endpoint ${missing.name} is on ${missing.hostId}, which does not exist. Ensure the host first.`);
        const wanted = endpoints.map((endpoint): PublishedEndpoint => {
          state.ports[endpoint.name] ??= freePort();
          return { name: endpoint.name, protocol: endpoint.protocol, hostId: endpoint.hostId, address: "127.0.0.1", port: state.ports[endpoint.name] ?? 0 };
        });
        const timer = `endpoints/${wanted.map((endpoint) => `${endpoint.name}@${endpoint.hostId}`).join(",")}`;
        const isSame = JSON.stringify(state.endpoints) === JSON.stringify(wanted);
        const left = isSame ? 0 : delayed(call, timer, durations.endpointsEnsureMs);
        if (left > 0) return waitFor("simulated endpoints", left);
        state.endpoints = wanted;
        delete state.timers[timer];
        return done(wanted);
      }),
    async observe(clusterKey) {
      return Object.values(world.look(clusterKey)?.hosts ?? {}).map(({ host, isLinkUp }): SubstrateHost => (isLinkUp ? host : { ...host, link: "cut" })).sort((a, b) => a.index - b.index);
    },
  };
}
