// Random cases for fast-check: every choice is a value it can make smaller, so that a failure shows the least that fails.
import type { Catalogue } from "@cynosure/model";
import fc from "fast-check";
import { Draw } from "./draw.ts";
import { drawCase, type RandomCase } from "./random-case.ts";

/** A case and a source for further choices about it. */
export interface DrawnCase {
  readonly drawn: RandomCase;
  readonly draw: Draw;
}

/** `check` throws where the law does not hold. */
export function holdsForCases(options: { seed: number; numRuns: number; real: Catalogue | null }, check: (drawn: DrawnCase) => void): void {
  const { seed, numRuns, real } = options;
  const law = fc.property(fc.gen(), (generator) => {
    const draw = new Draw((min, max) => generator(fc.integer, { min, max }));
    check({ drawn: drawCase(draw, real), draw });
  });
  fc.assert(law, { seed, numRuns });
}
