// Why no number of hosts of a kind will do: what is still broken with as many as can be had.
import { HOSTS_MAX } from "../count/smallest-count.ts";
import type { HostModel } from "../host-model.ts";
import { overshootAt, verdictAt, type Limit } from "../limits/limit.ts";
import type { SiteCase } from "../site-case.ts";
import type { Shapes } from "./shape.ts";

export interface BrokenLimit {
  readonly limit: Limit;
  readonly hosts: number;
  /** 0.1 is a tenth too much. */
  readonly overshoot: number;
}

/** The most hosts that can be had, or that are asked for. */
function mostHosts(each: SiteCase, limits: readonly Limit[]): number {
  if (each.site.hostCount !== null) return each.site.hostCount;
  const offer = limits.find((limit) => limit.name === "hosts on offer")?.judge(1).available.value ?? HOSTS_MAX;
  return Math.max(1, Math.min(HOSTS_MAX, Math.floor(offer)));
}

/** Of each group without a choice, what breaks its single file systems; whole sets where those would do alone. */
export function brokenWithoutShape(each: SiteCase, shapes: Shapes, host: HostModel): BrokenLimit[] {
  const found = new Map<string, BrokenLimit>();
  for (const group of each.groupsFor(host.kind)) {
    const single = group.sets.filter(({ members }) => group.sets.length === 1 || members.length === 1);
    const failing = single.map(({ model }) => shapes.count(host, model)).filter(({ hosts }) => hosts === null);
    for (const { limits } of failing) {
      const hosts = mostHosts(each, limits);
      for (const limit of limits) {
        if (verdictAt(limit, hosts) !== "notMet") continue;
        const overshoot = overshootAt(limit, hosts);
        if (overshoot > (found.get(limit.name)?.overshoot ?? -1)) found.set(limit.name, { limit, hosts, overshoot });
      }
    }
  }
  return [...found.values()];
}
