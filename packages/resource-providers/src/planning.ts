// Deciding a change inside the transaction that records it: policy and inventory in, checked plan out. The
// planner decides, plan-checks refuses; this room only carries values between them.
import { readInventory } from "@cynosure/inventory";
import { ControlPlaneError } from "@cynosure/model";
import type { ClusterKey, ClusterPolicy, Finding, HostSizeOffer, Inventory, LayoutProblem, OperationId, Plan, PlanReport } from "@cynosure/model";
import { checkPlan, isRefused } from "@cynosure/plan-checks";
import { findLayoutProblems, plan } from "@cynosure/planner";
import type { PlanningInput } from "@cynosure/planner";
import { type PlanRecord, type Transaction, together } from "@cynosure/resource-store";
import type { ResourceProvidersOptions } from "./options.ts";
import { reportWithFindings } from "./recorded-findings.ts";

export interface ChangeRequest extends Around {
  readonly clusterKey: ClusterKey;
  readonly policy: ClusterPolicy;
  readonly offer: HostSizeOffer;
  readonly createdBy: string;
  readonly comment: string;
  /** Seeds the plan's own random stream. */
  readonly label: string;
  /** The running target plan counts as done: for checking a wish that will have to wait. */
  readonly assumesTargetDone?: boolean;
}

/** What a plan is made from, beside the wish. */
export interface Around {
  readonly target: PlanRecord | null;
  readonly inventory: Inventory;
}

export async function readAround(options: ResourceProvidersOptions, clusterKey: ClusterKey, tx: Transaction): Promise<Around> {
  const [target, inventory] = await together(options.store.plans.target(clusterKey, tx), readInventory(options.store, tx, clusterKey));
  return { target, inventory };
}

export type DecidedChange =
  | { readonly ok: true; readonly plan: Plan; readonly report: PlanReport; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly problems: readonly LayoutProblem[]; readonly findings: readonly Finding[] };

const notServed = ({ policy }: ChangeRequest): DecidedChange & { ok: false } => ({ ok: false, problems: [{ target: "properties.engine", message: `The engine '${policy.engine}' is not served by this control plane.` }], findings: [] });

function planningInput(options: ResourceProvidersOptions, request: ChangeRequest): PlanningInput | null {
  const { policy, target, inventory, offer, createdBy, comment } = request;
  const engine = options.engines[policy.engine];
  if (engine === undefined) return null;
  const parentSucceeded = target?.status === "Succeeded" || request.assumesTargetDone === true;
  return { policy, inventory, parent: target?.plan ?? null, parentSucceeded, enginePlanner: engine.planner, offer, createdBy, comment, rng: options.rng.child(`change/${request.label}`) };
}

export function decideChange(options: ResourceProvidersOptions, request: ChangeRequest): DecidedChange {
  const { target, inventory } = request;
  const input = planningInput(options, request);
  if (input === null) return notServed(request);
  const result = plan(input);
  if (!result.ok) return { ok: false, problems: result.problems, findings: [] };
  const findings = checkPlan(result.plan, inventory, target?.plan ?? null);
  if (isRefused(findings)) return { ok: false, problems: [], findings };
  return { ok: true, plan: result.plan, report: reportWithFindings(result.report, findings), findings };
}

/** The refusals of a cluster's first plan, without making it: nothing is there that a rule of plan-checks could find hurt. Null when there are none. */
export function findObstacles(options: ResourceProvidersOptions, request: ChangeRequest): (DecidedChange & { ok: false }) | null {
  const input = planningInput(options, request);
  if (input === null) return notServed(request);
  const problems = findLayoutProblems(input);
  return problems.length === 0 ? null : { ok: false, problems, findings: [] };
}

export async function startChange(options: ResourceProvidersOptions, decided: DecidedChange & { ok: true }, operationId: OperationId, tx: Transaction): Promise<void> {
  await options.store.plans.start(decided.plan, decided.report, operationId, tx);
}

/** `child` rewrites targets that speak of one child of the cluster into targets below that child's own resource. */
export function refusal(decided: DecidedChange & { ok: false }, child?: { readonly collection: string; readonly name: string }): ControlPlaneError {
  const [fatal] = decided.findings.filter((finding) => finding.severity === "fatal");
  if (fatal !== undefined) {
    const details = decided.findings.map(({ rule, message, target }) => ({ code: rule, message, target }));
    return new ControlPlaneError("PlanCheckFailed", `The change was refused by an independent check of its plan: ${fatal.rule}: ${fatal.message}`, { target: fatal.target, details });
  }
  const details = decided.problems.map(({ target, message }) => ({ code: "InvalidRequestContent", message, target: child === undefined ? target : childTarget(target, child) }));
  const [first] = details;
  return new ControlPlaneError("InvalidRequestContent", `The cluster cannot be laid out as asked: ${first?.message ?? "no reason was given"}`, { target: first?.target ?? "properties", details });
}

/** `properties.fileSystems.home.protection` seen from `home` is `properties.protection`. */
function childTarget(target: string, child: { readonly collection: string; readonly name: string }): string {
  const start = `properties.${child.collection}`;
  if (!target.startsWith(start)) return target;
  const rest = target.slice(start.length).replace(/^[.[]['"]?/, "");
  if (!rest.startsWith(child.name)) return target;
  const inner = rest.slice(child.name.length).replace(/^['"]?\]?\.?/, "").replace(/^properties\./, "");
  return inner === "" ? "properties.protection" : `properties.${inner}`;
}

/** For removals: nothing is created, so it does not matter what is on offer now. */
export const unavailableOffer = (location: string, size: string): HostSizeOffer => ({
  size, location, hostCountMax: 0, diskCount: 0, diskSizeBytes: 0, vcpus: 0, memoryBytes: 0, restriction: "it is no longer offered",
});

export async function findOffer(options: ResourceProvidersOptions, policy: Pick<ClusterPolicy, "substrate" | "location"> & { hosts: { size: string } }): Promise<HostSizeOffer> {
  const offers = (await options.substrates[policy.substrate]?.describeOffers(policy.location)) ?? [];
  return offers.find((offer) => offer.size === policy.hosts.size) ?? unavailableOffer(policy.location, policy.hosts.size);
}
