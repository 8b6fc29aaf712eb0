// The host report as a pure view of what the agent knows. Nothing here asks the machine.
import { shouldRun } from "@cynosure/model";
import type { ClusterKey, DaemonReport, DaemonSpec, DaemonState, HostId, HostPlan, HostReport } from "@cynosure/model";
import { daemonFailuresMax, retryFailuresMax } from "./agent-state.ts";
import type { AgentState, DaemonRecord } from "./agent-state.ts";
import { prepareKey } from "./convergence.ts";

export interface ReportInput {
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
  readonly plan: HostPlan | null;
  readonly executorEpoch: number;
  readonly state: AgentState;
  readonly isConverged: boolean;
  readonly isHalting: boolean;
  /** Daemons whose preparation is complete. */
  readonly prepared: ReadonlySet<string>;
  readonly activity: string | null;
  /** Trouble that belongs to no single action: a plan that is not served, a state file that cannot be written. */
  readonly trouble: string | null;
  /** A plan that was refused for what it holds, with its numbers. */
  readonly refused: { readonly generation: number; readonly executorEpoch: number; readonly error: string } | null;
  readonly agent: HostReport["agent"];
}

const errorCharsMax = 3500;

export function buildReport(input: ReportInput): HostReport {
  const daemons = [...reportPlanned(input), ...reportLeaving(input)];
  const failedRetries = Object.values(input.state.retries).filter((retry) => retry.failures >= retryFailuresMax);
  const errors = [...new Set([
    ...(input.refused === null ? [] : [input.refused.error]),
    ...(input.trouble === null ? [] : [input.trouble]),
    ...Object.values(input.state.retries).map((retry) => retry.error),
    ...daemons.flatMap((daemon) => (daemon.error === undefined ? [] : [daemon.error])),
  ])];
  const isFailed = input.refused !== null || failedRetries.length > 0 || daemons.some((daemon) => daemon.state === "failed");
  return {
    clusterKey: input.clusterKey,
    hostId: input.hostId,
    observedGeneration: input.refused?.generation ?? input.plan?.generation ?? 0,
    executorEpoch: input.refused?.executorEpoch ?? input.executorEpoch,
    state: isFailed ? "failed" : input.isConverged && !input.isHalting ? "converged" : "converging",
    daemons,
    ...(input.activity === null ? {} : { activity: input.activity }),
    ...(errors.length === 0 ? {} : { error: errors.join("; ").slice(0, errorCharsMax) }),
    agent: input.agent,
  };
}

function reportPlanned(input: ReportInput): DaemonReport[] {
  const { plan } = input;
  if (plan === null) return [];
  // A daemon that only had to be prepared, and is, has nothing to report yet.
  const shown = plan.daemons.filter((spec) => input.state.daemons[spec.id] !== undefined || shouldRun(spec, plan) || !input.prepared.has(spec.id));
  return shown.map((spec) => {
    const record = input.state.daemons[spec.id];
    return { ...describe(spec, record, stateOf(input, spec, record)) };
  });
}

function reportLeaving(input: ReportInput): DaemonReport[] {
  const wanted = new Set(input.plan?.daemons.map((spec) => spec.id) ?? []);
  return Object.values(input.state.daemons).filter((record) => !wanted.has(record.id) && record.pid !== null).map((record) => describe(record, record, "stopping"));
}

function describe(named: { readonly id: string; readonly kind: string }, record: DaemonRecord | undefined, state: DaemonState): DaemonReport {
  return {
    id: named.id,
    kind: named.kind,
    state,
    ...(record?.pid === null || record?.pid === undefined ? {} : { pid: record.pid }),
    ...(record?.startTicks === null || record?.startTicks === undefined ? {} : { startTicks: record.startTicks }),
    restarts: record?.restarts ?? 0,
    ...(record === undefined || record.error === null || record.phase === "ready" ? {} : { error: record.error }),
  };
}

function stateOf(input: ReportInput, spec: DaemonSpec, record: DaemonRecord | undefined): DaemonState {
  if (record !== undefined && record.failures >= daemonFailuresMax && record.phase !== "ready") return "failed";
  switch (record?.phase) {
    case "ready":
      return "running";
    case "started":
      return "starting";
    case "stopping":
      return "stopping";
    case "intent":
    case "down":
    case undefined:
      if (input.prepared.has(spec.id)) return "starting";
      return (input.state.retries[prepareKey(spec.id)]?.failures ?? 0) >= retryFailuresMax ? "failed" : "preparing";
  }
}
