// From decisions to the DAG of steps. No choice is made here that could not be read off the layout: who
// waits for whom follows from stages, the engine's own order and the addresses host plans speak of.
import { hostId, stepId, type EngineLayout, type EngineStep, type HostPlan, type PlanStep, type PlanStepAction, type StepId, type SubstrateName } from "@cynosure/model";
import { ATTEMPTS_MAX, substrateDurations, timeoutMsFor, type SubstrateDurations } from "./durations.ts";
import type { HostDecision } from "./host-decisions.ts";
import { ENDPOINTS_ENSURE, NETWORK_ENSURE, engineActId, hostConvergeId, hostEnsureId, hostJoinId } from "./step-ids.ts";

export interface Composition {
  readonly substrate: SubstrateName;
  readonly layout: EngineLayout;
  readonly hosts: readonly HostDecision[];
  readonly engineSteps: readonly EngineStep[];
  readonly ensureNetwork: boolean;
  readonly ensureEndpoints: boolean;
}

export const makeStep = (id: StepId, title: string, action: PlanStepAction, dependsOn: Iterable<StepId>, expectedMs: number): PlanStep => ({
  id,
  title,
  action,
  dependsOn: [...new Set(dependsOn)],
  expectedMs,
  attemptsMax: ATTEMPTS_MAX,
  timeoutMsMax: timeoutMsFor(expectedMs),
});

/** The last step that brings the host to `stage`; null when this plan has none. */
function stepThrough(host: HostDecision, stage: number): StepId | null {
  const { hostId: id } = host.planned;
  const last = host.publishes.filter((publish) => publish.stage <= stage).at(-1);
  if (last !== undefined) return hostConvergeId(id, last.stage);
  return host.isMade && stage > 0 ? hostJoinId(id) : null;
}

const present = <T>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null);

/** Hosts whose address the gateway must know before it can serve this host plan. */
function addressesNamed(plan: HostPlan): Set<string> {
  const texts = [...plan.files.map((file) => file.text), ...plan.daemons.flatMap((daemon) => [...daemon.argv, ...Object.values(daemon.env), ...daemon.prepare.flatMap((command) => command.argv)])];
  return new Set(texts.flatMap((text) => [...text.matchAll(/\{\{address:([^}]+)\}\}/g)].map((match) => match[1] ?? "")));
}

function makeHostSteps({ hosts, ensureNetwork }: Composition, durations: SubstrateDurations): PlanStep[] {
  return hosts.filter((host) => host.isMade).flatMap(({ planned: { hostId: id, disks, size } }) => [
    makeStep(hostEnsureId(id), `create ${id} (${size}, ${disks.length} ${disks.length === 1 ? "disk" : "disks"})`, { kind: "host.ensure", hostId: id }, ensureNetwork ? [NETWORK_ENSURE] : [], durations.hostEnsureMs),
    makeStep(hostJoinId(id), `wait for the agent of ${id}`, { kind: "host.join", hostId: id }, [hostEnsureId(id)], durations.hostJoinMs),
  ]);
}

function stageTitle(host: HostDecision, stage: number, stageBefore: number): string {
  const { hostId: id, hostPlan } = host.planned;
  const inStage = (value: number): boolean => value > stageBefore && value <= stage;
  const started = hostPlan.daemons.filter((daemon) => inStage(daemon.stage)).map((daemon) => daemon.id);
  const prepared = hostPlan.daemons.filter((daemon) => inStage(daemon.prepareStage) && daemon.stage > stage).map((daemon) => daemon.id);
  const parts = [...(prepared.length > 0 ? [`prepare ${prepared.join(", ")}`] : []), ...(started.length > 0 ? [`start ${started.join(", ")}`] : [])];
  return `${id} stage ${stage}: ${parts.length > 0 ? parts.join("; ") : "write files"}`;
}

function convergeSteps({ hosts, layout, engineSteps }: Composition): PlanStep[] {
  const madeHosts = new Set<string>(hosts.filter((host) => host.isMade).map((host) => host.planned.hostId));
  let disruptiveBefore: StepId | null = null;
  const steps: PlanStep[] = [];
  for (const host of hosts) {
    const { hostId: id, hostPlan } = host.planned;
    const addresses = [...addressesNamed(hostPlan)].filter((name) => name !== id && madeHosts.has(name)).map((name) => hostEnsureId(hostId(name)));
    let stageBefore = 0;
    let previous: StepId | null = host.isMade ? hostJoinId(id) : null;
    for (const { stage, generation } of host.publishes) {
      const engine = engineSteps.filter((step) => step.beforeStage !== undefined && step.beforeStage > stageBefore && step.beforeStage <= stage).map((step) => engineActId(step.id));
      const turn = stageBefore === 0 && host.isDisruptive ? disruptiveBefore : null;
      const dependsOn = [...present([previous, turn]), ...(stageBefore === 0 ? addresses : []), ...engine];
      const stepIdNow = hostConvergeId(id, stage);
      const title = host.isMade || host.publishes.length > 1 ? stageTitle(host, stage, stageBefore) : `change ${id}`;
      steps.push(makeStep(stepIdNow, title, { kind: "host.converge", hostId: id, stage, generation }, dependsOn, layout.stageExpectedMs[stage - 1] ?? 1_000));
      previous = stepIdNow;
      stageBefore = stage;
    }
    // One failure domain at a time: the next host begins when this one serves again.
    if (host.isDisruptive && stageBefore > 0) disruptiveBefore = previous;
  }
  return steps;
}

function engineActSteps({ hosts, engineSteps }: Composition): PlanStep[] {
  const running = new Set(engineSteps.map((step) => step.id));
  return engineSteps.map((step) => {
    const own = step.dependsOn.filter((id) => running.has(id)).map((id) => engineActId(id));
    const stages = present(hosts.map((host) => stepThrough(host, step.afterStage)));
    return makeStep(engineActId(step.id), step.title, { kind: "engine.act", action: step.action }, [...stages, ...own], step.expectedMs);
  });
}

/** People may connect once the daemons behind the endpoints run; the engine's last look at its health goes on beside it. */
function endpointSteps({ hosts, layout, ensureEndpoints }: Composition, durations: SubstrateDurations): PlanStep[] {
  if (!ensureEndpoints) return [];
  const behind = new Set(layout.endpoints.map((endpoint) => endpoint.hostId));
  const dependsOn = present(hosts.filter((host) => behind.has(host.planned.hostId)).map((host) => stepThrough(host, layout.stages)));
  const title = layout.endpoints.length === 0 ? "withdraw endpoints" : `publish ${layout.endpoints.map((endpoint) => endpoint.name).join(", ")}`;
  return [makeStep(ENDPOINTS_ENSURE, title, { kind: "endpoints.ensure", endpoints: layout.endpoints }, dependsOn, durations.endpointsEnsureMs)];
}

export function composeSteps(composition: Composition): PlanStep[] {
  const durations = substrateDurations[composition.substrate];
  const network = composition.ensureNetwork ? [makeStep(NETWORK_ENSURE, "create the cluster network", { kind: "network.ensure" }, [], durations.networkEnsureMs)] : [];
  const steps = [...network, ...makeHostSteps(composition, durations), ...convergeSteps(composition), ...engineActSteps(composition), ...endpointSteps(composition, durations)];
  return inOrder(steps);
}

/** Steps in an order in which each comes after what it depends on; throws when the engine's layout has no such order. */
export function inOrder(steps: readonly PlanStep[]): PlanStep[] {
  const known = new Map(steps.map((step) => [step.id, step]));
  if (known.size !== steps.length) throw new Error("planner: two steps have the same id; ids in an engine's layout must be unique");
  const placed = new Set<StepId>();
  const ordered: PlanStep[] = [];
  let rest = [...steps];
  while (rest.length > 0) {
    const next = rest.filter((step) => step.dependsOn.every((id) => placed.has(id)));
    if (next.length === 0) throw new Error(`planner: the engine's layout has steps in a circle or depends on steps it does not name: ${rest.map((step) => step.id).join(", ")}`);
    for (const step of next) placed.add(stepId(step.id));
    ordered.push(...next);
    rest = rest.filter((step) => !placed.has(step.id));
  }
  return ordered;
}
