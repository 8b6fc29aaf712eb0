// Relaxations by one factor on everything of a kind: capacity, throughput, metadata rates. They are multiplied into many
// limits at once, so the largest factor that leaves an option is found by bisection, to 1 %.
import type { RequirementSite } from "@cynosure/model";
import { fileSystemsPath, onFileSystems, type Change } from "../clauses/changed-requirement.ts";
import { Shapes } from "../shape/shape.ts";
import { siteCase, type SiteCase } from "../site-case.ts";
import { number } from "../words.ts";
import { byNearness, type Miss } from "./nearest.ts";
import { found, optionsAmong, type Found, type Stuck } from "./relaxation.ts";

const LEAST_FACTOR = 0.001;
/** With rounding to four digits still within 1 %. */
const PRECISION = 1.005;

/** Whether the pair is an option when the change has been made; live hosts are described anew for every case and found by name. */
function doesWith({ others }: Stuck, changedCase: SiteCase, { place, host }: Miss): boolean {
  const own = host.kind === "live" ? changedCase.hostsAt(place).find((other) => other.name === host.name) : host;
  return own !== undefined && optionsAmong([{ place, host: own }], changedCase, new Shapes(changedCase), others).length > 0;
}

/** Largest factor, within the precision, that leaves an option; null when not even `least` does. */
function largestFactor(stuck: Stuck, changeBy: (factor: number) => Change, least: number): number | null {
  const { requirement, siteIndex, knowledge, partition } = stuck.each;
  const cases = new Map<number, SiteCase>();
  const does = (miss: Miss, factor: number): boolean => {
    const changed = changeBy(factor)(requirement, siteIndex);
    if (changed === null) return false;
    const changedCase = cases.get(factor) ?? siteCase(changed, siteIndex, knowledge, partition);
    cases.set(factor, changedCase);
    return doesWith(stuck, changedCase, miss);
  };
  let largest: number | null = null;
  // No factor lifts a rule. The nearest comes first, so that most of the others need one look to see that they do no better.
  for (const miss of stuck.misses.filter(({ broken }) => broken.every(({ isRule }) => !isRule)).toSorted(byNearness)) {
    let lower: number = largest === null ? least : largest * PRECISION;
    if (lower >= 1 || !does(miss, lower)) continue;
    let upper = 1;
    while (upper / lower > PRECISION) {
      const middle = Math.sqrt(lower * upper);
      if (does(miss, middle)) lower = middle;
      else upper = middle;
    }
    largest = lower;
  }
  return largest;
}

/** Four significant digits, and never more than was found to do. */
function roundedDown(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 3);
  return Number((Math.floor(value / unit) * unit).toPrecision(4));
}

interface Scaled {
  readonly property: string;
  readonly noun: string;
  readonly unit: string;
  /** 0: there is nothing of the kind. */
  from(site: RequirementSite): number;
  by(factor: number): Change;
}

const everyFileSystem = (): boolean => true;
const lessOf = <T extends object | null>(rates: T, factor: number): T => (rates === null ? rates : (Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, Number(rate) * factor])) as T)); // the same names, each a smaller number

const scaled: readonly Scaled[] = [
  {
    property: "usableCapacityGB", noun: "capacity in all", unit: "GB",
    from: (site) => site.fileSystems.reduce((sum, each) => sum + each.usableCapacityGB, 0),
    by: (factor) => onFileSystems(everyFileSystem, (each) => ({ ...each, usableCapacityGB: each.usableCapacityGB * factor })),
  },
  {
    property: "throughput", noun: "reading and writing in all", unit: "GB/s",
    from: (site) => site.fileSystems.reduce((sum, { throughput }) => sum + (throughput?.readGBps ?? 0) + (throughput?.writeGBps ?? 0), 0),
    by: (factor) => onFileSystems(everyFileSystem, (each) => ({ ...each, throughput: each.throughput === null ? null : { ...each.throughput, readGBps: each.throughput.readGBps * factor, writeGBps: each.throughput.writeGBps * factor } })),
  },
  {
    property: "metadata", noun: "metadata rates", unit: "x the rates",
    from: (site) => (site.fileSystems.some(({ metadata }) => metadata.uniqueDirectories !== null || metadata.sharedDirectory !== null) ? 1 : 0),
    by: (factor) => onFileSystems(everyFileSystem, (each) => ({ ...each, metadata: { uniqueDirectories: lessOf(each.metadata.uniqueDirectories, factor), sharedDirectory: lessOf(each.metadata.sharedDirectory, factor) } })),
  },
];

/** Those that are smaller changes than `factor`; the rest is not computed. */
export function scaledRelaxations(stuck: Stuck, factor: number): Found[] {
  const { each } = stuck;
  let least = Math.max(LEAST_FACTOR, 1 / factor);
  return scaled.flatMap(({ property, noun, unit, from, by }) => {
    const before = from(each.site);
    if (before === 0 || least >= 1) return [];
    const largest = largestFactor(stuck, by, least);
    if (largest === null) return [];
    least = Math.max(least, largest);
    const to = roundedDown(before * largest);
    const target = fileSystemsPath(each.requirement, each.siteIndex, everyFileSystem, property);
    return [found(target, before, to, unit, 1 / largest, `With ${noun} at ${number(to)} instead of ${number(before)} ${unit} something would do.`)];
  });
}
