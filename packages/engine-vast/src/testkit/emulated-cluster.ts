// A cluster of the VAST engine on an emulated management server, for tests: hosts with addresses, a vault in memory, and the
// engine over them. What it shows, it shows against the emulator and its reading of the vendor's document.
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineCall, EngineVault } from "@cynosure/engine";
import type { LiveCluster } from "@cynosure/engine/testkit";
import { clusterKey, hostId, installationId, type ClusterPolicy, type EngineAction, type EngineLayout, type HostId, type LayoutHost, type StepResult } from "@cynosure/model";
import { startVmsEmulator, type EmulatedNode, type EmulatorOptions, type VmsEmulator } from "@cynosure/vms-emulator";
import { createVastEngine, type VastEngine, type VastEngineOptions } from "../index.ts";
import { boundsOf, snapshotsOf } from "./native-contents.ts";

const GIB = 2 ** 30;
const CALLS_MAX = 2_000;
const TASK_MS = 20;
const protection = { hostFailures: 1, scheme: "replication" } as const;

export const hosts = (count: number): LayoutHost[] =>
  Array.from({ length: count }, (_, index) => ({ hostId: hostId(`host-${index + 1}`), index, failureDomain: `host-${index + 1}`, diskPaths: ["/var/lib/cynosure/disks/disk0"], diskSizeBytes: 10 * GIB }));

export const aPolicy = (count: number, change: Partial<ClusterPolicy> = {}): ClusterPolicy => ({
  clusterKey: clusterKey("/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/emulated"), clusterName: "emulated", installationId: installationId("00000000"),
  engine: "vast", engineVersion: "5.4", substrate: "simulated", location: "local", hosts: { size: "local-small", count }, protection,
  fileSystems: [{ name: "home", usableCapacityBytes: GIB, protocols: ["nfs"], protection }], buckets: [{ name: "results", protection }], snapshots: [], quotas: [], presence: "present", ...change,
});

export const addressOf = (index: number): string => `192.0.2.${index + 10}`;
export const nodesOf = (count: number): EmulatedNode[] => Array.from({ length: count }, (_, index) => ({ ip: addressOf(index), kind: "ebox" }));

/** Everything that was kept, for tests of what must not be in it. */
export interface MemoryVault extends EngineVault {
  readonly secrets: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
}

export function memoryVault(): MemoryVault {
  const secrets = new Map<string, string>();
  const outputs = new Map<string, string>();
  return {
    secrets,
    outputs,
    ensureSecret: (name, create) => {
      const value = secrets.get(name) ?? create();
      secrets.set(name, value);
      return Promise.resolve(value);
    },
    readSecret: (name) => Promise.resolve(secrets.get(name) ?? null),
    putOutput: (name, value) => Promise.resolve(void outputs.set(name, value)),
    readOutput: (name) => Promise.resolve(outputs.get(name) ?? null),
  };
}

export interface EmulatedCluster extends Pick<LiveCluster, "replan" | "snapshotsOf" | "boundsOf"> {
  readonly emulator: VmsEmulator;
  readonly engine: VastEngine;
  readonly vault: MemoryVault;
  /** Of the last layout. */
  call(executorEpoch?: number): EngineCall;
  absentCall(): EngineCall;
  /** Lays out a policy of so many hosts over the last layout. */
  plan(count: number, change?: Partial<ClusterPolicy>): EngineLayout;
  /** Until it is done or has failed. */
  final(action: EngineAction): Promise<Extract<StepResult, { kind: "done" | "failed" }>>;
  /** All steps of the last layout in order; throws with the first that fails. */
  deliver(): Promise<void>;
  /** The emulator's own endpoint. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The management API as the cluster's own user. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

export async function startEmulatedCluster(count: number, options: EmulatorOptions & { readonly engine?: Partial<VastEngineOptions>; readonly change?: Partial<ClusterPolicy> } = {}): Promise<EmulatedCluster> {
  const emulator = await startVmsEmulator({ tls: false, delays: { taskMs: TASK_MS }, nodes: nodesOf(count), ...options });
  const engine = createVastEngine({
    isEmulated: true,
    locate: ({ clusterKey: key }) => Promise.resolve(key.endsWith("-absent") ? null : { origin: emulator.origin, caPem: emulator.certificatePem }),
    clientAddresses: () => ({ subnetBits: 24, ranges: [["192.0.2.200", "192.0.2.215"]] }),
    ...options.engine,
  });
  const vault = memoryVault();
  const addresses = Object.fromEntries(hosts(32).map((host) => [host.hostId, addressOf(host.index)])) as Record<HostId, string>; // keys are the host ids
  let policy = aPolicy(count, options.change);
  let layout: EngineLayout | null = null;
  const layOut = (wish: ClusterPolicy, parent: EngineLayout | null): EngineLayout => {
    const result = engine.planner.layout({ policy: wish, hosts: hosts(wish.hosts.count), parent, rng: { child: () => { throw new Error("the layout draws nothing"); }, next: () => 0, uuid: () => "" } });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.layout;
  };
  const plan = (hostCount: number, change: Partial<ClusterPolicy> = {}): EngineLayout => {
    policy = aPolicy(hostCount, { ...options.change, ...change });
    return (layout = layOut(policy, layout));
  };
  const current = (): EngineLayout => layout ?? plan(count);
  const call = (executorEpoch = 1): EngineCall => ({ clusterKey: policy.clusterKey, generation: 1, executorEpoch, policy, layout: current(), addresses, vault, publishedEndpoints: () => Promise.resolve([]), channel: { request: () => Promise.reject(new Error("no agent is asked")) } });
  const final: EmulatedCluster["final"] = async (action) => {
    for (let k = 0; k < CALLS_MAX; k += 1) {
      const result = await engine.perform(call(), action);
      if (result.kind === "done" || result.kind === "failed") return result;
      await sleep(Math.min(result.afterMs, TASK_MS));
    }
    throw new Error(`${action.name} is not done after ${CALLS_MAX} calls`);
  };
  const ask = async (method: string, url: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await fetch(url, { method, headers: { "content-type": "application/json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
    return text === "" ? null : (JSON.parse(text) as unknown); // what JSON.parse gives is unknown
  };
  const reader = { origin: emulator.origin, password: () => vault.secrets.get("vast-manager-password") ?? "" };
  return {
    emulator,
    engine,
    vault,
    call,
    absentCall: () => ({ ...call(), clusterKey: clusterKey(`${policy.clusterKey}-absent`) }),
    plan,
    replan: (parent, change) => {
      const wish = { ...parent.policy, ...change };
      return { ...parent, policy: wish, layout: layOut(wish, parent.layout) };
    },
    snapshotsOf: (fileSystem) => snapshotsOf(reader, fileSystem),
    boundsOf: (fileSystem, path) => boundsOf(reader, fileSystem, path),
    final,
    async deliver() {
      // The planner of the engine writes its steps in an order in which they can run.
      for (const { id, action } of current().steps) {
        const result = await final(action);
        if (result.kind === "failed") throw new Error(`${id}: ${result.error.code}: ${result.error.message}`);
      }
    },
    control: (method, path, body) => ask(method, `${emulator.origin}/__emulator${path}`, body, {}),
    api: async (method, path, body) => {
      const endpoint = await engine.nativeEndpoint(call());
      if (endpoint === null) throw new Error("nobody has taken the server over");
      return ask(method, `${endpoint.origin}${endpoint.basePath}${path}`, body, { ...(await endpoint.headers(false)) });
    },
    async close() {
      await engine.close();
      await emulator.close();
    },
  };
}
