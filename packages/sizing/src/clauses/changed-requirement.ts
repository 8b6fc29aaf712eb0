// A requirement with one thing changed at one site: what clauses and relaxations are computed on. Changes return null
// where the requirement has nothing of the kind.
import type { Requirement, RequirementConstraints, RequirementFileSystem, RequirementSite } from "@cynosure/model";

export type Change = (requirement: Requirement, siteIndex: number) => Requirement | null;

export const withSite = (requirement: Requirement, siteIndex: number, change: (site: RequirementSite) => RequirementSite): Requirement => ({ ...requirement, sites: requirement.sites.map((site, k) => (k === siteIndex ? change(site) : site)) });

export const withConstraints = (requirement: Requirement, change: Partial<RequirementConstraints>): Requirement => ({ ...requirement, constraints: { ...requirement.constraints, ...change } });

/** Changes the file systems that `applies` to; null when there are none. */
export function onFileSystems(applies: (each: RequirementFileSystem) => boolean, change: (each: RequirementFileSystem) => RequirementFileSystem): Change {
  return (requirement, siteIndex) => {
    const site = requirement.sites[siteIndex];
    if (site === undefined || !site.fileSystems.some(applies)) return null;
    return withSite(requirement, siteIndex, (old) => ({ ...old, fileSystems: old.fileSystems.map((each) => (applies(each) ? change(each) : each)) }));
  };
}

/** Path of a property of one file system, or of all that the change concerns. */
export function fileSystemsPath(requirement: Requirement, siteIndex: number, applies: (each: RequirementFileSystem) => boolean, property: string): string {
  const concerned = (requirement.sites[siteIndex]?.fileSystems ?? []).flatMap((each, k) => (applies(each) ? [k] : []));
  const [only] = concerned;
  return `sites[${siteIndex}].fileSystems[${concerned.length === 1 && only !== undefined ? only : "*"}].${property}`;
}
