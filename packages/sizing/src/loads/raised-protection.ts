// Protection on few racks. Chunks of erasure coding fit fewer racks the more of them may be missing: where the racks are too few
// for what was asked, the file system gets the next protection on whose chunks they hold. So nobody is refused
// who would be served if he asked for more, and asking for more never costs less.
import { chooseScheme, type RequirementProtection } from "@cynosure/model";
import type { Scheme } from "./raw-factor.ts";

/** The contract takes no more. */
export const HOST_FAILURES_MAX = 16;

/** Fewest racks that leave writes going on when `rackFailures` of them are down. */
export function racksNeeded({ rackFailures, hostFailures }: RequirementProtection, scheme: Scheme): number {
  if (rackFailures === 0) return 0;
  if (scheme.kind === "replication") return rackFailures + 2;
  const chunks = scheme.dataChunks + scheme.codingChunks;
  for (let racks = 1; racks <= chunks; racks += 1) if (Math.ceil(chunks / racks) * rackFailures <= hostFailures) return racks;
  return Infinity;
}

export const mayBeRaised = ({ scheme, rackFailures }: RequirementProtection, racks: number | null): boolean => scheme === "erasureCoding" && rackFailures > 0 && racks !== null;

/** The first protection from the asked one for which the racks are enough on so many hosts; the asked one where there is none. */
export function raisedProtection(asked: RequirementProtection, racks: number | null, hosts: number): RequirementProtection {
  if (racks === null || !mayBeRaised(asked, racks)) return asked;
  for (let hostFailures = asked.hostFailures; hostFailures <= HOST_FAILURES_MAX; hostFailures += 1) {
    const protection = { ...asked, hostFailures };
    const choice = chooseScheme(protection, hosts);
    if (!choice.ok) break;
    if (racksNeeded(protection, choice.scheme) <= racks) return protection;
  }
  return asked;
}
