// A hand-written deployment of a Ceph layout: hosts, stages and engine steps in the order the layout asks
// for, with nothing durable. It proves layout, effect half and host side against a real cluster, and is the
// baseline the product's own delivery is measured against.
import type { EngineCall, HostChannel, StorageEngine } from "@cynosure/engine";
import { hostId, hostPlanAtStage, isSameJson, type ClusterPolicy, type EngineLayout, type EngineStep, type HostDisk, type HostId, type HostPlan, type LayoutHost, type Rng } from "@cynosure/model";
import { createMemoryVault, type MemoryVault } from "./memory-vault.ts";
import { testLayoutHosts, testPolicy } from "./policies.ts";
import { createTestHosts, type TestHosts } from "./test-hosts.ts";

const STEP_TIMEOUT_MS = 120_000;

export const noRng: Rng = { child: () => noRng, next: () => 0.5, uuid: () => "00000000-0000-4000-8000-000000000000" };

export function layoutOrThrow(engine: StorageEngine, policy: ClusterPolicy, hosts: readonly LayoutHost[], parent: EngineLayout | null): EngineLayout {
  const result = engine.planner.layout({ policy, hosts, parent, rng: noRng });
  if (!result.ok) throw new Error(result.problems.map((problem) => `${problem.target}: ${problem.message}`).join("; "));
  return result.layout;
}

export interface ScriptCluster {
  readonly hosts: TestHosts;
  readonly vault: MemoryVault;
  layout(): EngineLayout;
  call(): EngineCall;
  /** Brings the cluster to this policy; resolves when all steps are done. */
  deliver(policy: ClusterPolicy): Promise<void>;
  /** Cuts the power of every host at once and brings each back at the last stage, as a machine that boots does. */
  restart(): Promise<void>;
  /** Milliseconds since the last delivery began, per step and stage. */
  readonly timings: Map<string, number>;
  close(): void;
}

export function createScriptCluster(engine: StorageEngine, imageDir: string, count: number, log: (line: string) => void = () => undefined): ScriptCluster {
  let layoutHosts = testLayoutHosts(count);
  const hosts = createTestHosts(imageDir, layoutHosts.map((host) => host.hostId));
  const vault = createMemoryVault();
  const timings = new Map<string, number>();
  let policy = testPolicy(count);
  let layout: EngineLayout | null = null;
  // Keys are host ids of `hosts`.
  const readAddresses = (): Record<HostId, string> => Object.fromEntries([...hosts.hosts].map(([id, host]) => [id, host.address])) as Record<HostId, string>;
  let addresses = readAddresses();
  const channel: HostChannel = {
    request: async (id, kind, payload, timeoutMsMax) => {
      const response = await hosts.hosts.get(id)?.send({ op: "request", kind, payload, timeoutMsMax });
      return response === undefined || !response.ok ? { ok: false, error: { code: response?.code ?? "HostUnreachable", message: response?.message ?? `no host ${id}` } } : { ok: true, value: response.value };
    },
  };
  const current = (): EngineLayout => {
    if (layout === null) throw new Error("nothing was delivered yet");
    return layout;
  };
  const call = (): EngineCall => ({ clusterKey: policy.clusterKey, generation: 1, executorEpoch: 1, policy, layout: current(), addresses, channel, vault, publishedEndpoints: async () => [] });

  const render = (text: string): string =>
    text.replace(/\{\{([a-z]+):([^{}\n]{1,200})\}\}/g, (whole, kind: string, name: string) => {
      const value = kind === "address" ? addresses[hostId(name)] : kind === "secret" ? vault.secrets.get(name) : vault.outputs.get(name);
      if (value === undefined) throw new Error(`no value for ${whole}`);
      return value;
    });

  async function publish(id: HostId, stage: number): Promise<void> {
    const wanted = current();
    const host = layoutHosts.find((one) => one.hostId === id);
    const disks: HostDisk[] = (host?.diskPaths ?? []).map((path, k) => ({ name: `disk${k}`, path, sizeBytes: host?.diskSizeBytes ?? 0 }));
    const full: HostPlan = { clusterKey: policy.clusterKey, hostId: id, generation: 1, stage: wanted.stages, image: { name: wanted.imageName }, files: wanted.files[id] ?? [], disks, daemons: wanted.daemons[id] ?? [] };
    const plan = JSON.parse(mapStrings(hostPlanAtStage(full, stage, stage), render)) as HostPlan; // the same plan, rendered
    const response = await hosts.hosts.get(id)?.send({ op: "converge", plan });
    if (response?.ok !== true) throw new Error(`${id} stage ${stage}: ${response?.message ?? "no host"}`);
  }

  async function act(step: EngineStep, startedMs: number): Promise<void> {
    const deadlineMs = Date.now() + STEP_TIMEOUT_MS;
    let said = "";
    for (;;) {
      const result = await engine.perform(call(), step.action);
      if (result.kind === "done") break;
      if (result.kind === "failed") throw new Error(`${step.id}: ${result.error.code} ${result.error.message}`);
      const text = result.kind === "waiting" ? `waits for ${result.waitingOn}` : `tries again: ${result.cause.message}`;
      if (text !== said) log(`${((Date.now() - startedMs) / 1000).toFixed(2)} ${step.id} ${text}`);
      said = text;
      if (Date.now() > deadlineMs) throw new Error(`${step.id} ${said}`);
      await new Promise((resolve) => setTimeout(resolve, result.afterMs));
    }
    timings.set(step.id, Date.now() - startedMs);
    log(`${((Date.now() - startedMs) / 1000).toFixed(2)} ${step.id} done`);
  }

  async function deliver(wish: ClusterPolicy): Promise<void> {
    const before = layout;
    const known = new Set(layoutHosts.map((host) => host.hostId));
    layoutHosts = testLayoutHosts(wish.hosts.count);
    const fresh = layoutHosts.filter((host) => !known.has(host.hostId));
    for (const host of fresh) hosts.add(host.hostId, host.index);
    addresses = readAddresses();
    const startedMs = Date.now();
    timings.clear();
    policy = wish;
    layout = layoutOrThrow(engine, wish, layoutHosts, before);
    const wanted = layout;
    const old = new Map((before?.steps ?? []).map((step) => [step.id, step.action]));
    const steps = wanted.steps.filter((step) => !isSameJson(old.get(step.id) ?? null, step.action));
    const stepPromises = new Map<string, Promise<void>>();
    const stagePromises: Promise<void>[] = [Promise.resolve()];
    // Stages in force already are not published again.
    const firstStage = before === null || fresh.length > 0 ? 1 : wanted.stages;
    // A host that serves is never published an earlier stage again.
    const publishable = (stage: number): LayoutHost[] => (before === null || stage === wanted.stages ? layoutHosts : fresh);
    const stageDone = (stage: number): Promise<void> => stagePromises[stage] ?? Promise.resolve();
    const runStep = (step: EngineStep): Promise<void> => {
      const known = stepPromises.get(step.id);
      if (known !== undefined) return known;
      const needs = step.dependsOn.flatMap((id) => steps.filter((one) => one.id === id)).map(runStep);
      const started = Promise.all([...needs, step.afterStage < firstStage ? Promise.resolve() : stageDone(step.afterStage)]).then(() => act(step, startedMs));
      stepPromises.set(step.id, started);
      return started;
    };
    for (let stage = firstStage; stage <= wanted.stages; stage += 1) {
      const gates = steps.filter((step) => (step.beforeStage ?? Infinity) <= stage).map(runStep);
      stagePromises[stage] = Promise.all([...gates, stageDone(stage - 1)]).then(async () => {
        await Promise.all(publishable(stage).map((host) => publish(host.hostId, stage)));
        timings.set(`stage ${stage}`, Date.now() - startedMs);
        log(`${((Date.now() - startedMs) / 1000).toFixed(2)} stage ${stage} converged`);
      });
    }
    await Promise.all([...stagePromises, ...steps.map(runStep)]);
  }

  async function restart(): Promise<void> {
    await Promise.all(layoutHosts.map((host) => hosts.restart(host.hostId)));
    await Promise.all(layoutHosts.map((host) => publish(host.hostId, current().stages)));
  }

  return { hosts, vault, layout: current, call, deliver, restart, timings, close: () => hosts.close() };
}

/** JSON with every string passed through `change`. */
const mapStrings = (value: unknown, change: (text: string) => string): string => JSON.stringify(value, (_key, item: unknown) => (typeof item === "string" ? change(item) : item));
