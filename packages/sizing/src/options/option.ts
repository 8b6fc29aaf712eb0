// From a ranked candidate to an option as it is answered: only what is answered is put into words.
import type { SizingOption } from "@cynosure/model";
import type { Candidate } from "../candidates/candidates.ts";
import { deploymentModeAt } from "../candidates/rules.ts";
import { printLimit } from "../limits/limit.ts";
import { powerKWOf, rackUnitsOf } from "../limits/room.ts";
import type { SiteCase } from "../site-case.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { sizedCluster } from "./binding.ts";
import { costOf } from "./cost.ts";
import { deploymentSecondsMin, loadGeneratorsFor } from "./deployment.ts";
import { evidenceOf } from "./evidence.ts";
import { ladderOf } from "./ladder.ts";
import { risksOf } from "./risks.ts";
import { sensitivityOf, type ChangedSites } from "./sensitivity.ts";

const wholeOrNull = (amount: { readonly value: number; readonly isWhole: boolean }): number | null => (amount.isWhole ? amount.value : null);

export function optionOf(each: SiteCase, candidate: Candidate, rank: number, all: readonly Candidate[], changed: ChangedSites): SizingOption {
  const { place, host, shape, prices } = candidate;
  const limits = candidate.limits.map((limit) => printLimit(limit, shape.hosts));
  const clusters = shape.clusters.map((cluster) => sizedCluster(cluster, each.site.hostCount !== null));
  const largest = clusters.reduce((most, cluster) => (cluster.hostCount > most.hostCount ? cluster : most));
  const { room } = each.site;
  const management = each.engine.managementHosts;
  return {
    rank, location: place.name, zone: place.zone, engine: each.site.engine ?? each.engine.engine,
    deploymentMode: deploymentModeAt(each, place.kind) ?? "customerTenant",
    hostSize: host.name, hostCount: shape.hosts,
    managementHosts: management === null || shape.managementHosts === 0 ? null : { size: management.size, count: shape.managementHosts },
    hypothetical: host.size?.hypothetical ?? false,
    binding: largest.binding,
    slack: [...largest.limits, ...limits].filter((limit) => limit.name !== largest.binding).map((limit) => ({ limit: limit.name, slack: limit.slack })),
    whyNotOneFewer: largest.whyNotOneFewer,
    limits, clusters, undetermined: candidate.undetermined,
    cost: costOf(each, place, host, shape, prices),
    powerKW: place.kind === "bareMetal" ? wholeOrNull(powerKWOf(host, shape.hosts)) : null,
    rackUnits: room === null ? null : wholeOrNull(rackUnitsOf(room, host, shape.hosts)),
    sensitivity: sensitivityOf(changed, candidate),
    loadGenerators: loadGeneratorsFor(each, candidate),
    deploymentSecondsMin: deploymentSecondsMin(each.knowledge.catalogue.platform, candidate),
    risks: risksOf(each, candidate),
    evidence: evidenceOf(each, candidate),
    fallbackLadder: ladderOf(candidate, all),
    billOfMaterials: billOfMaterials(each, candidate),
  };
}
