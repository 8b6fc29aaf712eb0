// Plans and hosts from the model to wire 2026-12-01; they are shown and never written.
import type { ClusterHost, ClusterPlanProperties, PlanHost, PlanPool, PlanReportLine, PlanStatus, PlanSummary } from "@cynosure/contract";
import type { Finding, HostReport, Plan, PlanDiff, PlanReport, PlanStepState, PoolLayout, SubstrateHost } from "@cynosure/model";
import { isoTime } from "./iso-time.ts";
import { realityToWire, type Reality } from "./reality.ts";

const poolToWire = ({ name, purpose, scheme }: PoolLayout): PlanPool =>
  scheme.kind === "replication" ? { name, purpose, scheme: "replication", copies: scheme.copies } : { name, purpose, scheme: "erasureCoding", dataChunks: scheme.dataChunks, codingChunks: scheme.codingChunks };

const reportToWire = (report: PlanReport): PlanReportLine[] => report.steps.map(({ step, outcome, waitingOn }) => (waitingOn === null ? { step, outcome } : { step, outcome, waitingOn }));

function hostsToWire(plan: Plan): PlanHost[] {
  return Object.values(plan.hosts)
    .toSorted((a, b) => a.index - b.index)
    .map((host) => ({ name: host.hostId, daemons: host.hostPlan.daemons.map((daemon) => daemon.id) }));
}

export interface PlanView {
  readonly plan: Plan;
  readonly report: PlanReport;
  readonly findings: readonly Finding[];
  readonly criticalPathMs: number;
}

/** A plan that only would be. */
export interface PlanPreview extends PlanView {
  /** The target plan it is compared with; null when nothing of the cluster is there. */
  readonly target: Plan | null;
  /** What differs from it: the model tells it in the wire's own words. */
  readonly diff: PlanDiff;
}

export function planSummaryToWire(view: PlanPreview, reality: Reality): PlanSummary {
  const { plan, target } = view;
  return {
    generation: plan.generation,
    ...(target === null ? {} : { parentPlanId: target.id }),
    ...realityToWire(reality),
    comment: plan.comment,
    criticalPathMs: view.criticalPathMs,
    hosts: hostsToWire(plan),
    pools: plan.layout.pools.map(poolToWire),
    diff: view.diff,
    steps: plan.steps.map(({ id, title, dependsOn, expectedMs }) => ({ id, title, dependsOn, expectedMs })),
    findings: view.findings,
    report: reportToWire(view.report),
  };
}

export interface PlanProgress {
  readonly status: "Running" | "Succeeded" | "Failed" | "Canceled";
  readonly operationId: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly steps: readonly PlanStepState[];
}

const wireStatus = { Running: "running", Succeeded: "succeeded", Failed: "failed", Canceled: "canceled" } as const satisfies Record<PlanProgress["status"], PlanStatus>;

export function planToWire(view: PlanView, progress: PlanProgress): ClusterPlanProperties {
  const { plan } = view;
  const states = new Map(progress.steps.map((state) => [state.stepId, state]));
  return {
    generation: plan.generation,
    ...(plan.parentId === null ? {} : { parentPlanId: plan.parentId }),
    comment: plan.comment,
    status: wireStatus[progress.status],
    operationId: progress.operationId,
    startedAt: isoTime(progress.startedAtMs),
    ...(progress.finishedAtMs === null ? {} : { finishedAt: isoTime(progress.finishedAtMs) }),
    criticalPathMs: view.criticalPathMs,
    hosts: hostsToWire(plan),
    pools: plan.layout.pools.map(poolToWire),
    steps: plan.steps.map((step) => {
      const state = states.get(step.id);
      return {
        id: step.id,
        title: step.title,
        status: state?.status ?? "pending",
        attempts: state?.attempts ?? 0,
        ...(state === undefined || state.waitingOn === null ? {} : { waitingOn: state.waitingOn }),
        dependsOn: step.dependsOn,
        expectedMs: step.expectedMs,
        ...(state === undefined || state.startedAtMs === null ? {} : { startedAt: isoTime(state.startedAtMs) }),
        ...(state === undefined || state.finishedAtMs === null ? {} : { finishedAt: isoTime(state.finishedAtMs) }),
        ...(state === undefined || state.error === null ? {} : { error: { code: state.error.code, message: state.error.message } }),
      };
    }),
    findings: view.findings,
    report: reportToWire(view.report),
    provisioningState: "Succeeded",
  };
}

export interface SeenHost {
  readonly host: SubstrateHost;
  readonly joined: boolean;
  readonly report: HostReport | null;
  readonly publishedGeneration: number;
}

export function hostToWire(clusterId: string, { host, joined, report, publishedGeneration }: SeenHost): ClusterHost {
  const activity = report?.error ?? report?.activity;
  return {
    id: `${clusterId}/hosts/${host.hostId}`,
    name: host.hostId,
    type: "Cynosure.Storage/clusters/hosts",
    properties: {
      index: host.index,
      ...(host.address === "" ? {} : { address: host.address }),
      size: host.size,
      failureDomain: host.failureDomain,
      power: host.power,
      fault: host.wantedPower === "off" ? "killed" : host.link === "cut" ? "linkCut" : "none",
      joined,
      observedGeneration: report?.observedGeneration ?? 0,
      publishedGeneration,
      state: report === null ? "pending" : report.state,
      ...(activity === undefined ? {} : { activity }),
      daemons: (report?.daemons ?? []).map(({ id, kind, state, pid, restarts, error }) => ({ id, kind, state, ...(pid === undefined ? {} : { pid }), restarts, ...(error === undefined ? {} : { error }) })),
      provisioningState: "Succeeded",
    },
  };
}
