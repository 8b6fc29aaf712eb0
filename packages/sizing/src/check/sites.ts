// What a site may say: places and names that exist, numbers in their limits, sharing that does not contradict itself.
import type { BareMetalRoom, Consolidation, RequirementClients, RequirementSite } from "@cynosure/model";
import { engineOf } from "../site-case.ts";
import { placesOf } from "../candidates/places.ts";
import type { CatalogueIndex } from "../catalogue-index.ts";
import { HOSTS_MAX } from "../count/smallest-count.ts";
import type { SizingKnowledge } from "../knowledge.ts";
import { FILE_SYSTEMS_PER_CLUSTER_MAX, countOfSets, isUndivided, sharingGroups } from "../partition/allowed-sets.ts";
import { checkBucket, checkFileSystem } from "./file-systems.ts";
import type { Problems } from "./problem.ts";

/** Every allowed set may have to be sized on its own: nine file systems that all may share make 510. */
const SETS_MAX = 511;

function checkRoom(problems: Problems, path: string, room: BareMetalRoom): void {
  problems.number(`${path}.powerKW`, room.powerKW, { min: 0, isAboveMin: true, max: 1_000_000, unit: "kW" });
  problems.number(`${path}.rackUnits`, room.rackUnits, { min: 1, max: 1_000_000, unit: "U" });
  problems.number(`${path}.racks`, room.racks, { min: 1, max: 100_000, isWhole: true, unit: "racks" });
  if (room.leadTimeWeeks !== null) problems.number(`${path}.leadTimeWeeks`, room.leadTimeWeeks, { min: 0, max: 520, unit: "weeks" });
  if (room.network === null) return;
  const { switchPorts, uplinkPorts, switchesMax, portGbps } = room.network;
  problems.number(`${path}.network.switchPorts`, switchPorts, { min: 1, max: 10_000, isWhole: true, unit: "ports" });
  problems.number(`${path}.network.uplinkPorts`, uplinkPorts, { min: 0, max: Math.max(0, switchPorts - 1), isWhole: true, unit: "ports, fewer than switchPorts" });
  problems.number(`${path}.network.switchesMax`, switchesMax, { min: 1, max: 100_000, isWhole: true, unit: "switches" });
  problems.number(`${path}.network.portGbps`, portGbps, { min: 0, isAboveMin: true, max: 100_000, unit: "Gb/s" });
}

function checkClients(problems: Problems, path: string, clients: RequirementClients, site: RequirementSite, index: CatalogueIndex): void {
  if (clients.size !== null) problems.oneOf(`${path}.size`, clients.size, [...index.sizes.keys()], "host size");
  if (clients.nicGbps !== null) problems.number(`${path}.nicGbps`, clients.nicGbps, { min: 0, isAboveMin: true, max: 100_000, unit: "Gb/s" });
  problems.number(`${path}.count`, clients.count, { min: 1, max: 10_000_000, isWhole: true, unit: "clients" });
  if (clients.location !== null) problems.oneOf(`${path}.location`, clients.location, [...new Set([site.location, ...site.fallbackLocations, ...index.regions.keys()])], "location");
}

function checkConsolidation(problems: Problems, path: string, { mayShare, mode, confidence }: Consolidation, names: readonly string[]): void {
  if (mode === "shared" && confidence === null) problems.add(`${path}.confidence`, "Sharing needs a confidence with which the peaks are held. Allowed: 0.5 to 0.99999.");
  if (mode === "guaranteed" && confidence !== null) problems.add(`${path}.confidence`, "All peaks are guaranteed, so there is no confidence to state. Leave it out, or set mode to shared.");
  if (confidence !== null) problems.number(`${path}.confidence`, confidence, { min: 0.5, max: 0.99999, unit: "" });
  const seen = new Map<string, number>();
  for (const [k, list] of (mayShare ?? []).entries()) {
    for (const [j, name] of list.entries()) {
      problems.oneOf(`${path}.mayShare[${k}][${j}]`, name, names, "file system");
      const before = seen.get(name);
      if (before !== undefined && before !== k) problems.add(`${path}.mayShare[${k}][${j}]`, `${name} is in list ${before} too, and names of different lists never share. Name it once.`);
      seen.set(name, k);
    }
  }
}

function checkShape(problems: Problems, path: string, site: RequirementSite, isLive: boolean): void {
  const groups = sharingGroups(site);
  const sets = isUndivided(site) ? groups.length : groups.reduce((sum, group) => sum + countOfSets(group.length), 0);
  if (sets > SETS_MAX) problems.add(`${path}.consolidation.mayShare`, `${site.fileSystems.length} file systems could form ${sets} clusters, and at most ${SETS_MAX} are compared. Name those that may share in lists of at most ${FILE_SYSTEMS_PER_CLUSTER_MAX}, ${SETS_MAX} sets in all (a list of n makes 2^n - 1).`);
  const isCounted = site.consolidation.mode === "shared" && !isLive && isUndivided(site) && site.fileSystems.length > FILE_SYSTEMS_PER_CLUSTER_MAX;
  if (isCounted) problems.add(`${path}.consolidation.mayShare`, `${site.fileSystems.length} file systems would share one cluster by confidence, which is computed for at most ${FILE_SYSTEMS_PER_CLUSTER_MAX}. Name those that may share in lists of at most ${FILE_SYSTEMS_PER_CLUSTER_MAX}, or set mode to guaranteed.`);
  if (site.hostCount === null) return;
  problems.number(`${path}.hosts.count`, site.hostCount, { min: 1, max: HOSTS_MAX, isWhole: true, unit: "hosts" });
  if (groups.length > 1) problems.add(`${path}.hosts.count`, "A host count is that of one cluster, and these file systems make several, as consolidation.mayShare says. Leave the count out, or let them all share.");
}

export function checkSite(problems: Problems, path: string, site: RequirementSite, index: CatalogueIndex, knowledge: SizingKnowledge): void {
  const places = placesOf(site, index, knowledge.offers);
  const isLive = places.some((place) => place.kind === "live");
  const locations = [...new Set([...knowledge.offers.map((offer) => offer.location), ...index.regions.keys()])];
  if (site.room === null && !locations.includes(site.location)) problems.add(`${path}.location`, `No host size is offered in ${site.location}. ${locations.length > 0 ? `Locations with offers: ${locations.join(", ")}.` : "No location has offers."}`);
  if (site.room === null) for (const [k, name] of site.fallbackLocations.entries()) problems.oneOf(`${path}.fallbackLocations[${k}]`, name, locations, "location");
  if (!isLive && site.fileSystems.length === 0 && site.buckets.length === 0) problems.add(`${path}.fileSystems`, "There is nothing to size: this site has neither file systems nor buckets. Give at least one.");
  if (!isLive && site.engine !== null && engineOf(site, knowledge) === null) problems.oneOf(`${path}.engine`, site.engine, [...index.engines.keys()], "engine in the catalogue");
  if (site.quotaVcpus !== null) problems.number(`${path}.quotaVcpus`, site.quotaVcpus, { min: 0, max: 100_000_000, unit: "vCPUs" });
  if (site.fabric.kind === "gateway") problems.number(`${path}.fabric.gatewayGBps`, site.fabric.gatewayGBps, { min: 0, isAboveMin: true, max: 1_000_000, unit: "GB/s" });
  if (site.room !== null) checkRoom(problems, `${path}.room`, site.room);
  if (site.clients !== null) checkClients(problems, `${path}.clients`, site.clients, site, index);
  const names = site.fileSystems.map((each) => each.name);
  problems.distinct(`${path}.fileSystems`, names);
  problems.distinct(`${path}.buckets`, site.buckets.map((each) => each.name));
  for (const [k, each] of site.fileSystems.entries()) checkFileSystem(problems, `${path}.fileSystems[${k}]`, each);
  for (const [k, each] of site.buckets.entries()) checkBucket(problems, `${path}.buckets[${k}]`, each);
  checkConsolidation(problems, `${path}.consolidation`, site.consolidation, names);
  checkShape(problems, path, site, isLive);
}
