// Requirement and sizing answer between wire 2026-12-01 and the model. Each option carries the bodies to
// write, so that a client turns an answer into a cluster without inventing anything.
import type { Requirement as WireRequirement, SizingAnswer as WireAnswer, SizingOption as WireOption } from "@cynosure/contract";
import type { ProtectionPolicy, Requirement, RequirementSite, SizingAnswer, SizingOption } from "@cynosure/model";
import type { StoredCluster } from "../stored.ts";
import { bytesToGigabytes, gigabytesToBytes, protectionToModel, protectionToWire } from "./protection.ts";

export function requirementToModel(wire: WireRequirement): Requirement {
  return {
    name: wire.name,
    sites: wire.sites.map((site) => ({
      name: site.name,
      location: site.location,
      hostCount: site.hosts?.count ?? null,
      fileSystems: (site.fileSystems ?? []).map(({ name, usableCapacityGB, protocols, protection }) => ({ name, usableCapacityBytes: gigabytesToBytes(usableCapacityGB), protocols: [...protocols], protection: protectionToModel(protection) })),
      buckets: (site.buckets ?? []).map(({ name, protection }) => ({ name, protection: protectionToModel(protection) })),
    })),
  };
}

export function requirementToWire(model: Requirement): WireRequirement {
  return {
    name: model.name,
    sites: model.sites.map((site) => ({
      name: site.name,
      location: site.location,
      ...(site.hostCount === null ? {} : { hosts: { count: site.hostCount } }),
      fileSystems: site.fileSystems.map(({ name, usableCapacityBytes, protocols, protection }) => ({ name, usableCapacityGB: bytesToGigabytes(usableCapacityBytes), protocols: [...protocols], protection: protectionToWire(protection) })),
      buckets: site.buckets.map(({ name, protection }) => ({ name, protection: protectionToWire(protection) })),
    })),
  };
}

/** What a sized cluster is made of beside its size. */
export type SizedShape = Pick<StoredCluster, "engine" | "engineVersion" | "substrate">;

/** The cluster's own pools survive what the most demanding of its children must; whole copies, as metadata needs them. */
export function clusterProtectionOf(children: readonly { readonly protection: ProtectionPolicy }[]): ProtectionPolicy {
  return { hostFailures: Math.max(1, ...children.map((child) => child.protection.hostFailures)), scheme: "replication" };
}

export function sizingAnswerToWire(answer: SizingAnswer, requirement: Requirement, shapeOf: (site: RequirementSite) => SizedShape, isSimulated: boolean): WireAnswer {
  const sites = new Map(requirement.sites.map((site) => [site.name, site]));
  const options = answer.options.flatMap((option) => {
    const site = sites.get(option.siteName);
    return site === undefined ? [] : [optionToWire(option, site, shapeOf(site))];
  });
  return { requirementName: answer.requirementName, isSimulated, options, problems: answer.problems.map(({ target, message }) => ({ target, message })) };
}

function optionToWire(option: SizingOption, site: RequirementSite, shape: SizedShape): WireOption {
  const { rank, siteName, hostSize, hostCount, bindingLimit, reasons } = option;
  return {
    rank,
    siteName,
    hostSize,
    hostCount,
    bindingLimit,
    reasons,
    limits: option.limits.map(({ name, unit, required, available, slack, verdict, evidence }) => ({ name, unit, ...(required === null ? {} : { required }), ...(available === null ? {} : { available }), ...(slack === null ? {} : { slack }), verdict, evidence })),
    cluster: {
      location: site.location,
      properties: { ...shape, deploymentMode: "customerTenant", hosts: { size: hostSize, count: hostCount }, protection: protectionToWire(clusterProtectionOf([...site.fileSystems, ...site.buckets])) },
    },
    fileSystems: site.fileSystems.map(({ name, usableCapacityBytes, protocols, protection }) => ({ name, body: { properties: { usableCapacityGB: bytesToGigabytes(usableCapacityBytes), protocols: [...protocols], protection: protectionToWire(protection) } } })),
    buckets: site.buckets.map(({ name, protection }) => ({ name, body: { properties: { protection: protectionToWire(protection) } } })),
  };
}
