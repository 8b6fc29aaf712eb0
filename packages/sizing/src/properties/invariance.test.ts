// What must not change an answer: units, the order of what has no order, the same thing said otherwise, being asked twice.
// SIZING_SEED repeats a run.
import type { Catalogue, Requirement, RequirementSite, SizingAnswer } from "@cynosure/model";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPartitionSolver, type PartitionSolver, size } from "../index.ts";
import type { Draw } from "../testkit/draw.ts";
import type { RandomCase } from "../testkit/random-case.ts";
import { inUnits } from "../testkit/scaling.ts";
import { baseSeed, holdsForCases } from "../testkit/seeded-run.ts";

const seed = baseSeed();
let partition: PartitionSolver;
beforeAll(async () => {
  partition = await loadPartitionSolver();
  console.log(`seed=${seed}`);
});

const answerTo = ({ requirement, knowledge }: RandomCase): SizingAnswer => size(requirement, knowledge, partition);

/** What is decided, without the numbers that carry units. */
const decisionsOf = (answer: SizingAnswer): unknown =>
  answer.sites.map((site) => ({
    options: site.options.map((option) => ({
      ...{ size: option.hostSize, location: option.location, hosts: option.hostCount, binding: option.binding, undetermined: option.undetermined, term: option.cost.term },
      clusters: option.clusters.map((cluster) => ({ names: cluster.fileSystems, hosts: cluster.hostCount, verdicts: cluster.limits.map((limit) => [limit.name, limit.verdict]) })),
      sensitivity: option.sensitivity.map((one) => one.hostCount),
      ladder: option.fallbackLadder.map((rung) => [rung.hostSize, rung.location, rung.hostCount]),
    })),
    clauses: site.clauses.map((clause) => [clause.hosts, clause.bestWithout]),
    ruledOut: site.ruledOut.map((one) => [one.hostSize, one.location, one.limit]),
    contradiction: site.contradiction?.limits ?? null,
  }));

const reversed = <T>(values: readonly T[]): T[] => [...values].reverse();

function inOtherOrder({ requirement, knowledge }: RandomCase): RandomCase {
  const { catalogue, prices, offers } = knowledge;
  const sites = requirement.sites.map((site) => ({
    ...site,
    fileSystems: reversed(site.fileSystems),
    consolidation: { ...site.consolidation, mayShare: site.consolidation.mayShare === null ? null : reversed(site.consolidation.mayShare).map(reversed) },
  }));
  const { constraints } = requirement;
  const { hostSizes } = constraints;
  return {
    requirement: { ...requirement, sites, constraints: { ...constraints, hostSizes: { ...hostSizes, allow: reversed(hostSizes.allow), deny: reversed(hostSizes.deny) } } },
    knowledge: {
      ...knowledge,
      catalogue: { ...catalogue, sizes: reversed(catalogue.sizes), regions: reversed(catalogue.regions), engines: reversed(catalogue.engines) },
      prices: prices === null ? null : { ...prices, prices: reversed(prices.prices) },
      offers: reversed(offers),
    },
  };
}

/** The same wish in other words. */
const rewordings: readonly ((site: RequirementSite, catalogue: Catalogue) => RequirementSite)[] = [
  (site) => (site.consolidation.mayShare === null && site.fileSystems.length > 0 ? { ...site, consolidation: { ...site.consolidation, mayShare: [site.fileSystems.map((fs) => fs.name)] } } : site),
  (site) => ({ ...site, fileSystems: site.fileSystems.map((fs) => ({ ...fs, growth: fs.growth ?? { percentPerYear: 0, years: 3 } })) }),
  (site) => ({ ...site, fileSystems: site.fileSystems.map((fs) => (fs.growth === null ? { ...fs, usableCapacityGB: fs.usableCapacityGB / 4, growth: { percentPerYear: 100, years: 2 } } : fs)) }),
  (site) => ({ ...site, fileSystems: site.fileSystems.map((fs) => ({ ...fs, fileSizes: fs.fileSizes.flatMap((share) => [share, share].map((half) => ({ ...half, byteFraction: half.byteFraction / 2 }))) })) }),
  (site) => ({ ...site, fileSystems: site.fileSystems.map((fs) => (fs.throughput?.writeGBps === 0 ? { ...fs, throughput: { ...fs.throughput, simultaneous: !fs.throughput.simultaneous } } : fs)) }),
  // Never off: what is not exceeded with any confidence is the sum.
  (site) => (site.consolidation.mode === "guaranteed" ? { ...site, consolidation: { ...site.consolidation, mode: "shared", confidence: 0.999 }, fileSystems: site.fileSystems.map((fs) => ({ ...fs, dutyFraction: 1 })) } : site),
  (site, { sizes }) => {
    const egressMbps = sizes.find((size) => size.name === site.clients?.size)?.egressMbps.value ?? null;
    return site.clients === null || site.clients.nicGbps !== null || egressMbps === null ? site : { ...site, clients: { ...site.clients, nicGbps: egressMbps / 1_000 } };
  },
];

function reworded({ requirement, knowledge }: RandomCase, draw: Draw): RandomCase {
  const { catalogue } = knowledge;
  const chosen = draw.some(rewordings, 40);
  const sites = requirement.sites.map((site) => chosen.reduce((one, reword) => reword(one, catalogue), site));
  const { hostSizes } = requirement.constraints;
  const allow = hostSizes.allow.length === 0 && draw.chance(30) ? [...catalogue.sizes, ...knowledge.offers.map((offer) => ({ name: offer.size }))].map((size) => size.name).filter((name) => !hostSizes.deny.includes(name)) : hostSizes.allow;
  const rebuildHours = requirement.assumptions.rebuildHours ?? catalogue.assumptions.rebuildHours.value;
  const changed: Requirement = {
    ...requirement,
    sites,
    constraints: { ...requirement.constraints, hostSizes: { ...hostSizes, allow } },
    assumptions: rebuildHours === null ? requirement.assumptions : { ...requirement.assumptions, rebuildHours },
  };
  return { requirement: changed, knowledge };
}

/** Options without what tells the clauses of the two wordings apart. */
const choicesOf = (answer: SizingAnswer): unknown => answer.sites.map((site) => site.options.map((option) => [option.hostSize, option.location, option.hostCount, option.undetermined, option.cost.term]));

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

describe("the answer of sizing is the same", () => {
  it("in any unit of bytes, time and money", () => {
    holdsForCases(seed, 300, (drawn, draw) => {
      const units = { bytes: 2 ** draw.integer(0, 6), seconds: 2 ** draw.integer(0, 4), usd: 2 ** draw.integer(0, 4) };
      expect(decisionsOf(answerTo(inUnits(drawn, units)))).toEqual(decisionsOf(answerTo(drawn)));
    });
  });

  it("when asked twice, and nothing that it was given is changed", () => {
    holdsForCases(seed, 150, (drawn) => {
      const copy = structuredClone(drawn);
      expect(answerTo(frozen(drawn))).toEqual(answerTo(copy));
    });
  });

  it("in any order of sizes, regions, engines, prices, offers, file systems and lists of sizes", () => {
    holdsForCases(seed, 300, (drawn) => {
      expect(decisionsOf(answerTo(inOtherOrder(drawn)))).toEqual(decisionsOf(answerTo(drawn)));
    });
  });

  it("when the same is said in other words", () => {
    holdsForCases(seed, 300, (drawn, draw) => {
      expect(choicesOf(answerTo(reworded(drawn, draw)))).toEqual(choicesOf(answerTo(drawn)));
    });
  });
});
