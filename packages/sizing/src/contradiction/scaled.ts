// Relaxations by one factor on everything of a kind: capacity, throughput, metadata rates. They are multiplied into many
// limits at once, so the largest factor that leaves an option is found by bisection, to 1 %.
import type { RequirementSite } from "@cynosure/model";
import { fileSystemsPath, onFileSystems, type Change } from "../clauses/changed-requirement.ts";
import { Shapes } from "../shape/shape.ts";
import { siteCase } from "../site-case.ts";
import { number } from "../words.ts";
import type { Miss } from "./nearest.ts";
import { found, optionsAmong, type Found, type Stuck } from "./relaxation.ts";

const LEAST_FACTOR = 0.001;
/** With rounding to four digits still within 1 %. */
const PRECISION = 1.005;

type Pair = Pick<Miss, "place" | "host">;

/** Pairs that are options when the change has been made; live hosts are described anew for every case and found by name. */
function pairsWith({ each, others }: Stuck, change: Change, pairs: readonly Pair[]): Pair[] {
  const changed = change(each.requirement, each.siteIndex);
  if (changed === null) return [];
  const changedCase = siteCase(changed, each.siteIndex, each.knowledge, each.partition);
  const own = pairs.map(({ place, host }) => ({ place, host: host.kind === "live" ? (changedCase.hostsAt(place).find((other) => other.name === host.name) ?? host) : host }));
  return optionsAmong(own, changedCase, new Shapes(changedCase), others).map(({ place, host }) => ({ place, host }));
}

/** Largest factor, within the precision, that leaves an option; null when not even `least` does. */
function largestFactor(stuck: Stuck, changeBy: (factor: number) => Change, least: number): number | null {
  // No factor lifts a rule.
  const open = stuck.misses.filter(({ broken }) => broken.every(({ isRule }) => !isRule));
  let pairs = pairsWith(stuck, changeBy(least), open);
  if (pairs.length === 0) return null;
  let [does, fails] = [least, 1];
  while (fails / does > PRECISION) {
    const middle = Math.sqrt(does * fails);
    const left = pairsWith(stuck, changeBy(middle), pairs);
    if (left.length === 0) fails = middle;
    else [does, pairs] = [middle, left];
  }
  return does;
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
