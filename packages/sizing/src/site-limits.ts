// The limits a host count is held against, each with what is required, what there is, and the evidence.
// Narrow by intent: hosts for protection and quorum, hosts on offer, raw capacity. Throughput is never
// guessed: nothing is known of it yet, and unknown is neither met nor zero.
import { chooseScheme, rawFactor, type HostSizeOffer, type ProtectionPolicy, type RequirementSite, type SizingLimit } from "@cynosure/model";

/** Three monitors on three hosts: two of them are a majority when one is down. */
export const QUORUM_HOSTS = 3;
const GB = 1_000_000_000;

export interface Wish {
  /** JSON path below the requirement. */
  readonly target: string;
  readonly name: string;
  readonly protection: ProtectionPolicy;
}

/** What data must survive; what is kept about it (metadata, object index) is kept in whole copies. */
export function wishesOf(site: RequirementSite, path: string): Wish[] {
  const wishes = [
    ...site.fileSystems.map((item, k) => ({ target: `${path}.fileSystems[${k}].protection`, name: `file system ${item.name}`, protection: item.protection })),
    ...site.buckets.map((item, k) => ({ target: `${path}.buckets[${k}].protection`, name: `bucket ${item.name}`, protection: item.protection })),
  ];
  return wishes.flatMap((wish) => (wish.protection.scheme === "replication" ? [wish] : [wish, { ...wish, name: `metadata of ${wish.name}`, protection: { ...wish.protection, scheme: "replication" } }]));
}

/** Fewest hosts that can hold the wish. */
export function hostsNeeded(protection: ProtectionPolicy): number {
  const none = chooseScheme(protection, 0);
  return none.ok ? 0 : none.hostsNeeded;
}

/** The wish that asks for the most hosts; null when nothing is to be kept. */
export const hardestWish = (wishes: readonly Wish[]): Wish | null => wishes.reduce<Wish | null>((hardest, wish) => (hardest === null || hostsNeeded(wish.protection) > hostsNeeded(hardest.protection) ? wish : hardest), null);

const slackOf = (required: number, available: number): number | null => (required === 0 ? null : available / required - 1);

function countLimit(name: string, required: number, available: number, evidence: string): SizingLimit {
  return { name, unit: "hosts", required, available, slack: slackOf(required, available), verdict: available >= required ? "met" : "notMet", evidence };
}

function protectionLimit(wishes: readonly Wish[], count: number): SizingLimit {
  const hardest = hardestWish(wishes);
  const needed = Math.max(QUORUM_HOSTS, hardest === null ? 0 : hostsNeeded(hardest.protection));
  const evidence =
    hardest === null || hostsNeeded(hardest.protection) < QUORUM_HOSTS
      ? `a quorum needs ${QUORUM_HOSTS} hosts`
      : `${hardest.name}: ${hardest.protection.hostFailures} failed hosts by ${hardest.protection.scheme === "replication" ? "replication" : "erasure coding"}, one copy or chunk a host, writes going on`;
  return countLimit("hosts for protection", needed, count, evidence);
}

/** Bytes on disks for the declared capacities; null when a wish cannot be held by so few hosts. */
export function rawBytesNeeded(site: RequirementSite, count: number): number | null {
  let sum = 0;
  for (const item of site.fileSystems) {
    const choice = chooseScheme(item.protection, count);
    if (!choice.ok) return null;
    sum += item.usableCapacityBytes * rawFactor(choice.scheme);
  }
  return sum;
}

function capacityLimit(site: RequirementSite, offer: HostSizeOffer, count: number): SizingLimit {
  const bytes = rawBytesNeeded(site, count);
  const available = (count * offer.diskCount * offer.diskSizeBytes) / GB;
  const disks = `${count} hosts x ${offer.diskCount} x ${(offer.diskSizeBytes / GB).toFixed(1)} GB`;
  if (bytes === null) return { name: "raw capacity", unit: "GB", required: null, available, slack: null, verdict: "undetermined", evidence: `${disks}; what is required follows from the protection, which ${count} hosts cannot hold` };
  const required = bytes / GB;
  const evidence = `${disks}; required is the sum of usable capacities times copies or chunks; buckets declare no capacity and are not counted`;
  return { name: "raw capacity", unit: "GB", required, available, slack: slackOf(required, available), verdict: available >= required ? "met" : "notMet", evidence };
}

export function limitsOf(site: RequirementSite, wishes: readonly Wish[], offer: HostSizeOffer, count: number): SizingLimit[] {
  return [
    protectionLimit(wishes, count),
    countLimit("hosts on offer", count, offer.hostCountMax, `${offer.location} offers at most ${offer.hostCountMax} of ${offer.size}`),
    capacityLimit(site, offer, count),
    { name: "throughput", unit: "MB/s", required: null, available: null, slack: null, verdict: "undetermined", evidence: "no throughput is required and none is known of this size: an acceptance run measures it" },
  ];
}

/** Limits that a count must meet to be an answer; capacity binds only where the count is ours to choose. */
export const unmet = (limits: readonly SizingLimit[]): SizingLimit[] => limits.filter((limit) => limit.verdict === "notMet");
