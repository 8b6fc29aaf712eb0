// Sizing against brute force written apart from it, over random requirements, and every answer against itself. SIZING_SEED repeats a
// run (its first requirement is the seed's), SIZING_COUNT sets how many; seeds that failed once are in seeds.txt.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { catalogue, loadPartitionSolver, type PartitionSolver, size } from "../index.ts";
import { disagreements } from "../testkit/agreement.ts";
import { toleranceCount } from "../testkit/brute-cluster.ts";
import { drawOf } from "../testkit/draw.ts";
import { selfContradictions } from "../testkit/printed-numbers.ts";
import { drawCase, type RandomCase } from "../testkit/random-case.ts";
import { baseSeed, caseCount, failuresOf, seedsFrom } from "../testkit/seeded-run.ts";

const base = baseSeed();
const count = caseCount(10_000);
/** A case with one small site that many file systems fit on. */
const NINE_SEED = 36;
/** A minute on a core of its own; a machine has other things to do. */
const TIMEOUT_MS = 600_000;
const listed = readFileSync(new URL("seeds.txt", import.meta.url), "utf8").split("\n").filter((line) => /^\d/.test(line)).map((line) => Number.parseInt(line, 10));

let partition: PartitionSolver;
beforeAll(async () => {
  partition = await loadPartitionSolver();
});

function linesOf(drawn: RandomCase): string[] {
  const answer = size(drawn.requirement, drawn.knowledge, partition);
  return [...disagreements(drawn, answer), ...selfContradictions(drawn.requirement, drawn.knowledge, answer)];
}

describe("an answer of sizing agrees with brute force by the page of the model, and with itself,", () => {
  it("on every requirement that once told them apart", () => {
    expect(failuresOf(listed, catalogue, linesOf)).toEqual([]);
  });

  const nineOf = (mayShare: "in one list" | "said nothing of") => {
    const { requirement, knowledge } = drawCase(drawOf(NINE_SEED), null);
    const sites = requirement.sites.map((site) => {
      const fileSystems = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((nth) => site.fileSystems.slice(0, 1).map((fs) => ({ ...fs, name: `${fs.name}-${nth}` })));
      return { ...site, hostCount: null, consolidation: { ...site.consolidation, mayShare: mayShare === "in one list" ? [fileSystems.map(({ name }) => name)] : null }, fileSystems };
    });
    return { requirement: { ...requirement, sites }, knowledge };
  };

  it("on nine file systems in one list, of which eight may share a cluster", () => {
    const nine = nineOf("in one list");
    const answer = size(nine.requirement, nine.knowledge, partition);
    expect(answer.sites[0]?.options.length).toBeGreaterThan(0);
    expect(answer.sites[0]?.options[0]?.clusters.length).toBeGreaterThan(1);
    expect(disagreements(nine, answer)).toEqual([]);
  });

  it("on nine file systems of which nothing is said: they share one cluster, and a note says so", () => {
    const nine = nineOf("said nothing of");
    const sites = nine.requirement.sites.map((site) => ({ ...site, consolidation: { mayShare: null, mode: "guaranteed" as const, confidence: null } }));
    const together = { ...nine, requirement: { ...nine.requirement, sites } };
    const answer = size(together.requirement, together.knowledge, partition);
    expect(answer.problems).toEqual([]);
    for (const option of answer.sites[0]?.options ?? []) expect(option.clusters).toHaveLength(1);
    expect(answer.sites[0]?.notes.join(" ")).toContain("9 file systems share one cluster");
    expect(disagreements(together, answer)).toEqual([]);
  });

  it(`on ${count} random requirements`, () => {
    console.log(`seed=${base}`);
    expect(failuresOf(seedsFrom(base, count), catalogue, linesOf)).toEqual([]);
    console.log(`comparisons that hung on the tolerance: ${toleranceCount.value}`);
  }, TIMEOUT_MS);
});
