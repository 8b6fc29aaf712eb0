// A made-up substrate, engine and agents that record every call and can be told how to behave: what the
// executor's own tests need. The full simulated world is in `simulated`.
import { setTimeout as sleep } from "node:timers/promises";
import { createHash } from "node:crypto";
import type { Clock, ClusterKey, EngineAction, HostId, HostReport, PublishedEndpoint, StepResult, SubstrateHost } from "@cynosure/model";
import { done, doneVoid } from "@cynosure/model";
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import type { Store } from "@cynosure/resource-store";
import type { HostSpec, Substrate, SubstrateCall } from "@cynosure/substrate";

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export interface FakeCluster {
  readonly substrate: Substrate;
  readonly engine: StorageEngine;
  /** `ensureHost host-1 generation=1 epoch=1`, in order. */
  readonly calls: string[];
  readonly tokensRefused: string[];
  /** Hosts that lost their power; switching one on removes it. */
  readonly lost: Set<string>;
  /** What an action does; default: done. */
  perform: (call: EngineCall, action: EngineAction) => Promise<StepResult>;
  /** What a host reports once it has taken up a generation; default: converged. */
  report: (host: HostId, generation: number) => Pick<HostReport, "state" | "error">;
  close(): Promise<void>;
}

export function createFakeCluster(getStore: () => Store): FakeCluster {
  const stop = new AbortController();
  const agents: Promise<void>[] = [];
  const started = new Set<string>();
  const calls: string[] = [];
  const tokensRefused: string[] = [];
  const lost = new Set<string>();
  const hosts = new Map<string, SubstrateHost>();
  const note = (name: string, call: SubstrateCall | EngineCall): void => void calls.push(`${name} generation=${call.generation} epoch=${call.executorEpoch}`);
  const cluster: FakeCluster = {
    calls,
    tokensRefused,
    lost,
    perform: () => Promise.resolve(doneVoid),
    report: () => ({ state: "converged" }),
    async close() {
      stop.abort();
      await Promise.all(agents);
    },
    substrate: {
      name: "simulated",
      isSimulated: true,
      describeOffers: () => Promise.resolve([]),
      ensureNetwork: (call) => (note("ensureNetwork", call), Promise.resolve(doneVoid)),
      ensureHost(call, spec) {
        note(`ensureHost ${spec.hostId}`, call);
        if (!started.has(spec.hostId)) agents.push(runAgent(getStore(), call.clusterKey, spec, () => cluster, stop.signal));
        started.add(spec.hostId);
        hosts.set(spec.hostId, hostOf(spec));
        return Promise.resolve(done(hostOf(spec)));
      },
      destroyHost: (call, hostId) => (note(`destroyHost ${hostId}`, call), Promise.resolve(doneVoid)),
      destroyNetwork: (call) => (note("destroyNetwork", call), Promise.resolve(doneVoid)),
      power: (call, hostId, action) => {
        note(`power ${hostId} ${action}`, call);
        if (action === "on") lost.delete(hostId);
        return Promise.resolve(doneVoid);
      },
      ensureEndpoints: (call, endpoints) => {
        note(`ensureEndpoints ${endpoints.map((each) => each.name).join(",") || "none"}`, call);
        return Promise.resolve(done(endpoints.map((each): PublishedEndpoint => ({ name: each.name, protocol: each.protocol, hostId: each.hostId, address: "127.0.0.1", port: 40_000 + each.port }))));
      },
      observe: () => Promise.resolve([...hosts.values()].map((host) => ({ ...host, power: lost.has(host.hostId) ? ("off" as const) : ("on" as const), wantedPower: "on" as const }))),
    },
    engine: {
      name: "simulated",
      isSimulated: true,
      isEmulated: false,
      planner: { hostCount: { min: 1, max: 32 }, layout: () => ({ ok: false, problems: [] }) },
      perform: (call, action) => (note(`perform ${action.name}`, call), cluster.perform(call, action)),
      observeHealth: () => Promise.resolve(null),
      observeMetrics: () => Promise.resolve(null),
      readCredentials: () => Promise.resolve({ s3: null }),
      nativeEndpoint: () => Promise.resolve(null),
      benchmark: () => Promise.reject(new Error("nothing to measure")),
    },
  };
  return cluster;
}

const hostOf = ({ hostId, index, size, failureDomain }: HostSpec): SubstrateHost => ({ hostId, index, address: `10.88.0.${10 + index}`, size, failureDomain, power: "on", diskPaths: [], diskSizeBytes: 0 });

/** Joins with its token, then converges to whatever is published until told to stop. */
async function runAgent(store: Store, cluster: ClusterKey, { boot, hostId }: HostSpec, get: () => FakeCluster, signal: AbortSignal): Promise<void> {
  const tokenSha256 = createHash("sha256").update(boot.joinToken).digest("hex");
  if (!(await store.hosts.consumeJoinToken(cluster, hostId, tokenSha256, Date.now(), `key of ${hostId}`))) get().tokensRefused.push(hostId);
  await store.hosts.markJoined(cluster, hostId, "certificate");
  let observedGeneration = 0;
  while (!signal.aborted) {
    const served = await store.hosts.readPublished(cluster, hostId);
    if (served !== null && served.plan.generation > observedGeneration && !get().lost.has(hostId)) {
      observedGeneration = served.plan.generation;
      get().calls.push(`converge ${hostId} stage=${served.plan.stage} generation=${observedGeneration} epoch=${served.executorEpoch}`);
      const agent = { pid: 2, version: "0", startedAtMs: 1 };
      await store.hosts.putReport({ clusterKey: cluster, hostId, observedGeneration, executorEpoch: served.executorEpoch, daemons: [], agent, ...get().report(hostId, observedGeneration) });
    }
    for (const request of await store.hosts.takeRequests(cluster, hostId, 10)) {
      await store.hosts.answerRequest(request.id, { ok: true, value: { echo: request.payload, kind: request.kind } }, { clusterKey: cluster, hostId });
    }
    await store.hosts.waitForChange(`host:${cluster}/${hostId}`, 1_000, signal);
  }
}
