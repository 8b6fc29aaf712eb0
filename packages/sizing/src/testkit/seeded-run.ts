// Property tests' base seed, and a run over many seeds that tells which of them fail and why, few lines each.
import type { Catalogue } from "@cynosure/model";
import { type Draw, drawOf } from "./draw.ts";
import { drawCase, type RandomCase } from "./random-case.ts";

const FAILURES_SHOWN_MAX = 8;
const LINES_A_FAILURE_MAX = 12;
const SEED_BITS = 31;

/** SIZING_SEED repeats a run; SIZING_COUNT makes it longer or shorter. */
export const baseSeed = (): number => Number(process.env["SIZING_SEED"] ?? Math.floor(Math.random() * 2 ** SEED_BITS));
export const caseCount = (usual: number): number => Number(process.env["SIZING_COUNT"] ?? usual);

/** A law over `count` cases from `base`: `check` throws where it does not hold, and what it throws comes with the case's seed. */
export function holdsForCases(base: number, count: number, check: (drawn: RandomCase, draw: Draw) => void): void {
  for (const seed of seedsFrom(base, caseCount(count))) {
    const draw = drawOf(seed);
    try {
      check(drawCase(draw, null), draw);
    } catch (error) {
      throw new Error(`seed=${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

/** `seed=N: line` for the first failing seeds. `check` gives the lines of one case; what it throws is a line too. */
export function failuresOf(seeds: Iterable<number>, real: Catalogue | null, check: (drawn: RandomCase) => readonly string[]): string[] {
  const failures: string[] = [];
  for (const seed of seeds) {
    let lines: readonly string[];
    try {
      lines = check(drawCase(drawOf(seed), real));
    } catch (error) {
      lines = [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    }
    if (lines.length > 0) failures.push([`seed=${seed}`, ...lines.slice(0, LINES_A_FAILURE_MAX)].join("\n  "));
    if (failures.length >= FAILURES_SHOWN_MAX) break;
  }
  return failures;
}

export function* seedsFrom(base: number, count: number): Generator<number> {
  for (let at = 0; at < count; at++) yield (base + at) % 2 ** SEED_BITS;
}
