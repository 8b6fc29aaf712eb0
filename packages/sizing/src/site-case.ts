// One site to be sized, with everything looked up once: engine, places, assumptions, and the clusters that may be.
// A changed requirement (a clause dropped, a limit relaxed) is another case, computed in the same way.
import type { Catalogue, EngineModel, EngineName, Requirement, RequirementConstraints, RequirementFileSystem, RequirementSite } from "@cynosure/model";
import { assumptionsOf, type Assumptions } from "./assumptions.ts";
import { placesOf, type Place } from "./candidates/places.ts";
import { indexOf, type CatalogueIndex } from "./catalogue-index.ts";
import { hostOfOffer, type HostModel, type PlaceKind } from "./host-model.ts";
import type { PartitionSolver, SizingKnowledge } from "./knowledge.ts";
import { protectionHosts } from "./limits/protection.ts";
import { clusterModel, type ClusterModel } from "./loads/cluster-model.ts";
import { byName, isUndivided, setsOf, sharingGroups } from "./partition/allowed-sets.ts";
import { jointFloor, type JointFloor } from "./partition/joint-floor.ts";
import { number, sourced } from "./words.ts";

/** File systems that may share clusters with each other, and every cluster they may form. */
export interface SharingGroup {
  readonly items: number;
  readonly sets: readonly { readonly members: readonly number[]; readonly model: ClusterModel }[];
  /** The set of all; null when they are too many for one cluster. */
  readonly together: ClusterModel | null;
  /** Hosts that any two clusters of the group need for protection alone. */
  readonly twoClustersAtLeast: number;
  /** Null where there is nothing to divide. */
  readonly floor: JointFloor | null;
}

export interface SiteCase {
  readonly requirement: Requirement;
  readonly siteIndex: number;
  readonly site: RequirementSite;
  /** JSON path of the site below the requirement. */
  readonly path: string;
  readonly constraints: RequirementConstraints;
  readonly knowledge: SizingKnowledge;
  readonly index: CatalogueIndex;
  readonly assumptions: Assumptions;
  readonly engine: EngineModel;
  readonly places: readonly Place[];
  readonly partition: PartitionSolver;
  groupsFor(kind: PlaceKind): readonly SharingGroup[];
  hostsAt(place: Place): readonly HostModel[];
}

export interface CaseChange {
  readonly trafficScale?: number;
  readonly sustainedWriteScale?: number;
}

/**
 * The same file systems under other constraints, or with other numbers of the site's surroundings (quota, clients, room):
 * nothing that counts hosts of a cluster changes, so the shapes of the case are those of the other.
 */
export function withSameShapes(each: SiteCase, requirement: Requirement): SiteCase {
  return { ...each, requirement, constraints: requirement.constraints, site: requirement.sites[each.siteIndex] ?? each.site };
}

/** Racks of a room, or what stands for them in a cloud. */
function racksFor(site: RequirementSite, knowledge: SizingKnowledge, kind: PlaceKind): { readonly count: number | null; readonly evidence: string } {
  if (kind !== "azure") return { count: site.room?.racks ?? null, evidence: site.room === null ? "racks are not known here" : `the room has ${number(site.room.racks)} racks` };
  const { faultDomainsPerZone, faultDomainsPerRegion } = knowledge.catalogue.platform;
  const domains = site.zone === null ? faultDomainsPerRegion : faultDomainsPerZone;
  return { count: domains.value, evidence: `fault domains of ${site.zone === null ? "a region" : "a zone"}: ${sourced(domains, "")}` };
}

function sharingGroup(items: number, sets: SharingGroup["sets"]): SharingGroup {
  const together = sets.find((set) => set.members.length === items)?.model ?? null;
  const alone = sets.filter((set) => set.members.length === 1).map((set) => protectionHosts(set.model).value).toSorted((a, b) => a - b);
  return { items, sets, together, twoClustersAtLeast: (alone[0] ?? 0) + (alone[1] ?? 0), floor: together === null || sets.length === 1 ? null : jointFloor(together) };
}

function groupsOf(base: Omit<SiteCase, "groupsFor" | "hostsAt">, kind: PlaceKind, trafficScale: number): SharingGroup[] {
  const { site, engine, assumptions, knowledge } = base;
  const fileSystems = site.fileSystems.toSorted(byName);
  const firstName = fileSystems[0]?.name;
  const common = { kind, engine, assumptions, consolidation: site.consolidation, platform: knowledge.catalogue.platform, racks: racksFor(site, knowledge, kind), trafficScale };
  const modelOf = (members: readonly RequirementFileSystem[]): ClusterModel => clusterModel({ ...common, fileSystems: members, buckets: members.length === 0 || members.some((each) => each.name === firstName) ? site.buckets : [] });
  if (fileSystems.length === 0) return [sharingGroup(1, [{ members: [0], model: modelOf([]) }])];
  return sharingGroups(site).map((names) => {
    const members = fileSystems.filter((each) => names.includes(each.name));
    const sets = isUndivided(site) ? [members.map((_, item) => item)] : setsOf(members.length);
    return sharingGroup(members.length, sets.map((set) => ({ members: set, model: modelOf(members.filter((_, item) => set.includes(item))) })));
  });
}

/** Where a requirement names none. */
const DEFAULT_ENGINE: EngineName = "ceph";

function defaultEngine({ engines }: Catalogue): EngineModel | null {
  return engines.find(({ engine }) => engine === DEFAULT_ENGINE) ?? engines.toSorted((a, b) => (a.engine < b.engine ? -1 : 1))[0] ?? null;
}

/** The engine of a site: its own, else the default. Null when the catalogue has none of that name. */
export function engineOf(site: RequirementSite, { catalogue }: SizingKnowledge): EngineModel | null {
  return site.engine === null ? defaultEngine(catalogue) : (catalogue.engines.find(({ engine }) => engine === site.engine) ?? null);
}

export function siteCase(requirement: Requirement, siteIndex: number, knowledge: SizingKnowledge, partition: PartitionSolver, change: CaseChange = {}): SiteCase {
  const site = requirement.sites[siteIndex];
  if (site === undefined) throw new Error(`The requirement ${requirement.name} has no site ${siteIndex}: it has ${requirement.sites.length}`);
  // Hosts that are offered here may run an engine of which the catalogue says nothing; their limits do not ask.
  const engine = engineOf(site, knowledge) ?? defaultEngine(knowledge.catalogue);
  if (engine === null) throw new Error("The catalogue has no engine: there is nothing to size for");
  const index = indexOf(knowledge.catalogue);
  const stated = assumptionsOf(requirement, knowledge);
  const sustained = stated.sustainedWriteFraction;
  const assumptions = change.sustainedWriteScale === undefined || sustained.value === null ? stated : { ...stated, sustainedWriteFraction: { ...sustained, value: sustained.value * change.sustainedWriteScale } };
  const places = placesOf(site, index, knowledge.offers);
  const base = { requirement, siteIndex, site, path: `sites[${siteIndex}]`, constraints: requirement.constraints, knowledge, index, assumptions, engine, places, partition };
  const groups = new Map<PlaceKind, SharingGroup[]>();
  const live = knowledge.offers.map((offer) => ({ location: offer.location, host: hostOfOffer(offer) })).toSorted((a, b) => byName(a.host, b.host));
  return {
    ...base,
    groupsFor: (kind) => {
      const found = groups.get(kind) ?? groupsOf(base, kind, change.trafficScale ?? 1);
      groups.set(kind, found);
      return found;
    },
    hostsAt: (place) => (place.kind === "live" ? live.filter(({ location }) => location === place.name).map(({ host }) => host) : index.hosts[place.kind]),
  };
}
