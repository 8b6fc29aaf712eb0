// The example requirements over all sizes of the product's catalogue, by sizing and by brute force written apart from it.
import { readdirSync } from "node:fs";
import { catalogue, knownPrices, loadPartitionSolver, size } from "@cynosure/sizing";
import { disagreements } from "@cynosure/sizing/testkit";
import { describe, expect, it } from "vitest";
import { examplesFolder, inEveryRegion, readExample } from "./examples.ts";

const knowledge = { catalogue, prices: knownPrices, offers: [], today: "2026-12-01" };
/** On hosts of this machine, which offers of a substrate stand for; everything else stands on the catalogue. */
const ON_LIVE_OFFERS = "proof-of-concept.yaml";
const names = readdirSync(examplesFolder).filter((name) => name.endsWith(".yaml") && name !== ON_LIVE_OFFERS);

describe("sizing and brute force agree on the example requirement", () => {
  it.each(names)("%s", async (name) => {
    const requirement = readExample(name);
    const answer = size(requirement, knowledge, await loadPartitionSolver());
    expect(answer.sites.flatMap((site) => [...site.options, ...site.ruledOut]).length).toBeGreaterThan(0);
    expect(disagreements({ requirement, knowledge }, answer)).toEqual([]);
  });

  it("research-centre.yaml in every region of the catalogue", async () => {
    const requirement = inEveryRegion(readExample("research-centre.yaml"), catalogue);
    expect(disagreements({ requirement, knowledge }, size(requirement, knowledge, await loadPartitionSolver()))).toEqual([]);
  });
});
