// `npm run bench -- soak`: four clusters live through create, write, verify and delete side by side for as long
// as asked, on the real product with the simulated rung under it, while its processes, database and traces on
// the machine are measured. Judged by the rule of verdict.ts; a failed turn or anything left at the end fails too.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLeftovers, isNothingLeft } from "@cynosure/machine";
import { type SoakedControlPlane, startControlPlane } from "./control-plane.ts";
import { runCycle } from "./cycle.ts";
import { openSampler, type Sampler, type Values } from "./sampler.ts";
import { judgeSeries, type SeriesVerdict } from "./rules.ts";
import type { Sample } from "./verdict.ts";

const CLUSTERS = 4;
const SAMPLE_EVERY_MS_MAX = 5_000;
/** A short run is sampled more often: the rule needs enough to judge. */
const SAMPLES = 180;
const TURN_MINUTES_MAX = 10;
/** All errors of a broken product say the same. */
const FAILURES_MAX = 10;

/** Must be empty when every cluster is gone. */
const insideTables = ["hosts", "host_plans", "host_reports", "host_requests", "join_tokens", "secrets", "outputs", "observations"];

export interface SoakSeries {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly most: number;
  readonly verdict: SeriesVerdict;
}

export interface SoakFigures {
  readonly benchmark: "soak";
  readonly isSimulated: true;
  readonly isFlat: boolean;
  readonly minutes: number;
  readonly clusters: number;
  /** Complete turns of all clusters together. */
  readonly turns: number;
  readonly turnSecondsMedian: number;
  /** Medians of the first, second and last third of the turns: told, not judged, since the machine has a say in it. */
  readonly turnSecondsByThird: readonly number[];
  readonly auditRowsPerTurn: number;
  readonly databaseKiBPerTurn: number;
  readonly series: readonly SoakSeries[];
  readonly failures: readonly string[];
  /** What was there after the end and should not have been. */
  readonly left: readonly string[];
}

export interface SoakOptions {
  readonly minutes: number;
  readonly note: (text: string) => void;
  /** Ends the run early, in order, and as a failure. */
  readonly signal: AbortSignal;
}

export async function benchSoak({ minutes, note, signal }: SoakOptions): Promise<SoakFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), "cynosure-soak-"));
  try {
    note("starting a control plane on the simulated rung …");
    const product = await startControlPlane(dataDir);
    try {
      return await soak(product, { minutes, note, signal });
    } finally {
      await product.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function soak(product: SoakedControlPlane, { minutes, note, signal }: SoakOptions): Promise<SoakFigures> {
  const sampler = await openSampler(product);
  const failures: string[] = [];
  const fail = (failure: string): void => void (failures.length < FAILURES_MAX && failures.push(failure));
  let isStopping = false;
  void product.ended.then((last) => void (isStopping || fail(last)));
  signal.addEventListener("abort", () => fail("interrupted"), { once: true });
  const endAt = performance.now() + minutes * 60_000;
  const isOver = (): boolean => performance.now() >= endAt || failures.length > 0;
  const samples: { readonly atSeconds: number; readonly values: Values }[] = [];
  const turnSeconds: number[] = [];
  const begunAt = performance.now();
  const names = Array.from({ length: CLUSTERS }, (_, index) => `soak-${index + 1}`);
  await Promise.all([
    sampleAll({ sampler, isOver, everyMs: Math.min(SAMPLE_EVERY_MS_MAX, (minutes * 60_000) / SAMPLES), keep: (values) => samples.push({ atSeconds: (performance.now() - begunAt) / 1_000, values }) }).catch((error: unknown) => fail(`sampling: ${String(error)}`)),
    ...names.map(async (name) => {
      for (let turn = 1; !isOver(); turn += 1) {
        const turnAt = performance.now();
        await withinBound(runCycle({ ...product.scope, client: product.client }, name, turn)).catch((error: unknown) => fail(`${name}, turn ${turn}: ${String(error)}`));
        turnSeconds.push((performance.now() - turnAt) / 1_000);
        if (turnSeconds.length % 100 === 0) note(`${turnSeconds.length} turns, ${((performance.now() - begunAt) / 60_000).toFixed(1)} of ${minutes} minutes`);
      }
    }),
  ]);
  const end = failures.length > 0 ? {} : await sampler.sample();
  await sampler.close().catch(() => undefined); // gone with the database when the run was interrupted
  failures.push(...product.troubles().slice(0, FAILURES_MAX).map((line) => `logged: ${line}`));
  const left = insideTables.flatMap((table) => ((end[`rows cynosure.${table}`] ?? 0) > 0 ? [`${end[`rows cynosure.${table}`]} rows in cynosure.${table}`] : []));
  isStopping = true;
  await product.stop();
  const leftovers = findLeftovers(product.installation.id);
  if (!isNothingLeft(leftovers)) left.push(`after the stop: ${leftovers.processes.length} processes, ${leftovers.networkNamespaces.length} namespaces, ${leftovers.mounts.length} mounts, ${leftovers.runtimeDirs.length} runtime directories`);
  return figuresOf({ minutes, samples, turnSeconds, failures, left });
}

/** A turn that hangs is a failure, not a run without end. */
async function withinBound(turn: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${TURN_MINUTES_MAX} minutes`)), TURN_MINUTES_MAX * 60_000);
  });
  await Promise.race([turn, late]).finally(() => clearTimeout(timer));
}

async function sampleAll(options: { readonly sampler: Sampler; readonly isOver: () => boolean; readonly everyMs: number; readonly keep: (values: Values) => void }): Promise<void> {
  while (!options.isOver()) {
    options.keep(await options.sampler.sample());
    await new Promise((resolve) => setTimeout(resolve, options.everyMs));
  }
}

interface Measured {
  readonly minutes: number;
  readonly samples: readonly { readonly atSeconds: number; readonly values: Values }[];
  readonly turnSeconds: readonly number[];
  readonly failures: readonly string[];
  readonly left: readonly string[];
}

function figuresOf({ minutes, samples, turnSeconds, failures, left }: Measured): SoakFigures {
  const series = failures.length > 0 ? [] : Object.keys(samples[0]?.values ?? {}).map((name) => seriesOf(name, samples.map(({ atSeconds, values }) => ({ atSeconds, value: values[name] ?? 0 }))));
  const turns = turnSeconds.length;
  const grown = (name: string): number => {
    const found = series.find((each) => each.name === name);
    return found === undefined ? 0 : (found.last - found.first) / Math.max(1, turns);
  };
  return {
    benchmark: "soak",
    isSimulated: true,
    isFlat: failures.length === 0 && left.length === 0 && series.every((each) => each.verdict.isFlat),
    minutes,
    clusters: CLUSTERS,
    turns,
    turnSecondsMedian: median(turnSeconds),
    auditRowsPerTurn: grown("rows cynosure.audit"),
    turnSecondsByThird: [0, 1, 2].map((third) => median(turnSeconds.slice(Math.floor((turns * third) / 3), Math.floor((turns * (third + 1)) / 3)))),
    databaseKiBPerTurn: grown("database MiB") * 1024,
    series,
    failures,
    left,
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function seriesOf(name: string, samples: readonly Sample[]): SoakSeries {
  const values = samples.map((sample) => sample.value);
  return { name, first: values[0] ?? 0, last: values.at(-1) ?? 0, most: Math.max(...values), verdict: judgeSeries(name, samples) };
}

export function renderSoak(figures: SoakFigures): readonly string[] {
  const number = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));
  const of = ({ name, first, last, most, verdict }: SoakSeries): string => {
    return `  ${name.padEnd(34)} first ${number(first).padStart(8)}  last ${number(last).padStart(8)}  most ${number(most).padStart(8)}  ${verdict.isFlat ? "" : "GROWS: "}${verdict.why}`;
  };
  return [
    `SIMULATED rung d: ${figures.turns} turns of ${figures.clusters} clusters in ${figures.minutes} minutes, median ${figures.turnSecondsMedian.toFixed(1)} s each (by third of the run: ${figures.turnSecondsByThird.map((seconds) => seconds.toFixed(1)).join(", ")}); what is compared are resources, no file or object is stored on this rung`,
    `SIMULATED per turn: ${figures.auditRowsPerTurn.toFixed(1)} audit rows, kept for good; database ${figures.databaseKiBPerTurn.toFixed(2)} KiB in all`,
    ...figures.series.filter((each) => each.most > 0).map(of),
    ...figures.failures.map((failure) => `FAILED ${failure}`),
    ...figures.left.map((what) => `LEFT ${what}`),
    `SIMULATED ${figures.isFlat ? "flat" : "NOT flat"}`,
  ];
}
