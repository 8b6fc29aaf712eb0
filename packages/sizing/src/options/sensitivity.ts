// How an option's count and cost move when a judgement is wrong by a fifth. The changed sites are sized once for all options.
import type { Sensitivity } from "@cynosure/model";
import type { Candidate } from "../candidates/candidates.ts";
import { Shapes } from "../shape/shape.ts";
import type { CaseChange, SiteCase } from "../site-case.ts";
import { siteCase } from "../site-case.ts";
import { usdPerMonthOf } from "./cost.ts";

const WORSE = 1.2;

export interface ChangedSites {
  readonly changes: readonly { readonly change: string; readonly shapes: Shapes }[];
}

export function changedSites(each: SiteCase): ChangedSites {
  const shapesWith = (change: CaseChange): Shapes => new Shapes(siteCase(each.requirement, each.siteIndex, each.knowledge, each.partition, change));
  return {
    changes: [
      { change: "network amplification 20 % worse", shapes: shapesWith({ trafficScale: WORSE }) },
      { change: "sustained write 20 % worse", shapes: shapesWith({ sustainedWriteScale: 2 - WORSE }) },
    ],
  };
}

export function sensitivityOf({ changes }: ChangedSites, { host, shape, prices, usdPerMonth }: Candidate): Sensitivity[] {
  const dearer: Sensitivity = { change: "prices 20 % higher", hostCount: shape.hosts, usdPerMonth: usdPerMonth === null ? null : usdPerMonth * WORSE };
  // Hosts that are offered here are not sized by throughput: neither change concerns them.
  if (host.kind === "live") return [dearer];
  const recounted = changes.map(({ change, shapes }) => {
    const changed = shapes.shape(host, { host: prices.host?.usdPerHour ?? null, management: prices.management?.usdPerHour ?? null });
    return { change, hostCount: changed?.hosts ?? null, usdPerMonth: changed === null ? null : usdPerMonthOf(changed, prices) };
  });
  return [...recounted, dearer];
}
