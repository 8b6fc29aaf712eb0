// An engine call over a scripted channel: each request is answered by a function, and remembered.
import type { EngineCall } from "@cynosure/engine";
import { hostId, type ClusterPolicy, type EngineAction, type EngineLayout, type HostId, type HostResponse } from "@cynosure/model";
import { cephPlanner } from "../layout/engine-planner.ts";
import { testLayoutHosts, testPolicy } from "./policies.ts";
import { createMemoryVault } from "./memory-vault.ts";

export interface SentRequest {
  readonly host: HostId;
  readonly kind: string;
  readonly payload: unknown;
}

export interface ScriptedCall {
  readonly call: EngineCall;
  readonly vault: ReturnType<typeof createMemoryVault>;
  readonly sent: SentRequest[];
  /** Monitor commands sent so far, by prefix. */
  prefixes(): string[];
  action(stepId: string): EngineAction;
}

const rng = { child: () => rng, next: () => 0.5, uuid: () => "00000000-0000-4000-8000-000000000000" };

export type Script = (request: SentRequest) => HostResponse | Promise<HostResponse>;

export function scriptedCall(script: Script, policy: ClusterPolicy = testPolicy(8), parent: EngineLayout | null = null): ScriptedCall {
  const result = cephPlanner.layout({ policy, hosts: testLayoutHosts(policy.hosts.count), parent, rng });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { layout } = result;
  const vault = createMemoryVault();
  const sent: SentRequest[] = [];
  const addresses = Object.fromEntries(Object.keys(layout.daemons).map((id, k) => [hostId(id), `10.88.0.${10 + k}`])) as Record<HostId, string>; // keys are host ids
  const channel: EngineCall["channel"] = {
    request: async (host, kind, payload) => {
      const request = { host, kind, payload };
      sent.push(request);
      return script(request);
    },
  };
  return {
    call: { clusterKey: policy.clusterKey, generation: 1, executorEpoch: 1, policy, layout, addresses, channel, vault, publishedEndpoints: async () => [] },
    vault,
    sent,
    prefixes: () => sent.flatMap((request) => commandsOf(request).map((command) => String(command["prefix"]))),
    action: (stepId) => {
      const step = layout.steps.find((one) => one.id === stepId);
      if (step === undefined) throw new Error(`no step ${stepId}`);
      return step.action;
    },
  };
}

export const commandsOf = ({ payload }: SentRequest): Readonly<Record<string, unknown>>[] =>
  ((payload as { commands?: { command: Record<string, unknown> }[] }).commands ?? []).map((entry) => entry.command); // as the engine under test sends it

/** Answers each command by its prefix; text is `out` of a command that went well. */
export const answerCommands = (answers: (command: Readonly<Record<string, unknown>>) => string | { rc: number; status: string }): Script => (request) => {
  const results: { rc: number; out: string; status: string }[] = [];
  for (const command of commandsOf(request)) {
    const answer = answers(command);
    results.push(typeof answer === "string" ? { rc: 0, out: answer, status: "" } : { rc: answer.rc, out: "", status: answer.status });
    if (typeof answer !== "string" && answer.rc < 0) break;
  }
  return { ok: true, value: { results } };
};

export const away: HostResponse = { ok: false, error: { code: "HostUnreachable", message: "no answer" } };

/** `status` of a cluster as the plan wants it, with changes. */
export const statusJson = (change: Record<string, unknown> = {}): string =>
  JSON.stringify({
    health: { status: "HEALTH_OK", checks: {} },
    quorum_names: ["host-1", "host-2", "host-3"],
    osdmap: { num_up_osds: 8, num_in_osds: 8 },
    pgmap: { num_pgs: 100, pgs_by_state: [{ state_name: "active+clean", count: 100 }] },
    mgrmap: { available: true, num_standbys: 1 },
    fsmap: { by_rank: [{ status: "up:active" }], "up:standby": 1 },
    ...change,
  });
