// Why hosts that a substrate offers now cannot be had as asked: too few or too many for the shape, or none to be had.
// Such a location has no contradiction to weigh; its problems name the property and the remedy.
import type { SizingProblem } from "@cynosure/model";
import { QUORUM_HOSTS, hardestWish } from "./limits/protection.ts";
import type { ClusterModel } from "./loads/cluster-model.ts";
import { hostsNeeded } from "./loads/raw-factor.ts";
import { limitNumbers } from "./options/limit-words.ts";
import { brokenWithoutShape } from "./shape/broken.ts";
import type { HostModel } from "./host-model.ts";
import type { Place } from "./candidates/places.ts";
import type { Shapes } from "./shape/shape.ts";
import type { SiteCase } from "./site-case.ts";

/** Path of the property that asks for the protection. */
function pathOf(each: SiteCase, cluster: ClusterModel, name: string): string {
  const isFileSystem = cluster.fileSystems.some((fileSystem) => `file system ${fileSystem.name}` === name);
  const list = isFileSystem ? each.site.fileSystems : each.site.buckets;
  const at = list.findIndex((item) => name.endsWith(` ${item.name}`));
  return `${each.path}.${isFileSystem ? "fileSystems" : "buckets"}[${at}].protection`;
}

/** Hosts there must be for any answer; whichever wish asks for most is named. */
function tooFew(each: SiteCase, cluster: ClusterModel, count: number, target: string): SizingProblem | null {
  const hardest = hardestWish(cluster);
  if (hardest !== null && hostsNeeded(hardest.wish.protection) > count) {
    const { hostFailures, scheme } = hardest.wish.protection;
    const needed = hostsNeeded(hardest.wish.protection);
    return { target, message: `${count} hosts cannot protect ${hardest.name} against ${hostFailures} failed hosts by ${scheme}: ${needed} hosts are needed. Ask for ${needed} or more, or change ${pathOf(each, cluster, hardest.name)}.` };
  }
  return count < QUORUM_HOSTS ? { target, message: `${count} hosts cannot keep a quorum when one fails. Ask for ${QUORUM_HOSTS} or more.` } : null;
}

function offerProblem(each: SiteCase, shapes: Shapes, host: HostModel): SizingProblem | null {
  const { offer } = host;
  const count = each.site.hostCount;
  if (offer === null) return null;
  const { size, location, hostCountMax } = offer;
  const clusters = each.groupsFor("live").flatMap((group) => group.sets.map((set) => set.model));
  const target = `${each.path}.hosts.count`;
  for (const cluster of clusters) {
    const few = tooFew(each, cluster, count ?? hostCountMax, count === null ? `${each.path}.location` : target);
    if (few !== null) return few;
  }
  if (count !== null) return count > hostCountMax ? { target, message: `${count} hosts of ${size} are more than the ${hostCountMax} that ${location} offers. Ask for ${hostCountMax} or fewer.` } : null;
  const [broken] = brokenWithoutShape(each, shapes, host);
  if (broken === undefined) return null;
  return { target: `${each.path}.fileSystems`, message: `Even ${hostCountMax} hosts of ${size}, all that ${location} offers, are too small: ${limitNumbers(broken.limit, broken.hosts)}. Ask for less capacity, or another location.` };
}

export function liveProblems(each: SiteCase, shapes: Shapes, place: Place): SizingProblem[] {
  const hosts = each.hostsAt(place);
  const open = hosts.filter((host) => host.offer?.restriction === null);
  const target = `${each.path}.location`;
  if (open.length === 0) {
    const closed = hosts.map((host) => `${host.name} (${host.offer?.restriction ?? "restricted"})`).join(", ");
    return [{ target, message: `No host size can be had in ${place.name} now: ${closed}. Choose another location or wait.` }];
  }
  const found = open.map((host) => offerProblem(each, shapes, host)).filter((problem) => problem !== null);
  return [...new Map(found.map((problem) => [`${problem.target} ${problem.message}`, problem])).values()];
}
