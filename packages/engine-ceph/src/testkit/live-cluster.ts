// The delivered script cluster as the engine contract's suite wants it: calls under an epoch, fenced as the
// product's agents fence (the script's hosts have no agent), and a cluster of which nothing runs.
import { setTimeout as sleep } from "node:timers/promises";
import { clusterKey, hostId, type HostId } from "@cynosure/model";
import type { EngineCall, HostChannel } from "@cynosure/engine";
import type { LiveCluster } from "@cynosure/engine/testkit";
import { cephPlanner } from "../layout/engine-planner.ts";
import { actionNames } from "../layout/names.ts";
import { boundsOf, snapshotsOf } from "./live-contents.ts";
import { testLayoutHosts } from "./policies.ts";
import { noRng, type ScriptCluster } from "./script-agent.ts";

/** The cluster stays the caller's: closing the suite's view of it stops nothing. */
export function liveCluster(cluster: ScriptCluster): LiveCluster {
  const newestEpochs = new Map<HostId, number>();
  const fenced = (channel: HostChannel, executorEpoch: number): HostChannel => ({
    request: async (host, ...request) => {
      const newest = Math.max(newestEpochs.get(host) ?? 0, executorEpoch);
      newestEpochs.set(host, newest);
      if (executorEpoch < newest) return { ok: false, error: { code: "StaleExecutor", message: `this host has seen epoch ${newest}` } };
      return channel.request(host, ...request);
    },
  });
  const call = (executorEpoch: number): EngineCall => {
    const current = cluster.call();
    // The order of this list means nothing, but the suite tries an old epoch on its first step. Making keys
    // comes before there is a host: no agent can refuse it, so a step that does ask hosts stands first.
    // That an old executor's keys change nothing is proven in ceph-engine.test.ts, as is every other action.
    const steps = [...current.layout.steps].sort((a, b) => Number(a.action.name === actionNames.ensureKeys) - Number(b.action.name === actionNames.ensureKeys));
    return { ...current, executorEpoch, layout: { ...current.layout, steps }, channel: fenced(current.channel, executorEpoch) };
  };
  return {
    call,
    absentCall: () => {
      const current = cluster.call();
      return { ...current, clusterKey: clusterKey(`${current.clusterKey}-absent`), channel: { request: (host, ...request) => current.channel.request(hostId(`${host}-absent`), ...request) } };
    },
    replan: (parent, change) => {
      const policy = { ...parent.policy, ...change };
      const laidOut = cephPlanner.layout({ policy, hosts: testLayoutHosts(policy.hosts.count), parent: parent.layout, rng: noRng });
      if (!laidOut.ok) throw new Error(laidOut.problems.map((problem) => `${problem.target}: ${problem.message}`).join("; "));
      return { ...parent, policy, layout: laidOut.layout };
    },
    snapshotsOf: (fileSystem) => snapshotsOf(cluster, fileSystem),
    boundsOf: (fileSystem, path) => boundsOf(cluster, fileSystem, path),
    sleep: async (ms) => void (await sleep(ms)),
    close: async () => undefined,
  };
}
