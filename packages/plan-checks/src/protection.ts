// Rules about copies: how many hosts may fail with reads and writes going on, and where copies may lie.
import { isSameJson, type Plan, type PoolLayout, type ProtectionPolicy } from "@cynosure/model";
import { fatal, type Rule } from "./finding.ts";

/** Copies or chunks, one per failure domain. */
export const widthOf = ({ scheme }: PoolLayout): number => (scheme.kind === "replication" ? scheme.copies : scheme.dataChunks + scheme.codingChunks);

/** Hosts that may be down while writes go on. */
export const hostFailuresOf = ({ scheme }: PoolLayout): number => (scheme.kind === "replication" ? scheme.copies - scheme.copiesMin : scheme.dataChunks + scheme.codingChunks - scheme.chunksMin);

/** A write counts as acknowledged only when it would survive one loss more. */
const isSafeAtLeast = ({ scheme }: PoolLayout): boolean => (scheme.kind === "replication" ? scheme.copiesMin >= 2 : scheme.chunksMin >= scheme.dataChunks + 1);

interface Wish extends ProtectionPolicy {
  readonly target: string;
}

const wishesOf = ({ policy }: Plan): Wish[] => [
  ...policy.fileSystems.map((item) => ({ ...item.protection, target: `properties.fileSystems.${item.name}.protection` })),
  ...policy.buckets.map((item) => ({ ...item.protection, target: `properties.buckets.${item.name}.protection` })),
];

export const protectionIsHeld: Rule = {
  id: "CHK-04",
  statement: "Every new pool survives the lowest wish, each wish has a pool that meets it by the wished scheme, and no write is acknowledged on its last copy.",
  check({ plan, parent }) {
    if (plan.policy.presence === "absent") return [];
    const { pools } = plan.layout;
    const wishes = wishesOf(plan);
    const lowest = Math.min(plan.policy.protection.hostFailures, ...wishes.map((wish) => wish.hostFailures));
    const met = (wish: ProtectionPolicy, sameScheme: boolean): boolean => pools.some((pool) => hostFailuresOf(pool) >= wish.hostFailures && (!sameScheme || pool.scheme.kind === wish.scheme));
    // A pool whose last user is gone may stay as it was: it is below no wish, for nobody wishes anything of it.
    const isLeft = (pool: PoolLayout): boolean => parent !== null && parent.layout.pools.some((before) => before.name === pool.name && isSameJson(before.scheme, pool.scheme));
    const own: Wish = { ...plan.policy.protection, target: "properties.protection" };
    return [
      ...pools.filter((pool) => !isSafeAtLeast(pool)).map((pool) => fatal(pool.name, `Pool ${pool.name} acknowledges writes on too few copies: one loss more would take an acknowledged write with it.`)),
      ...pools.filter((pool) => hostFailuresOf(pool) < lowest && !isLeft(pool)).map((pool) => fatal(pool.name, `Pool ${pool.name} survives ${hostFailuresOf(pool)} failed hosts, but no wish is below ${lowest}.`)),
      ...wishes.filter((wish) => !met(wish, true)).map((wish) => fatal(wish.target, `No pool survives ${wish.hostFailures} failed hosts by ${wish.scheme}, as wished.`)),
      ...(pools.length > 0 && !met(own, false) ? [fatal(own.target, `No pool survives ${own.hostFailures} failed hosts, as the cluster's own data must.`)] : []),
    ];
  },
};

export const copiesFitDomains: Rule = {
  id: "CHK-05",
  statement: "No pool needs more failure domains than the cluster has.",
  check({ plan }) {
    if (plan.policy.presence === "absent") return [];
    const domains = new Set(Object.values(plan.hosts).map((host) => host.failureDomain)).size;
    return plan.layout.pools.filter((pool) => widthOf(pool) > domains).map((pool) => fatal(pool.name, `Pool ${pool.name} needs ${widthOf(pool)} failure domains; the cluster has ${domains}.`));
  },
};

/** Failure domains that cannot serve now, as far as anybody has seen. */
function domainsDown(checked: Parameters<Rule["check"]>[0]): Set<string> {
  return new Set(checked.inventory.hosts.filter((host) => host.power === "off" && checked.plan.hosts[host.hostId] !== undefined).map((host) => host.failureDomain));
}

export const lastCopyStays: Rule = {
  id: "CHK-06",
  statement: "No host is destroyed that may hold the last copy of anything.",
  check(checked) {
    const { plan, inventory, parent } = checked;
    if (plan.policy.presence === "absent") return [];
    const domainOf = (id: string): string => inventory.hosts.find((host) => host.hostId === id)?.failureDomain ?? Object.values(parent?.hosts ?? plan.hosts).find((host) => host.hostId === id)?.failureDomain ?? id;
    const destroyed = plan.steps.flatMap((step) => (step.action.kind === "host.destroy" ? [domainOf(step.action.hostId)] : []));
    if (destroyed.length === 0) return [];
    const gone = new Set([...destroyed, ...domainsDown(checked)]);
    const pools = parent?.layout.pools ?? plan.layout.pools;
    return pools.filter((pool) => gone.size > hostFailuresOf(pool)).map((pool) => fatal(pool.name, `Destroying ${destroyed.join(", ")} takes away ${gone.size} failure domains (with those down already); pool ${pool.name} survives ${hostFailuresOf(pool)}. Move its data first.`));
  },
};
