// What differs between two plans, as data. One function for goldens, what-if, the command line and any page that
// shows a change. It compares what plans aim at; their numbers, who made them and their steps are of each its own.
import { hostPlanChange, type EndpointLayout, type EngineStep, type HostPlan, type HostPlanChange, type Plan, type PlanDiff, type PlanDiffAction, type PlanDiffHost, type PlanDiffItem, type PlanDiffPart, type PlannedHost, type PoolLayout } from "@cynosure/model";
import { describeScheme } from "./plan-text.ts";
import { emptyLayout } from "./removal.ts";
import { valueChanges } from "./value-changes.ts";

type Tree = Readonly<Record<string, unknown>>;
type Sides<T> = { readonly before: T | null; readonly after: T } | { readonly before: T; readonly after: T | null };

const BYTES_PER_GB = 1_000_000_000;
/** What is not a whole number of gigabytes is said exactly. */
const capacityText = (bytes: number): string => (bytes % BYTES_PER_GB === 0 ? `${bytes / BYTES_PER_GB} GB` : `${bytes} bytes`);

/** None is as good as not there. */
const namedTree = (items: readonly (Tree & { readonly name: string })[]): Tree | undefined => (items.length === 0 ? undefined : Object.fromEntries(items.map(({ name, ...rest }) => [name, rest])));

/** What is wanted, with lists of named things as trees: one that came first shifts no other. */
function settingsTree({ policy }: Plan): Tree {
  const fileSystems = policy.fileSystems.map(({ usableCapacityBytes, ...rest }) => ({ ...rest, usableCapacity: capacityText(usableCapacityBytes) }));
  const quotas = policy.quotas.map(({ hardLimitBytes, ...rest }) => ({ ...rest, hardLimit: capacityText(hardLimitBytes) }));
  // Whose plans they are, and whether the cluster is wanted at all, is settled before.
  return { ...policy, clusterKey: undefined, presence: undefined, fileSystems: namedTree(fileSystems), buckets: namedTree(policy.buckets.map((bucket) => ({ ...bucket }))), snapshots: namedTree(policy.snapshots.map((snapshot) => ({ ...snapshot }))), quotas: namedTree(quotas) };
}

const poolTree = ({ name: _name, scheme, ...rest }: PoolLayout): Tree => ({ ...rest, protection: describeScheme(scheme) });
const endpointTree = ({ name: _name, hostId, ...rest }: EndpointLayout): Tree => ({ ...rest, host: hostId });
const actionTree = ({ id: _id, action, ...rest }: EngineStep): Tree => ({ ...rest, action: action.name, params: action.params });
const hostTree = ({ hostId: _id, hostPlan, disks, ...rest }: PlannedHost): Tree => ({ ...rest, image: hostPlan.image.name, disks: namedTree(disks.map((disk) => ({ ...disk }))) });

function compare<T, Item extends PlanDiffItem>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string, describe: (sides: Sides<T>) => Item | null): PlanDiffPart<Item> {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const now = new Set(after.map(keyOf));
  const told = (sides: readonly Sides<T>[]): Item[] => sides.map(describe).filter((item) => item !== null);
  return {
    added: told(after.filter((item) => !old.has(keyOf(item))).map((item) => ({ before: null, after: item }))),
    removed: told(before.filter((item) => !now.has(keyOf(item))).map((item) => ({ before: item, after: null }))),
    changed: told(after.flatMap((item) => {
      const was = old.get(keyOf(item));
      return was === undefined ? [] : [{ before: was, after: item }];
    })),
  };
}

/** The side that names the thing: as it will be, else as it was. */
const present = <T>({ before, after }: Sides<T>): T => (after ?? before) as T; // one of the two is always there

function describeValues<T>(treeOf: (item: T) => Tree, keyOf: (item: T) => string): (sides: Sides<T>) => PlanDiffItem | null {
  return (sides) => {
    const values = valueChanges(sides.before === null ? null : treeOf(sides.before), sides.after === null ? null : treeOf(sides.after));
    return values.length === 0 && sides.before !== null && sides.after !== null ? null : { name: keyOf(present(sides)), values };
  };
}

const nothingOn = (host: PlannedHost): HostPlan => ({ ...host.hostPlan, files: [], disks: [], daemons: [] });

function describeHost(sides: Sides<PlannedHost>): PlanDiffHost | null {
  const { before, after } = sides;
  const host = present(sides);
  const { isSame, ...change }: HostPlanChange = hostPlanChange(before?.hostPlan ?? nothingOn(host), after?.hostPlan ?? nothingOn(host));
  const values = valueChanges(before === null ? null : hostTree(before), after === null ? null : hostTree(after));
  return isSame && values.length === 0 && before !== null && after !== null ? null : { name: host.hostId, values, ...change };
}

const nameOf = (item: { readonly name: string }): string => item.name;
const actionId = (step: EngineStep): string => step.id;

function describeAction(sides: Sides<EngineStep>): PlanDiffAction | null {
  const item = describeValues(actionTree, actionId)(sides);
  return item === null ? null : { ...item, title: present(sides).title };
}

/** A plan that removes the cluster keeps hosts and layout on record; what it aims at is nothing, like no plan at all. */
const aimed = (plan: Plan | null): Plan | null => (plan === null || plan.policy.presence === "absent" ? null : plan);
const hostsOf = (plan: Plan | null): readonly PlannedHost[] => Object.values(plan?.hosts ?? {}).sort((a, b) => a.index - b.index);

export function diffPlans(planBefore: Plan | null, planAfter: Plan | null): PlanDiff {
  const [before, after] = [aimed(planBefore), aimed(planAfter)];
  const [old, now] = [before?.layout ?? emptyLayout, after?.layout ?? emptyLayout];
  return {
    settings: valueChanges(before === null ? null : settingsTree(before), after === null ? null : settingsTree(after)),
    hosts: compare(hostsOf(before), hostsOf(after), (host) => host.hostId, describeHost),
    pools: compare(old.pools, now.pools, nameOf, describeValues(poolTree, nameOf)),
    endpoints: compare(old.endpoints, now.endpoints, nameOf, describeValues(endpointTree, nameOf)),
    actions: compare(old.steps, now.steps, actionId, describeAction),
  };
}
