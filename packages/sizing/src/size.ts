// Sizing: from a requirement and what locations offer to ranked options, or to problems that name the
// property at fault. A site with a host count has a fixed shape, which is judged but not changed; without
// one the smallest count that holds protection and capacity is found by trying all of them.
import type { HostSizeOffer, Requirement, RequirementSite, SizingAnswer, SizingLimit, SizingOption } from "@cynosure/model";
import { QUORUM_HOSTS, hardestWish, hostsNeeded, limitsOf, unmet, wishesOf, type Wish } from "./site-limits.ts";

type Problem = SizingAnswer["problems"][number];

interface SiteCase {
  readonly site: RequirementSite;
  /** JSON path of the site below the requirement. */
  readonly path: string;
  readonly wishes: readonly Wish[];
}

export function size(requirement: Requirement, offers: readonly HostSizeOffer[]): SizingAnswer {
  const answers = requirement.sites.map((site, k) => sizeSite({ site, path: `sites[${k}]`, wishes: wishesOf(site, `sites[${k}]`) }, offers));
  return { requirementName: requirement.name, options: answers.flatMap((answer) => answer.options), problems: answers.flatMap((answer) => answer.problems) };
}

function sizeSite(each: SiteCase, offers: readonly HostSizeOffer[]): { options: readonly SizingOption[]; problems: readonly Problem[] } {
  const here = offers.filter((offer) => offer.location === each.site.location);
  const open = here.filter((offer) => offer.restriction === null);
  if (open.length === 0) return { options: [], problems: [noOffer(each, here, offers)] };
  const answers = open.map((offer) => (each.site.hostCount === null ? chosenCount(each, offer) : fixedCount(each, offer, each.site.hostCount)));
  const options = answers.filter((answer) => answer.option !== null).map((answer) => answer.option as SizingOption); // filtered just before
  const ranked = options.toSorted((a, b) => a.hostCount - b.hostCount).map((option, k) => ({ ...option, rank: k + 1 }));
  return ranked.length > 0 ? { options: ranked, problems: [] } : { options: [], problems: distinct(answers.flatMap((answer) => answer.problems)) };
}

interface OfferAnswer {
  readonly option: SizingOption | null;
  readonly problems: readonly Problem[];
}

function noOffer({ site, path }: SiteCase, here: readonly HostSizeOffer[], all: readonly HostSizeOffer[]): Problem {
  const target = `${path}.location`;
  if (here.length > 0) return { target, message: `No host size can be had in ${site.location} now: ${here.map((offer) => `${offer.size} (${offer.restriction ?? "restricted"})`).join(", ")}. Choose another location or wait.` };
  const known = [...new Set(all.map((offer) => offer.location))];
  return { target, message: `No host size is offered in ${site.location}. ${known.length > 0 ? `Locations with offers: ${known.join(", ")}.` : "No location has offers."}` };
}

const distinct = (problems: readonly Problem[]): Problem[] => [...new Map(problems.map((problem) => [`${problem.target} ${problem.message}`, problem])).values()];

/** Hosts the offer must have for any answer; whichever wish asks for most is named. */
function tooFewForProtection({ wishes }: SiteCase, count: number, countTarget: string): Problem[] {
  const hard = wishes.filter((wish) => hostsNeeded(wish.protection) > count);
  const hardest = hardestWish(hard);
  if (hardest !== null) {
    const needed = hostsNeeded(hardest.protection);
    return [{ target: countTarget, message: `${count} hosts cannot protect ${hardest.name} against ${hardest.protection.hostFailures} failed hosts by ${hardest.protection.scheme}: ${needed} hosts are needed. Ask for ${needed} or more, or change ${hardest.target}.` }];
  }
  return count < QUORUM_HOSTS ? [{ target: countTarget, message: `${count} hosts cannot keep a quorum when one fails. Ask for ${QUORUM_HOSTS} or more.` }] : [];
}

function fixedCount(each: SiteCase, offer: HostSizeOffer, count: number): OfferAnswer {
  const target = `${each.path}.hosts.count`;
  if (!Number.isInteger(count) || count < 1) return { option: null, problems: [{ target, message: `${count} is no number of hosts. Ask for a whole number from ${QUORUM_HOSTS} to ${offer.hostCountMax}.` }] };
  const problems: Problem[] = [...tooFewForProtection(each, count, target)];
  if (count > offer.hostCountMax) problems.push({ target, message: `${count} hosts of ${offer.size} are more than the ${offer.hostCountMax} that ${offer.location} offers. Ask for ${offer.hostCountMax} or fewer.` });
  if (problems.length > 0) return { option: null, problems };
  const limits = limitsOf(each.site, each.wishes, offer, count);
  const short = unmet(limits);
  const reasons = [
    `${count} hosts is what the requirement fixes: ${offer.location} hosts are not sized by capacity or throughput.`,
    ...short.map((limit) => `${limit.name} is not met: ${describe(limit)}. The shape is fixed, so this is shown and not mended.`),
    smallerCount(each, offer, count, true),
  ];
  return { option: option(each, offer, count, "hosts.count, fixed by the requirement", limits, reasons), problems: [] };
}

function chosenCount(each: SiteCase, offer: HostSizeOffer): OfferAnswer {
  for (let count = QUORUM_HOSTS; count <= offer.hostCountMax; count += 1) {
    const limits = limitsOf(each.site, each.wishes, offer, count);
    if (unmet(limits).length > 0) continue;
    const reasons = [`${count} hosts is the smallest number that holds protection and capacity.`, smallerCount(each, offer, count, false), "Throughput was not sized: nothing is known of it for this size."];
    return { option: option(each, offer, count, bindingLimit(each, offer, count, limits), limits, reasons), problems: [] };
  }
  const most = offer.hostCountMax;
  const protection = tooFewForProtection(each, most, `${each.path}.location`);
  if (protection.length > 0) return { option: null, problems: protection };
  const capacity = limitsOf(each.site, each.wishes, offer, most).find((limit) => limit.name === "raw capacity");
  return { option: null, problems: [{ target: `${each.path}.fileSystems`, message: `Even ${most} hosts of ${offer.size}, all that ${offer.location} offers, are too small: ${capacity === undefined ? "capacity" : describe(capacity)}. Ask for less capacity, or another location.` }] };
}

const describe = (limit: SizingLimit): string => `${limit.name} ${limit.required === null ? "unknown" : round(limit.required)} ${limit.unit} required, ${limit.available === null ? "unknown" : round(limit.available)} there`;
const round = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

/** What one host less would break: the limit that binds; where nothing would, the one with the least slack. */
function bindingLimit(each: SiteCase, offer: HostSizeOffer, count: number, limits: readonly SizingLimit[]): string {
  const [broken] = unmet(limitsOf(each.site, each.wishes, offer, count - 1));
  const tightest = limits.filter((limit) => limit.slack !== null && limit.name !== "hosts on offer").toSorted((a, b) => (a.slack ?? 0) - (b.slack ?? 0))[0];
  return broken?.name ?? tightest?.name ?? "none";
}

function smallerCount(each: SiteCase, offer: HostSizeOffer, count: number, isFixed: boolean): string {
  const smaller = count - 1;
  const [broken] = unmet(limitsOf(each.site, each.wishes, offer, smaller));
  if (broken !== undefined) return `${smaller} hosts would not do: ${describe(broken)} (${broken.evidence}).`;
  return isFixed ? `${smaller} hosts would hold protection and capacity too; the requirement asks for ${count}.` : `${smaller} hosts would do as well.`;
}

const option = ({ site }: SiteCase, offer: HostSizeOffer, hostCount: number, binding: string, limits: readonly SizingLimit[], reasons: readonly string[]): SizingOption => ({ rank: 1, siteName: site.name, hostSize: offer.size, hostCount, bindingLimit: binding, limits, reasons });
