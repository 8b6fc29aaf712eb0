// Whether a size can be had in a region, as far as lists say: in no list is unknown, unless a list is complete.
import type { CatalogueSize, RegionList } from "@cynosure/model";

export interface Availability {
  readonly verdict: "listed" | "absent" | "unknown";
  readonly evidence: string;
}

const cite = (list: RegionList): string => `${list.source}, ${list.asOf}`;

export function availabilityIn(size: CatalogueSize, region: string): Availability {
  const lacking = size.availability.find((list) => list.isComplete && !list.regions.includes(region));
  if (lacking !== undefined) return { verdict: "absent", evidence: `${size.name} is not in ${region}: a complete list lacks it (${cite(lacking)})` };
  const having = size.availability.find((list) => list.regions.includes(region));
  if (having !== undefined) return { verdict: "listed", evidence: `${size.name} is listed in ${region} (${cite(having)})` };
  const lists = size.availability.length === 0 ? "no list of regions is known" : `not in the lists that are known, none of which is complete (${size.availability.map(cite).join("; ")})`;
  return { verdict: "unknown", evidence: `${size.name} in ${region}: ${lists}` };
}
