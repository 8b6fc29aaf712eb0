// What single change of a requirement would leave an option: each thing that can give is relaxed alone, and as little as
// will do. What is multiplied into every limit is found by bisection, to 1 %; what stands alone in one limit by dropping it.
import type { Contradiction, Requirement, RequirementSite } from "@cynosure/model";
import { isCandidate, judge, withinBudget, type Candidate } from "../candidates/candidates.ts";
import { fileSystemsPath, onFileSystems, withConstraints, withSite, type Change } from "../clauses/changed-requirement.ts";
import { inTermsOf, usdOf, type OtherSites } from "../limits/budget.ts";
import { powerKWOf, rackUnitsOf, switchesFor } from "../limits/room.ts";
import { clientNic, sumOfReads, sumOfWrites, vcpusInAll } from "../limits/site.ts";
import { ranked } from "../options/rank.ts";
import { Shapes } from "../shape/shape.ts";
import { siteCase, type SiteCase } from "../site-case.ts";
import { number } from "../words.ts";

export type Relaxation = NonNullable<Contradiction["relaxation"]>;

export interface Found {
  readonly relaxation: Relaxation;
  /** Times more or less; what is no number counts as a factor of two. */
  readonly factor: number;
}

const UNCOUNTED_FACTOR = 2;
const LEAST_FACTOR = 0.001;
/** With rounding to four digits still within 1 %. */
const PRECISION = 1.005;
const UNLIMITED = 1e12;

interface Pair {
  readonly order: number;
  readonly hostName: string;
}

/** Options of a changed requirement, of these pairs alone where some are given. */
function optionsOf(each: SiteCase, changed: Requirement, others: OtherSites, pairs: readonly Pair[] | null): { readonly changedCase: SiteCase; readonly options: readonly Candidate[] } {
  const changedCase = siteCase(changed, each.siteIndex, each.knowledge, each.partition);
  const shapes = new Shapes(changedCase);
  const judged = changedCase.places.flatMap((place) =>
    changedCase.hostsAt(place).flatMap((host) => {
      if (pairs !== null && !pairs.some((pair) => pair.order === place.order && pair.hostName === host.name)) return [];
      return [judge(changedCase, shapes, place, host)];
    }),
  );
  return { changedCase, options: withinBudget(changedCase, { candidates: judged.filter(isCandidate), rejections: [] }, others).candidates };
}

/** Largest factor, within 1 %, that leaves an option; null when not even a thousandth does. */
function largestFactor(each: SiteCase, others: OtherSites, changeBy: (factor: number) => Requirement | null): number | null {
  const pairsAt = (factor: number, pairs: readonly Pair[] | null): Pair[] => {
    const changed = changeBy(factor);
    return changed === null ? [] : optionsOf(each, changed, others, pairs).options.map(({ place, host }) => ({ order: place.order, hostName: host.name }));
  };
  let pairs = pairsAt(LEAST_FACTOR, null);
  if (pairs.length === 0) return null;
  let [does, fails] = [LEAST_FACTOR, 1];
  while (fails / does > PRECISION) {
    const middle = Math.sqrt(does * fails);
    const left = pairsAt(middle, pairs);
    if (left.length === 0) fails = middle;
    else [does, pairs] = [middle, left];
  }
  return does;
}

/** Four significant digits, and never more than asked, so that what is printed still does. */
function roundedDown(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 3);
  return Number((Math.floor(value / unit) * unit).toPrecision(4));
}

interface Scaled {
  readonly property: string;
  readonly noun: string;
  readonly unit: string;
  readonly from: (site: RequirementSite) => number;
  readonly change: (factor: number) => Change;
}

const everyFileSystem = (): boolean => true;

const scaled: readonly Scaled[] = [
  {
    property: "usableCapacityGB", noun: "capacity in all", unit: "GB", from: (site) => site.fileSystems.reduce((sum, each) => sum + each.usableCapacityGB, 0),
    change: (factor) => onFileSystems(everyFileSystem, (each) => ({ ...each, usableCapacityGB: each.usableCapacityGB * factor })),
  },
  {
    property: "throughput", noun: "reading and writing in all", unit: "GB/s", from: (site) => site.fileSystems.reduce((sum, { throughput }) => sum + (throughput?.readGBps ?? 0) + (throughput?.writeGBps ?? 0), 0),
    change: (factor) => onFileSystems(everyFileSystem, (each) => ({ ...each, throughput: each.throughput === null ? null : { ...each.throughput, readGBps: each.throughput.readGBps * factor, writeGBps: each.throughput.writeGBps * factor } })),
  },
  {
    property: "metadata", noun: "the part of the metadata rates", unit: "x the rates", from: (site) => (site.fileSystems.some(({ metadata }) => metadata.uniqueDirectories !== null || metadata.sharedDirectory !== null) ? 1 : 0),
    change: (factor) => {
      const less = <T extends object | null>(rates: T): T => (rates === null ? rates : (Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, Number(rate) * factor])) as T)); // the same names, each a smaller number
      return onFileSystems(everyFileSystem, (each) => ({ ...each, metadata: { uniqueDirectories: less(each.metadata.uniqueDirectories), sharedDirectory: less(each.metadata.sharedDirectory) } }));
    },
  },
];

function scaledRelaxations(each: SiteCase, others: OtherSites): Found[] {
  return scaled.flatMap(({ property, noun, unit, from, change }) => {
    const before = from(each.site);
    if (before === 0) return [];
    const factor = largestFactor(each, others, (by) => change(by)(each.requirement, each.siteIndex));
    if (factor === null) return [];
    const to = roundedDown(before * factor);
    const target = fileSystemsPath(each.requirement, each.siteIndex, everyFileSystem, property);
    return [{ factor: 1 / factor, relaxation: { target, from: before, to, unit, statement: `With ${noun} at ${number(to)} instead of ${number(before)} ${unit} something would do.` } }];
  });
}

interface Dropped {
  readonly target: string;
  readonly noun: string;
  readonly unit: string;
  readonly from: number | null;
  readonly without: Requirement;
  /** What the option needs of it. */
  readonly need: (option: Candidate) => number | null;
}

function droppedLimits(each: SiteCase, others: OtherSites): Dropped[] {
  const { requirement, siteIndex, site, path } = each;
  const { budget } = each.constraints;
  const found: Dropped[] = [];
  const onSite = (change: Partial<RequirementSite>): Requirement => withSite(requirement, siteIndex, (old) => ({ ...old, ...change }));
  if (budget !== null) {
    const need = ({ usdPerMonth }: Candidate): number | null => (usdPerMonth === null ? null : inTermsOf(budget, usdPerMonth) + others.leastUsd);
    const isMonthly = budget.kind === "monthly";
    found.push({ target: `constraints.budget.${isMonthly ? "monthlyUsd" : "totalUsd"}`, noun: "the budget", unit: isMonthly ? "USD/month" : "USD", from: usdOf(budget), without: withConstraints(requirement, { budget: null }), need });
  }
  if (site.quotaVcpus !== null) found.push({ target: `${path}.quotaVcpus`, noun: "the quota", unit: "vCPUs", from: site.quotaVcpus, without: onSite({ quotaVcpus: null }), need: ({ host, shape }) => vcpusInAll(each, host, shape, shape.hosts).value });
  const { room, clients } = site;
  if (room !== null) {
    found.push({ target: `${path}.room.powerKW`, noun: "power", unit: "kW", from: room.powerKW, without: onSite({ room: { ...room, powerKW: UNLIMITED } }), need: ({ host, shape }) => powerKWOf(host, shape.hosts).value });
    found.push({ target: `${path}.room.rackUnits`, noun: "rack units", unit: "U", from: room.rackUnits, without: onSite({ room: { ...room, rackUnits: UNLIMITED } }), need: ({ host, shape }) => rackUnitsOf(room, host, shape.hosts).value });
    const { network } = room;
    if (network !== null) found.push({ target: `${path}.room.network.switchesMax`, noun: "switches", unit: "switches", from: network.switchesMax, without: onSite({ room: { ...room, network: { ...network, switchesMax: UNLIMITED } } }), need: ({ host, shape }) => switchesFor(room, host, shape.hosts).value });
  }
  const nic = (clientNic(each).gigabytesPerSecond ?? 0) * (each.assumptions.nicPayloadFraction.value ?? 1);
  if (clients !== null && nic > 0) {
    const count = Math.ceil(Math.max(sumOfReads(each), sumOfWrites(each)) / nic);
    found.push({ target: `${path}.clients.count`, noun: "clients", unit: "clients", from: clients.count, without: onSite({ clients: { ...clients, count: Math.max(count, clients.count) } }), need: () => count });
  }
  return found;
}

function droppedRelaxations(each: SiteCase, others: OtherSites): Found[] {
  return droppedLimits(each, others).flatMap(({ target, noun, unit, from, without, need }) => {
    const needs = optionsOf(each, without, others, null).options.map(need).filter((value) => value !== null);
    if (from === null || needs.length === 0) return [];
    const to = Math.min(...needs);
    return to <= from ? [] : [{ factor: from === 0 ? Infinity : to / from, relaxation: { target, from, to, unit, statement: `With ${noun} at ${number(to)} instead of ${number(from)} ${unit} something would do.` } }];
  });
}

function choiceRelaxations(each: SiteCase, others: OtherSites): Found[] {
  const { requirement, constraints } = each;
  const { allow, deny, prefer } = constraints.hostSizes;
  const best = (changed: Requirement): Candidate | undefined => {
    const { changedCase, options } = optionsOf(each, changed, others, null);
    return ranked(changedCase, options)[0];
  };
  const found = (target: string, from: string, to: string, unit: string, statement: string): Found => ({ factor: UNCOUNTED_FACTOR, relaxation: { target, from, to, unit, statement } });
  const all: Found[] = [];
  if (constraints.residencyCountries.length > 0) {
    const option = best(withConstraints(requirement, { residencyCountries: [] }));
    const country = option?.place.region?.country;
    if (option !== undefined && country !== undefined) all.push(found("constraints.residencyCountries", constraints.residencyCountries.join(", "), [...constraints.residencyCountries, country].join(", "), "countries", `With ${country} among the countries ${option.host.name} in ${option.place.name} would do.`));
  }
  if (!constraints.ephemeralNvmeAllowed) {
    const option = best(withConstraints(requirement, { ephemeralNvmeAllowed: true }));
    if (option !== undefined) all.push(found("constraints.ephemeralNvmeAllowed", "false", "true", "", `With ephemeral NVMe allowed ${option.host.name} in ${option.place.name} would do.`));
  }
  if (allow.length > 0 || deny.length > 0) {
    const option = best(withConstraints(requirement, { hostSizes: { allow: [], deny: [], prefer } }));
    if (option !== undefined) {
      const name = option.host.name;
      const list = deny.includes(name) ? "deny" : "allow";
      const [from, to] = list === "deny" ? [deny, deny.filter((other) => other !== name)] : [allow, [...allow, name]];
      all.push(found(`constraints.hostSizes.${list}`, from.join(", "), to.join(", "), "host sizes", `With ${name} ${list === "deny" ? "not denied" : "allowed"} it would do in ${option.place.name}.`));
    }
  }
  return all;
}

/** The smallest; among equals the first in the order of docs/reference/sizing-model.md. */
export function smallestRelaxation(each: SiteCase, others: OtherSites): Relaxation | null {
  const all = [...scaledRelaxations(each, others), ...droppedRelaxations(each, others), ...choiceRelaxations(each, others)];
  return all.reduce<Found | null>((least, one) => (least === null || one.factor < least.factor ? one : least), null)?.relaxation ?? null;
}
