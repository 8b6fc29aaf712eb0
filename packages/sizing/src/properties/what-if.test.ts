// What an answer says of changes: sensitivity, the price of clauses, the least relaxation, each computed again by brute force.
// SIZING_SEED repeats a run.
import { expect, it } from "vitest";
import { loadPartitionSolver, size } from "../index.ts";
import { baseSeed, caseCount, failuresOf, seedsFrom } from "../testkit/seeded-run.ts";
import { whatIfDisagreements } from "../testkit/what-if.ts";

const base = baseSeed();
const count = caseCount(1_000);

it(`sensitivity, priced clauses and relaxations of ${count} random requirements are what brute force makes of the changed requirement`, async () => {
  const partition = await loadPartitionSolver();
  console.log(`seed=${base}`);
  expect(failuresOf(seedsFrom(base, count), null, (drawn) => whatIfDisagreements(drawn, size(drawn.requirement, drawn.knowledge, partition)))).toEqual([]);
});
