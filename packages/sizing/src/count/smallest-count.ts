// The smallest number of hosts that breaks no limit, by limits' floors and then a scan. Below the count from which the
// scheme is stable every count is tried: more hosts change the scheme, and with it what is required.
import { verdictAt, type Limit } from "../limits/limit.ts";

/** Counts above are not tried: no scale set, engine or room of today holds so many. */
export const HOSTS_MAX = 10_000;

/** Ten times what a limit takes for equal. */
const ROUNDING = 1e-8;

export const firstBroken = (limits: readonly Limit[], hosts: number): Limit | null => limits.find((limit) => verdictAt(limit, hosts) === "notMet") ?? null;

export interface CountSearch {
  readonly limits: readonly Limit[];
  /** From so many hosts on every floor holds. */
  readonly stableFrom: number;
}

/** Most hosts worth trying: a count that breaks what is on offer is broken by every larger one too. */
function hostsMax(limits: readonly Limit[]): number {
  const offer = limits.find((limit) => limit.name === "hosts on offer")?.judge(1).available.value ?? HOSTS_MAX;
  return Math.min(HOSTS_MAX, Math.floor(offer));
}

export function smallestCount({ limits, stableFrom }: CountSearch): number | null {
  const most = hostsMax(limits);
  // Protection asks for the same whatever the scheme, so it is a floor everywhere.
  const least = Math.max(1, limits[0]?.hostsAtLeast() ?? 1);
  for (let hosts = least; hosts < stableFrom && hosts <= most; hosts += 1) if (firstBroken(limits, hosts) === null) return hosts;
  let floor = Math.max(least, stableFrom);
  for (const limit of limits) {
    // A little less than computed, so that neither rounding nor what counts as equal can skip a count that does.
    const own = Math.ceil(limit.hostsAtLeast() * (1 - ROUNDING));
    if (own > floor) floor = own;
    if (floor > most) return null;
  }
  for (let hosts = floor; hosts <= most; hosts += 1) if (firstBroken(limits, hosts) === null) return hosts;
  return null;
}
