// Runs the steps of a plan against the simulated world, each as soon as it may: the smallest thing that does
// what the executor does, without its durability, so that adapters and planner are tested on simulated time.
import { createHash } from "node:crypto";
import { hostPlanAtStage, type HostId, type Plan, type PlanStep, type StepResult, waiting, doneVoid, failed } from "@cynosure/model";
import type { EngineCall, EngineVault, StorageEngine } from "@cynosure/engine";
import type { Substrate } from "@cynosure/substrate";
import type { SimulatedWorld } from "../world.ts";
import type { MemoryHosts } from "./memory-hosts.ts";

export interface Delivery {
  readonly plan: Plan;
  readonly world: SimulatedWorld;
  readonly substrate: Substrate;
  readonly engine: StorageEngine;
  readonly hosts: MemoryHosts;
  readonly executorEpoch?: number;
  /** A step ends the delivery by returning true, as a killed control plane would. */
  readonly isKilledBefore?: (step: PlanStep) => boolean;
}

const POLL_MS = 5;

export function memoryVault(): EngineVault {
  const secrets = new Map<string, string>();
  const outputs = new Map<string, string>();
  return {
    async ensureSecret(name, create) {
      const value = secrets.get(name) ?? create();
      secrets.set(name, value);
      return value;
    },
    readSecret: async (name) => secrets.get(name) ?? null,
    putOutput: async (name, value) => void outputs.set(name, value),
    readOutput: async (name) => outputs.get(name) ?? null,
  };
}

export function engineCall({ plan, executorEpoch = 1 }: Pick<Delivery, "plan" | "executorEpoch">, vault: EngineVault): EngineCall {
  const { clusterKey, generation, policy, layout } = plan;
  return { clusterKey, generation, executorEpoch, policy, layout, addresses: {}, vault, publishedEndpoints: async () => [], channel: { request: async () => ({ ok: false, error: { code: "HostUnreachable", message: "no channel here" } }) } };
}

/** The executor's side of a join: a token is issued once per run of the step. */
function ensureHost({ plan, substrate, hosts }: Delivery, call: Parameters<Substrate["ensureHost"]>[0], id: HostId): Promise<StepResult<unknown>> {
  const host = plan.hosts[id];
  if (host === undefined) throw new Error(`no host ${id}`);
  const joinToken = `token of ${id}`;
  hosts.issueJoinToken(plan.clusterKey, id, createHash("sha256").update(joinToken).digest("hex"));
  return substrate.ensureHost(call, { ...host, image: host.hostPlan.image, boot: { clusterKey: plan.clusterKey, hostId: id, joinToken, caPem: "", gatewayUrl: "unix:/none" } });
}

function converge({ plan, hosts, executorEpoch = 1 }: Delivery, id: HostId, stage: number, generation: number): StepResult {
  const host = plan.hosts[id];
  if (host === undefined) throw new Error(`no host ${id}`);
  hosts.publish(hostPlanAtStage(host.hostPlan, stage, generation), executorEpoch);
  const report = hosts.reports(plan.clusterKey, id).at(-1);
  if (report === undefined || report.observedGeneration < generation || report.state === "converging") return waiting(`${id} to converge`, POLL_MS);
  return report.state === "failed" ? failed("HostFailedToConverge", report.error ?? "") : doneVoid;
}

export async function performOnce(delivery: Delivery, step: PlanStep, vault: EngineVault): Promise<StepResult<unknown>> {
  const { plan, substrate, engine, hosts, executorEpoch = 1 } = delivery;
  const call = { clusterKey: plan.clusterKey, installationId: plan.policy.installationId, generation: plan.generation, executorEpoch };
  const { action } = step;
  switch (action.kind) {
    case "network.ensure":
      return substrate.ensureNetwork(call);
    case "host.ensure":
      return ensureHost(delivery, call, action.hostId);
    case "host.join":
      return hosts.isJoined(plan.clusterKey, action.hostId) ? doneVoid : waiting(`${action.hostId} to join`, POLL_MS);
    case "host.converge":
      return converge(delivery, action.hostId, action.stage, action.generation);
    case "engine.act":
      return engine.perform(engineCall(delivery, vault), action.action);
    case "endpoints.ensure":
      return substrate.ensureEndpoints(call, action.endpoints);
    case "endpoints.remove":
      return substrate.ensureEndpoints(call, []);
    case "host.destroy":
      return substrate.destroyHost(call, action.hostId);
    case "network.destroy":
      return substrate.destroyNetwork(call);
    case "cluster.forget":
      return doneVoid;
  }
}

/** How long the plan took in simulated milliseconds; throws with the first failure. */
export async function deliver(delivery: Delivery, vault: EngineVault): Promise<{ readonly tookMs: number; readonly isKilled: boolean }> {
  const { plan, world } = delivery;
  const startedAtMs = world.clock.now();
  const running = new Map<string, Promise<void>>();
  let isKilled = false;
  const run = async (step: PlanStep): Promise<void> => {
    await Promise.all(step.dependsOn.map((id) => running.get(id)));
    isKilled ||= delivery.isKilledBefore?.(step) ?? false;
    while (!isKilled) {
      const result = await performOnce(delivery, step, vault);
      if (result.kind === "done") return;
      if (result.kind === "failed") throw new Error(`${step.id}: ${result.error.code}: ${result.error.message}`);
      await world.clock.sleep(result.afterMs);
    }
  };
  for (const step of plan.steps) running.set(step.id, run(step));
  const ends = await Promise.allSettled(running.values());
  const broken = ends.find((end) => end.status === "rejected");
  if (broken !== undefined) throw broken.reason as Error; // thrown by `run` above
  return { tookMs: world.clock.now() - startedAtMs, isKilled };
}
