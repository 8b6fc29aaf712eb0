// What differs between two plans, as data. One function for goldens, the CLI, the review page and what-if.
import { hostPlanChange, isSameJson, type ClusterPolicy, type HostPlanChange, type Plan, type PlannedHost, type PoolLayout, type EndpointLayout } from "@cynosure/model";

export interface HostAdded {
  readonly hostId: string;
  readonly size: string;
  readonly daemons: readonly string[];
}

export interface Changes<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly { readonly before: T; readonly after: T }[];
}

export interface PlanDiff {
  readonly policy: readonly { readonly property: string; readonly before: string; readonly after: string }[];
  readonly hostsAdded: readonly HostAdded[];
  readonly hostsRemoved: readonly HostAdded[];
  readonly hostsChanged: readonly ({ readonly hostId: string } & HostPlanChange)[];
  readonly pools: Changes<PoolLayout>;
  readonly endpoints: Changes<EndpointLayout>;
}

function changes<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): Changes<T> {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const now = new Set(after.map(keyOf));
  return {
    added: after.filter((item) => !old.has(keyOf(item))),
    removed: before.filter((item) => !now.has(keyOf(item))),
    changed: after.flatMap((item) => {
      const was = old.get(keyOf(item));
      return was === undefined || isSameJson(was, item) ? [] : [{ before: was, after: item }];
    }),
  };
}

const protectionText = (protection: ClusterPolicy["protection"]): string => `${protection.hostFailures} host failures by ${protection.scheme === "replication" ? "replication" : "erasure coding"}`;

/** The policy as flat properties with a value for people. */
function policyProperties(policy: ClusterPolicy): Map<string, string> {
  const rows: [string, string][] = [
    ["presence", policy.presence],
    ["engine", `${policy.engine} ${policy.engineVersion}`],
    ["substrate", `${policy.substrate} in ${policy.location}`],
    ["hosts", `${policy.hosts.count} of ${policy.hosts.size}`],
    ["protection", protectionText(policy.protection)],
    ...policy.fileSystems.map((item): [string, string] => [`file system ${item.name}`, `${item.usableCapacityBytes} bytes, ${item.protocols.join("+")}, ${protectionText(item.protection)}`]),
    ...policy.buckets.map((item): [string, string] => [`bucket ${item.name}`, protectionText(item.protection)]),
  ];
  return new Map(rows);
}

function policyChanges(before: ClusterPolicy | null, after: ClusterPolicy): PlanDiff["policy"] {
  const old = before === null ? new Map<string, string>() : policyProperties(before);
  const now = policyProperties(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((property) => ({ property, before: old.get(property) ?? "none", after: now.get(property) ?? "none" }))
    .filter((row) => row.before !== row.after);
}

const hostAdded = (host: PlannedHost): HostAdded => ({ hostId: host.hostId, size: host.size, daemons: host.hostPlan.daemons.map((daemon) => daemon.id) });

/** A plan that removes the cluster keeps its hosts on record; what it aims at is none. */
const hostsOf = (plan: Plan | null): readonly PlannedHost[] => (plan === null || plan.policy.presence === "absent" ? [] : Object.values(plan.hosts).sort((a, b) => a.index - b.index));
const layoutItems = <T>(plan: Plan | null, items: (plan: Plan) => readonly T[]): readonly T[] => (plan === null || plan.policy.presence === "absent" ? [] : items(plan));

/** `before` is null for the first plan of a cluster. */
export function diffPlans(before: Plan | null, after: Plan): PlanDiff {
  const old = new Map(hostsOf(before).map((host) => [host.hostId, host]));
  const now = new Set(hostsOf(after).map((host) => host.hostId));
  return {
    policy: policyChanges(before?.policy ?? null, after.policy),
    hostsAdded: hostsOf(after).filter((host) => !old.has(host.hostId)).map(hostAdded),
    hostsRemoved: hostsOf(before).filter((host) => !now.has(host.hostId)).map(hostAdded),
    hostsChanged: hostsOf(after).flatMap((host) => {
      const was = old.get(host.hostId);
      if (was === undefined) return [];
      const change = hostPlanChange(was.hostPlan, host.hostPlan);
      return change.isSame ? [] : [{ hostId: host.hostId, ...change }];
    }),
    pools: changes(layoutItems(before, (plan) => plan.layout.pools), layoutItems(after, (plan) => plan.layout.pools), (pool) => pool.name),
    endpoints: changes(layoutItems(before, (plan) => plan.layout.endpoints), layoutItems(after, (plan) => plan.layout.endpoints), (endpoint) => endpoint.name),
  };
}

export const isEmptyDiff = (diff: PlanDiff): boolean =>
  diff.policy.length + diff.hostsAdded.length + diff.hostsRemoved.length + diff.hostsChanged.length === 0 &&
  [diff.pools, diff.endpoints].every((part) => part.added.length + part.removed.length + part.changed.length === 0);
