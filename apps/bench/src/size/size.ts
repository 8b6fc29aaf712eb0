// How long sizing takes: the research centre over all sizes and regions, and random small requirements one after the other, on one
// core. The solver is loaded before the clock starts: it is loaded once in a process.
import type { Catalogue, PriceBook, Requirement } from "@cynosure/model";
import { catalogue, knownPrices, loadPartitionSolver, type PartitionSolver, size } from "@cynosure/sizing";
import { drawCase, drawOf } from "@cynosure/sizing/testkit";
import { median } from "../median.ts";
import { inEveryRegion, readExample } from "./examples.ts";

export interface SizeFigures {
  /** Median of the runs, every region and no residency. */
  readonly researchCentreSeconds: number;
  readonly researchCentreRunsSeconds: readonly number[];
  /** Median, the file as it stands. */
  readonly researchCentreAsWrittenSeconds: number;
  readonly candidates: number;
  readonly randomRequirements: number;
  readonly randomSeconds: number;
  /** Of the processor: what a machine with other things to do does not lengthen. */
  readonly randomCpuSeconds: number;
  readonly randomSlowestMs: number;
  readonly bounds: { readonly researchCentreSeconds: 2; readonly randomSeconds: 60 };
}

export interface SizeOptions {
  readonly runs: number;
  readonly requirements: number;
  readonly note: (text: string) => void;
}

const TODAY = "2026-12-01";
const NOTE_EVERY = 2_000;
const MICROSECONDS = 1_000_000;

const secondsOf = (work: () => void): number => {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) / 1_000;
};

export async function benchSize({ runs, requirements, note }: SizeOptions): Promise<SizeFigures> {
  const partition = await loadPartitionSolver();
  const asWritten = readExample("research-centre.yaml");
  const everywhere = inEveryRegion(asWritten, catalogue);
  const timesOf = (requirement: Requirement, what: string): number[] =>
    Array.from({ length: runs }, (_, run) => {
      const seconds = secondsOf(() => void answered(requirement, catalogue, knownPrices, partition));
      note(`${what}, run ${run + 1} of ${runs}: ${seconds.toFixed(3)} s`);
      return seconds;
    });
  const written = timesOf(asWritten, "research centre as written");
  const runsSeconds = timesOf(everywhere, `research centre in any of ${catalogue.regions.length} regions`);
  const answer = size(everywhere, { catalogue, prices: knownPrices, offers: [], today: TODAY }, partition);
  return {
    researchCentreSeconds: median(runsSeconds),
    researchCentreRunsSeconds: runsSeconds,
    researchCentreAsWrittenSeconds: median(written),
    candidates: answer.sites.reduce((sum, site) => sum + site.options.length + site.ruledOut.length, 0),
    ...randomFigures(requirements, partition, note),
    bounds: { researchCentreSeconds: 2, randomSeconds: 60 },
  };
}

function answered(requirement: Requirement, known: Catalogue, prices: PriceBook, partition: PartitionSolver): number {
  const { problems, sites } = size(requirement, { catalogue: known, prices, offers: [], today: TODAY }, partition);
  if (problems.length > 0) throw new Error(`no answer to ${requirement.name}: ${problems.map(({ target, message }) => `${target}: ${message}`).join(" ")}`);
  return sites.length;
}

/** Drawing a requirement is not counted. */
function randomFigures(requirements: number, partition: PartitionSolver, note: (text: string) => void): Pick<SizeFigures, "randomRequirements" | "randomSeconds" | "randomCpuSeconds" | "randomSlowestMs"> {
  let randomSeconds = 0;
  let randomCpuSeconds = 0;
  let slowest = 0;
  for (let seed = 1; seed <= requirements; seed++) {
    const { requirement, knowledge } = drawCase(drawOf(seed), catalogue);
    const before = process.cpuUsage();
    const seconds = secondsOf(() => void size(requirement, knowledge, partition));
    const { user, system } = process.cpuUsage(before);
    randomCpuSeconds += (user + system) / MICROSECONDS;
    randomSeconds += seconds;
    slowest = Math.max(slowest, seconds);
    if (seed % NOTE_EVERY === 0) note(`${seed} of ${requirements} random requirements: ${randomSeconds.toFixed(1)} s`);
  }
  return { randomRequirements: requirements, randomSeconds, randomCpuSeconds, randomSlowestMs: slowest * 1_000 };
}

export const renderSize = (figures: SizeFigures): string[] => [
  `research centre over all sizes and regions: ${figures.researchCentreSeconds.toFixed(3)} s (bound ${figures.bounds.researchCentreSeconds} s); as written ${figures.researchCentreAsWrittenSeconds.toFixed(3)} s`,
  `${figures.randomRequirements} random requirements on one core: ${figures.randomSeconds.toFixed(1)} s (bound ${figures.bounds.randomSeconds} s), ${figures.randomCpuSeconds.toFixed(1)} s of processor time, the slowest ${figures.randomSlowestMs.toFixed(0)} ms`,
];
