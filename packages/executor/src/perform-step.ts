// One call of one step, by its kind: which port method it is and what is recorded when it is done. All of
// it may be repeated. Waiting for agents is event-driven: the store wakes us when a host joined or reported.
import { createHash, randomBytes } from "node:crypto";
import type { Clock, HostId, Plan, PlanStepAction, PlannedHost, StepResult } from "@cynosure/model";
import { doneVoid, failed, hostPlanAtStage, waiting } from "@cynosure/model";
import type { EngineCall, StorageEngine } from "@cynosure/engine";
import type { Store } from "@cynosure/resource-store";
import type { HostSpec, Substrate, SubstrateCall } from "@cynosure/substrate";
import { createEngineCall } from "./engine-call.ts";
import { bringBackLostHosts, stopsDaemons } from "./lost-hosts.ts";
import type { StepPorts } from "./ports.ts";

export interface StepContext {
  readonly ports: StepPorts;
  readonly store: Store;
  readonly clock: Clock;
  readonly plan: Plan;
  readonly epoch: number;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  readonly note: (waitingOn: string) => Promise<void>;
  /** Values of this run of the step, so that a repeated call asks for the same thing. */
  readonly kept: Map<string, string>;
}

/** A wait ends at least this often and looks again: a notice is only a hint. */
const WAIT_MS_MAX = 5_000;
/** A join token outlives its step by this: the agent may be slow to dial. */
const TOKEN_GRACE_MS = 10 * 60_000;
/** Kept by a converge whose host had not converged when it was waited for. */
const SILENT = "silent";

export function performStep(context: StepContext, action: PlanStepAction): Promise<StepResult<unknown>> {
  switch (action.kind) {
    case "network.ensure":
      return withSubstrate(context, (substrate, call) => substrate.ensureNetwork(call));
    case "host.ensure":
      return withHost(context, action.hostId, (host) => ensureHost(context, host));
    case "host.join":
      return waitForJoin(context, action.hostId);
    case "host.converge":
      return withHost(context, action.hostId, (host) => converge(context, host, action.stage, action.generation));
    case "engine.act":
      return withEngine(context, (engine, call) => engine.perform(call, action.action));
    case "endpoints.ensure":
      return ensureEndpoints(context, action.endpoints);
    case "endpoints.remove":
      return ensureEndpoints(context, []);
    case "host.destroy":
      return destroyHost(context, action.hostId);
    case "network.destroy":
      return withSubstrate(context, (substrate, call) => substrate.destroyNetwork(call));
    case "cluster.forget":
      return forgetCluster(context);
  }
}

async function withSubstrate<T>(context: StepContext, use: (substrate: Substrate, call: SubstrateCall) => Promise<StepResult<T>>): Promise<StepResult<T>> {
  const { plan, ports, epoch, signal } = context;
  const substrate = ports.substrates[plan.policy.substrate];
  if (substrate === undefined) return failed("SubstrateNotAvailable", `This control plane has no substrate "${plan.policy.substrate}": start one that has, then submit the change again.`);
  return use(substrate, { clusterKey: plan.clusterKey, installationId: plan.policy.installationId, generation: plan.generation, executorEpoch: epoch, signal });
}

async function withEngine<T>(context: StepContext, use: (engine: StorageEngine, call: EngineCall) => Promise<StepResult<T>>): Promise<StepResult<T>> {
  const { plan, ports } = context;
  const engine = ports.engines[plan.policy.engine];
  if (engine === undefined) return failed("EngineNotAvailable", `This control plane has no storage engine "${plan.policy.engine}": start one that has, then submit the change again.`);
  return use(engine, await createEngineCall(context, { ...(ports.createRequestId === undefined ? {} : { createId: ports.createRequestId }) }));
}

async function withHost<T>(context: StepContext, hostId: HostId, use: (host: PlannedHost) => Promise<StepResult<T>>): Promise<StepResult<T>> {
  const host = context.plan.hosts[hostId];
  if (host === undefined) return failed("HostNotFound", `Plan ${context.plan.id} has a step for ${hostId}, which is not one of its hosts. This is a fault of the planner.`);
  return use(host);
}

async function ensureHost(context: StepContext, host: PlannedHost): Promise<StepResult> {
  const { plan, store } = context;
  const boot = { clusterKey: plan.clusterKey, hostId: host.hostId, joinToken: await issueJoinToken(context, host.hostId), ...context.ports.gatewayBoot(plan.clusterKey, host.hostId) };
  const { hostId, index, size, failureDomain, disks } = host;
  const spec: HostSpec = { hostId, index, size, failureDomain, disks, image: host.hostPlan.image, boot };
  const result = await withSubstrate(context, (substrate, call) => substrate.ensureHost(call, spec));
  if (result.kind !== "done") return result;
  await store.hosts.putHost(plan.clusterKey, result.value);
  return doneVoid;
}

/** One token per run of the step: a repeated call must not hand the host a second identity to choose from. */
async function issueJoinToken({ store, plan, kept, ports, deadlineMs }: StepContext, hostId: HostId): Promise<string> {
  const issued = kept.get("joinToken");
  if (issued !== undefined) return issued;
  const token = ports.createJoinToken?.() ?? randomBytes(32).toString("base64url");
  await store.hosts.issueJoinToken(plan.clusterKey, hostId, createHash("sha256").update(token).digest("hex"), deadlineMs + TOKEN_GRACE_MS);
  kept.set("joinToken", token);
  return token;
}

async function waitForJoin(context: StepContext, hostId: HostId): Promise<StepResult> {
  const { store, plan } = context;
  return waitForAgent(context, `host:${plan.clusterKey}/${hostId}`, async () =>
    (await store.hosts.isJoined(plan.clusterKey, hostId)) ? doneVoid : waiting(`the agent of ${hostId} to join`, 0),
  );
}

async function converge(context: StepContext, host: PlannedHost, stage: number, generation: number): Promise<StepResult> {
  const { store, plan, epoch, kept } = context;
  const { hostId } = host;
  const next = hostPlanAtStage(host.hostPlan, stage, generation);
  const bringBack = (hostIds: readonly HostId[], before: string): Promise<StepResult | null> => withSubstrate(context, async (substrate, call) => (await bringBackLostHosts({ substrate, call, hostIds, before })) ?? doneVoid).then((result) => (result.kind === "done" ? null : result));
  if (await stopsDaemons(store, next)) {
    const others = Object.values(plan.hosts).map((each) => each.hostId).filter((each) => each !== hostId);
    const lost = await bringBack(others, `daemons of ${hostId} are stopped`);
    if (lost !== null) return lost;
  }
  // Asked only when the host was silent for a turn: most hosts answer at once, and a substrate may be far away.
  const lost = kept.has(SILENT) ? await bringBack([hostId], "it can converge") : null;
  if (lost !== null) return lost;
  await store.hosts.publish(next, epoch);
  const result = await waitForAgent(context, `report:${plan.clusterKey}/${hostId}`, async () => {
    const report = await store.hosts.readReport(plan.clusterKey, hostId);
    if (report === null || report.observedGeneration < generation) return waiting(`${hostId} to take up generation ${generation} of its plan`, 0);
    if (report.state === "converged") return doneVoid;
    if (report.state === "failed") return failed("HostFailedToConverge", `${hostId} could not converge: ${report.error ?? "no reason was reported"}. Look at the daemon logs of that host, then submit the change again.`);
    return waiting(`${hostId}: ${report.activity ?? "converging"}`, 0);
  });
  if (result.kind === "waiting") kept.set(SILENT, hostId);
  return result;
}

/** One bounded wait: looks, sleeps until the topic changed, looks again. The caller comes back while it is `waiting`. */
async function waitForAgent({ store, clock, deadlineMs, note, signal }: StepContext, topic: string, look: () => Promise<StepResult>): Promise<StepResult> {
  const watch = store.watchChanges(topic);
  try {
    const first = await look();
    if (first.kind !== "waiting") return first;
    await note(first.waitingOn);
    await watch.wait(Math.max(1, Math.min(WAIT_MS_MAX, deadlineMs - clock.now())), signal);
    return await look();
  } finally {
    watch.close();
  }
}

async function ensureEndpoints(context: StepContext, endpoints: Parameters<Substrate["ensureEndpoints"]>[1]): Promise<StepResult> {
  const result = await withSubstrate(context, (substrate, call) => substrate.ensureEndpoints(call, endpoints));
  if (result.kind !== "done") return result;
  await context.store.observations.putEndpoints(context.plan.clusterKey, result.value);
  return doneVoid;
}

async function destroyHost(context: StepContext, hostId: HostId): Promise<StepResult> {
  const result = await withSubstrate(context, (substrate, call) => substrate.destroyHost(call, hostId));
  if (result.kind === "done") await context.store.hosts.removeHost(context.plan.clusterKey, hostId);
  return result;
}

async function forgetCluster({ store, plan }: StepContext): Promise<StepResult> {
  await store.vault.forgetCluster(plan.clusterKey);
  return doneVoid;
}
