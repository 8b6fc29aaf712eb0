import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { formatRequirementProblems, lineInRequirement, readRequirement } from "./read-requirement.ts";

const example = readFileSync(new URL("../../../../examples/requirements/proof-of-concept.yaml", import.meta.url), "utf8");

function problems(source: string): string[] {
  const result = readRequirement(source);
  return result.ok ? [] : formatRequirementProblems("r.yaml", result.problems);
}

describe("requirement reader", () => {
  it("turns the shipped example into the body of a size request", () => {
    expect(readRequirement(example)).toEqual({
      ok: true,
      requirement: {
        name: "proof-of-concept",
        sites: [
          {
            name: "here",
            location: "local",
            hosts: { count: 8 },
            fileSystems: [{ name: "home", usableCapacityGB: 8, protocols: ["nfs"], protection: { hostFailures: 1 } }],
            buckets: [{ name: "results", protection: { hostFailures: 2 } }],
          },
        ],
      },
    });
  });

  it("refuses an unknown key with its line and what was probably meant", () => {
    expect(problems(example.replace("usableCapacityGB", "usableCapacityGb"))).toEqual([
      'r.yaml:10: sites[0].fileSystems[0].usableCapacityGb unknown key; did you mean "usableCapacityGB"?',
      "r.yaml:10: sites[0].fileSystems[0].usableCapacityGB is missing; add it",
    ]);
    expect(problems(`${example}\nzebra: 1\n`)).toEqual(["r.yaml:14: zebra unknown key; known here: apiVersion, kind, name, sites, constraints, assumptions"]);
  });

  it("refuses another kind, another version and wrong types, each where it stands", () => {
    const source = example.replace("cynosure/v1", "cynosure/v2").replace("kind: Requirement", "kind: Pod").replace("count: 8", 'count: "8"').replace("hostFailures: 1", "hostFailures: 1.5");
    expect(problems(source)).toEqual([
      'r.yaml:2: apiVersion is "cynosure/v2"; did you mean "cynosure/v1"?',
      'r.yaml:3: kind is "Pod"; allowed: Requirement',
      "r.yaml:8: sites[0].hosts.count must be a number; write it in digits, for example 3",
      "r.yaml:10: sites[0].fileSystems[0].protection.hostFailures is 1.5; it must be a whole number",
    ]);
  });

  it("refuses values that do not fit each other where they stand", () => {
    const more = example.replace("hosts: { count: 8 }", "consolidation: { mode: shared }\n    clients: { count: 4 }").replace("fileSystems:\n", "fallbackLocations: [ukwest, ukwest]\n    fileSystems:\n");
    expect(problems(`${more}constraints:\n  budget: { totalUsd: 100 }\n`)).toEqual([
      "r.yaml:9: sites[0].clients Clients have neither a size nor a network rate. Give size or nicGbps.",
      "r.yaml:10: sites[0].fallbackLocations[1] 'ukwest' is used twice, as in sites[0].fallbackLocations[0]. Give each its own.",
      "r.yaml:8: sites[0].consolidation.confidence A shared cluster holds with some confidence only. Say which, for example 0.99.",
      "r.yaml:16: constraints.budget.termMonths A total is for a term. Give the months.",
    ]);
  });

  it("takes fractions where the contract does, and true or false", () => {
    const source = example.replace("protocols: [nfs]", "protocols: [native, nfs], throughput: { readGBps: 0.5, writeGBps: 2, simultaneous: false }");
    const result = readRequirement(source);
    expect(result.ok && result.requirement.sites[0]?.fileSystems?.[0]).toMatchObject({ protocols: ["native", "nfs"], throughput: { readGBps: 0.5, simultaneous: false } });
    expect(problems(source.replace("0.5", "1e3"))).toEqual([expect.stringMatching(/readGBps is written 1e3; write it in plain digits: 1000$/)]);
    expect(problems(source.replace("simultaneous: false", "simultaneous: no"))).toEqual([expect.stringMatching(/simultaneous must be true or false$/)]);
    expect(problems(source.replace("simultaneous", "simultanous"))).toEqual([expect.stringMatching(/simultanous unknown key; did you mean "simultaneous"\?$/)]);
  });

  it("refuses absurd numbers with the bounds that are allowed", () => {
    expect(problems(example.replace("usableCapacityGB: 8", "usableCapacityGB: 10000000000"))).toEqual(["r.yaml:10: sites[0].fileSystems[0].usableCapacityGB is 10000000000; use 1 to 1000000000"]);
  });

  it("finds the line of a path later on, also through an alias, or of what is nearest", () => {
    const source = example.replace("protection: { hostFailures: 1 }", "protection: &p { hostFailures: 1 }").replace("protection: { hostFailures: 2 }", "protection: *p");
    expect(["sites[0].hosts.count", "sites[0].fileSystems[0]", "sites[0].buckets[0].protection.hostFailures", "sites[7].name", "nothing", ""].map((target) => lineInRequirement(source, target))).toEqual([8, 10, 10, 5, 2, 2]);
  });

  it("refuses prototype keys as unknown", () => {
    expect(problems(`${example}\n__proto__: { x: 1 }\nconstructor: 1\n`)).toHaveLength(2);
  });

  it("bounds size, aliases and documents", () => {
    expect(problems(`# ${"x".repeat(70_000)}\n${example}`)[0]).toContain("over 65536 bytes");
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]", ...["b", "c", "d", "e", "f", "g"].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${"abcdef"[index]}`).join(",")}]`)].join("\n");
    expect(problems(bomb)[0]).toContain("aliases expand too far");
    expect(problems(`${example}\n---\n${example}`)[0]).toContain("more than one document");
    expect(problems("")[0]).toContain("empty");
    expect(problems("a: [")[0]).toContain("r.yaml:");
    expect(problems("name: abc\nname: abd")[0]).toContain("unique");
  });

  it("lets an alias stand for a value written once", () => {
    const source = example.replace("protection: { hostFailures: 1 }", "protection: &p { hostFailures: 1 }").replace("protection: { hostFailures: 2 }", "protection: *p");
    const result = readRequirement(source);
    expect(result.ok && result.requirement.sites[0]?.buckets?.[0]?.protection).toEqual({ hostFailures: 1 });
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.tuple(fc.nat(example.length), fc.string()).map(([at, text]) => example.slice(0, at) + text + example.slice(at))), (source) => {
        const result = readRequirement(source);
        return result.ok || result.problems.length > 0;
      }),
      { numRuns: 500 },
    );
  });
});
