// Sizing answer from the model to wire 2026-12-01. Each cluster of an option carries the bodies to write, so that a client turns an
// answer into clusters without inventing anything. What is null in the model is absent on the wire.
import type { SizedCluster as WireCluster, SizingAnswer as WireAnswer, SizingCost as WireCost, SizingLimit as WireLimit, SizingOption as WireOption, SizingSite as WireSite } from "@cynosure/contract";
import type { ProtectionPolicy, Requirement, RequirementSite, SiteAnswer, SizedCluster, SizingAnswer, SizingCost, SizingLimit, SizingOption } from "@cynosure/model";
import type { StoredCluster } from "../stored.ts";
import { protectionToWire } from "./protection.ts";
import { realityToWire, type Reality } from "./reality.ts";

/** What a sized cluster is made of beside its size; without a version it gets the newest. */
export type SizedShape = Pick<StoredCluster, "engine" | "substrate"> & Partial<Pick<StoredCluster, "engineVersion">>;

/** The cluster's own pools survive what the most demanding of its children must; whole copies, as metadata needs them. */
export function clusterProtectionOf(children: readonly { readonly protection: ProtectionPolicy }[]): ProtectionPolicy {
  return { hostFailures: Math.max(1, ...children.map((child) => child.protection.hostFailures)), scheme: "replication" };
}

/** The properties that are known, and nothing of the others. */
type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], null> };
function known<T extends object>(values: T): Known<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Known<T>; // nulls were just taken out
}

/** Where no substrate of an installation serves the location: what would be bought there. */
export const shapeToBuy = (site: RequirementSite, option: SizingOption): SizedShape => ({ engine: option.engine, substrate: site.room === null ? "azure" : "bareMetal" });

export interface AnswerContext extends Reality {
  readonly requirement: Requirement;
  shapeOf(site: RequirementSite, option: SizingOption): SizedShape;
}

export function sizingAnswerToWire(answer: SizingAnswer, context: AnswerContext): WireAnswer {
  const { requirementName, hypothetical, catalogueAsOf, pricesAsOf } = answer;
  const sites = new Map(context.requirement.sites.map((site) => [site.name, site]));
  return {
    requirementName,
    ...realityToWire(context),
    hypothetical,
    catalogueAsOf,
    ...known({ pricesAsOf }),
    sites: answer.sites.flatMap((each) => {
      const site = sites.get(each.siteName);
      return site === undefined ? [] : [siteToWire(each, site, context)];
    }),
    problems: answer.problems.map(({ target, message }) => ({ target, message })),
  };
}

function siteToWire({ siteName, options, clauses, ruledOut, contradiction, notes }: SiteAnswer, site: RequirementSite, context: AnswerContext): WireSite {
  return {
    siteName,
    options: options.map((option) => optionToWire(option, site, context.shapeOf(site, option))),
    clauses: clauses.map(({ target, statement, hosts, usdPerMonth, bestWithout }) => ({ target, statement, ...known({ hosts, usdPerMonth, bestWithout }) })),
    ruledOut: ruledOut.map((each) => ({ ...each })),
    ...(contradiction === null ? {} : { contradiction: contradictionToWire(contradiction) }),
    notes: [...notes],
  };
}

function contradictionToWire({ limits, message, relaxation }: NonNullable<SiteAnswer["contradiction"]>): NonNullable<WireSite["contradiction"]> {
  return { limits: [...limits], message, ...(relaxation === null ? {} : { relaxation: { ...relaxation, from: String(relaxation.from), to: String(relaxation.to) } }) };
}

function limitToWire({ name, unit, required, available, slack, verdict, evidence }: SizingLimit): WireLimit {
  return { name, unit, ...known({ required, available, slack }), verdict, evidence };
}

function costToWire({ verdict, term, usdPerMonth, usdPerUsableTBMonth, usdPerGBpsMonth, evidence }: SizingCost): WireCost {
  return { verdict, ...known({ term, usdPerMonth, usdPerUsableTBMonth, usdPerGBpsMonth }), evidence };
}

function optionToWire(option: SizingOption, site: RequirementSite, shape: SizedShape): WireOption {
  const { rank, location, zone, deploymentMode, hostSize, hostCount, hypothetical, binding, whyNotOneFewer } = option;
  return {
    rank,
    location,
    ...known({ zone }),
    engine: shape.engine,
    deploymentMode,
    hostSize,
    hostCount,
    ...known({ managementHosts: option.managementHosts }),
    hypothetical,
    binding,
    slack: option.slack.map(({ limit, slack }) => ({ limit, ...known({ slack }) })),
    whyNotOneFewer,
    limits: option.limits.map(limitToWire),
    clusters: option.clusters.map((cluster) => clusterToWire(cluster, option, site, shape)),
    undetermined: [...option.undetermined],
    cost: costToWire(option.cost),
    ...known({ powerKW: option.powerKW, rackUnits: option.rackUnits }),
    sensitivity: option.sensitivity.map(({ change, hostCount: hosts, usdPerMonth }) => ({ change, ...known({ hostCount: hosts, usdPerMonth }) })),
    ...(option.loadGenerators === null ? {} : { loadGenerators: loadGeneratorsToWire(option.loadGenerators) }),
    ...known({ deploymentSecondsMin: option.deploymentSecondsMin }),
    risks: option.risks.map((risk) => ({ ...risk })),
    evidence: option.evidence.map((each) => ({ ...each })),
    fallbackLadder: option.fallbackLadder.map(({ zone: rungZone, ...rung }) => ({ ...rung, ...known({ zone: rungZone }) })),
    billOfMaterials: option.billOfMaterials.map(({ count, ...item }) => ({ ...item, ...known({ count }) })),
  };
}

const loadGeneratorsToWire = ({ size, nicGbps, count, reason }: NonNullable<SizingOption["loadGenerators"]>): NonNullable<WireOption["loadGenerators"]> => ({ ...known({ size }), nicGbps, count, reason });

function clusterToWire(cluster: SizedCluster, option: SizingOption, site: RequirementSite, shape: SizedShape): WireCluster {
  const { name, hostCount, binding, limits, whyNotOneFewer } = cluster;
  // What is written is what was sized: protection that the racks raised is the file system's own.
  const raised = new Map(cluster.raisedProtection.map(({ fileSystem, hostFailures }) => [fileSystem, hostFailures]));
  const fileSystems = site.fileSystems.filter((each) => cluster.fileSystems.includes(each.name)).map((each) => ({ ...each, protection: { ...each.protection, hostFailures: raised.get(each.name) ?? each.protection.hostFailures } }));
  const buckets = site.buckets.filter((each) => cluster.buckets.includes(each.name));
  return {
    name,
    hostCount,
    binding,
    limits: limits.map(limitToWire),
    whyNotOneFewer,
    cluster: {
      location: option.location,
      properties: { ...shape, deploymentMode: option.deploymentMode, hosts: { size: option.hostSize, count: hostCount }, protection: protectionToWire(clusterProtectionOf([...fileSystems, ...buckets])) },
    },
    // A file system is always exported by nfs; the engine's own client needs no more than the cluster.
    fileSystems: fileSystems.map((each) => ({ name: each.name, body: { properties: { usableCapacityGB: each.usableCapacityGB, protocols: ["nfs"], protection: protectionToWire(each.protection) } } })),
    buckets: buckets.map((each) => ({ name: each.name, body: { properties: { protection: protectionToWire(each.protection) } } })),
  };
}
