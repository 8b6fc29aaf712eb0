// That the comparison with brute force finds what it is for: answers with one thing changed are told from those that sizing gives.
import type { SizingAnswer, SizingOption } from "@cynosure/model";
import { describe, expect, it } from "vitest";
import { loadPartitionSolver, size } from "../index.ts";
import { disagreements } from "../testkit/agreement.ts";
import { drawOf } from "../testkit/draw.ts";
import { selfContradictions } from "../testkit/printed-numbers.ts";
import { drawCase, type RandomCase } from "../testkit/random-case.ts";

const SEEDS_TRIED_MAX = 2_000;
const partition = await loadPartitionSolver();

const withBest = (answer: SizingAnswer, change: (best: SizingOption) => SizingOption): SizingAnswer => ({
  ...answer,
  sites: answer.sites.map((site, at) => (at === 0 ? { ...site, options: site.options.map((option, place) => (place === 0 ? change(option) : option)) } : site)),
});

/** The first drawn case with two options of one site, the best of them with a known cost and something undetermined. */
function caseToChange(): { drawn: RandomCase; answer: SizingAnswer } {
  for (let seed = 0; seed < SEEDS_TRIED_MAX; seed++) {
    const drawn = drawCase(drawOf(seed), null);
    const answer = size(drawn.requirement, drawn.knowledge, partition);
    const options = answer.sites[0]?.options ?? [];
    if (options.length > 1 && options[0]?.cost.usdPerMonth !== null && (options[0]?.undetermined.length ?? 0) > 0 && drawn.requirement.sites[0]?.hostCount === null) return { drawn, answer };
  }
  throw new Error(`none of ${SEEDS_TRIED_MAX} drawn cases has two options and a known cost`);
}

const { drawn, answer } = caseToChange();
const linesOf = (changed: SizingAnswer): string[] => [...disagreements(drawn, changed), ...selfContradictions(drawn.requirement, drawn.knowledge, changed)];

const changes: readonly [string, SizingAnswer][] = [
  ["a host too few", withBest(answer, (best) => ({ ...best, hostCount: best.hostCount - 1, clusters: best.clusters.map((cluster, at) => (at === 0 ? { ...cluster, hostCount: cluster.hostCount - 1 } : cluster)) }))],
  ["a host too many", withBest(answer, (best) => ({ ...best, hostCount: best.hostCount + 1, clusters: best.clusters.map((cluster, at) => (at === 0 ? { ...cluster, hostCount: cluster.hostCount + 1 } : cluster)) }))],
  ["a cost a little lower", withBest(answer, (best) => ({ ...best, cost: { ...best.cost, usdPerMonth: (best.cost.usdPerMonth ?? 0) * 0.999 } }))],
  ["something undetermined passed over", withBest(answer, (best) => ({ ...best, undetermined: best.undetermined.slice(1) }))],
  ["a limit met that nobody can judge", withBest(answer, (best) => ({ ...best, limits: best.limits.map((limit) => ({ ...limit, verdict: "met" as const })), clusters: best.clusters.map((cluster) => ({ ...cluster, limits: cluster.limits.map((limit) => ({ ...limit, verdict: "met" as const })) })) }))],
  ["another binding limit", withBest(answer, (best) => ({ ...best, clusters: best.clusters.map((cluster) => ({ ...cluster, binding: "fabric gateway" })) }))],
  ["a required number a little lower", withBest(answer, (best) => ({ ...best, clusters: best.clusters.map((cluster) => ({ ...cluster, limits: cluster.limits.map((limit) => ({ ...limit, required: limit.required === null ? null : limit.required * 0.999 })) })) }))],
  ["ranks the other way round", { ...answer, sites: answer.sites.map((site) => ({ ...site, options: [...site.options].reverse() })) }],
  ["the best option left out", { ...answer, sites: answer.sites.map((site) => ({ ...site, options: site.options.slice(1) })) }],
  ["an option ruled out", { ...answer, sites: answer.sites.map((site) => ({ ...site, options: site.options.slice(1), ruledOut: [...site.ruledOut, ...site.options.slice(0, 1).map(({ location, hostSize }) => ({ location, hostSize, limit: "budget", reason: "" }))] })) }],
  ["a number that JSON cannot say", withBest(answer, (best) => ({ ...best, powerKW: Number.NaN }))],
];

describe("of an answer that holds, the comparison tells", () => {
  it("nothing", () => {
    expect(linesOf(answer)).toEqual([]);
  });

  it.each(changes)("%s", (_what, changed) => {
    expect(linesOf(changed)).not.toEqual([]);
  });
});
