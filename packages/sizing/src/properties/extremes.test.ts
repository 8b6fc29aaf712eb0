// Absurd numbers: whatever stands in a requirement, sizing answers or says which property is at fault. It never throws, never takes
// long, and never says what JSON cannot. SIZING_SEED repeats a run.
import type { Requirement } from "@cynosure/model";
import { expect, it } from "vitest";
import { loadPartitionSolver, size } from "../index.ts";
import type { Draw } from "../testkit/draw.ts";
import { selfContradictions } from "../testkit/printed-numbers.ts";
import { baseSeed, holdsForCases } from "../testkit/seeded-run.ts";

const seed = baseSeed();
const SECONDS_MAX = 10;
const absurd = [0, -1, 1e-9, 1e-30, 0.5, 1e6, 1e10, 1e15, 1e300, Number.MAX_VALUE, Number.MIN_VALUE, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53] as const;

/** Every number of the value, by the path that leads to it. */
function numbersIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === "number") return [[...path]];
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key])) : [];
}

function withNumber(value: unknown, [key, ...rest]: readonly string[], to: number): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((inner: unknown, at) => (String(at) === key ? withNumber(inner, rest, to) : inner));
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, inner]) => [name, name === key ? withNumber(inner, rest, to) : inner]));
}

function madeAbsurd(requirement: Requirement, draw: Draw): { requirement: Requirement; what: string } {
  const paths = numbersIn(requirement);
  let changed: unknown = requirement;
  const what: string[] = [];
  for (let times = draw.integer(1, 3); times > 0; times--) {
    const path = paths[draw.integer(0, paths.length - 1)] ?? [];
    const to = draw.pick(absurd);
    changed = withNumber(changed, path, to);
    what.push(`${path.join(".")} = ${to}`);
  }
  // The same shape with other numbers.
  return { requirement: changed as Requirement, what: what.join(", ") };
}

it("absurd numbers get an answer or a problem that names the property, soon", async () => {
  const partition = await loadPartitionSolver();
  console.log(`seed=${seed}`);
  holdsForCases(seed, 800, (drawn, draw) => {
    const { requirement, what } = madeAbsurd(drawn.requirement, draw);
    const startedAt = performance.now();
    const answer = size(requirement, drawn.knowledge, partition);
    expect((performance.now() - startedAt) / 1_000, what).toBeLessThan(SECONDS_MAX);
    // A problem quotes what it refuses.
    expect(selfContradictions(requirement, drawn.knowledge, answer).filter((line) => !line.startsWith("answer.problems")), what).toEqual([]);
    for (const problem of answer.problems) expect(problem.target, what).toMatch(/^(sites|constraints|assumptions)/);
  });
});
