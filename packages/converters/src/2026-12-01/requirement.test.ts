// Laws of requirements: model to wire to model is the identity and valid; wire to model adds only the documented defaults; values
// that do not fit each other are each named with path and remedy.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { validate } from "@cynosure/contract";
import type { Requirement as WireRequirement, RequirementSite as WireSite } from "@cynosure/contract";
import type { MetadataRates, Requirement, RequirementConstraints, RequirementFileSystem, RequirementSite } from "@cynosure/model";
import { checkRequirement, requirementToModel, requirementToWire } from "./index.ts";

const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const rate = (max: number, min = 0): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value));
const word = fc.stringMatching(/^[a-z][a-z0-9-]{1,10}[a-z0-9]$/);
const words = fc.uniqueArray(word, { maxLength: 3 });
const rates: fc.Arbitrary<MetadataRates> = fc.record({ createPerSecond: rate(1e9), statPerSecond: rate(1e9), removePerSecond: rate(1e9) });
const protection = fc.record({ hostFailures: fc.integer({ min: 0, max: 16 }), scheme: fc.constantFrom("replication" as const, "erasureCoding" as const) });
const fileSystem: fc.Arbitrary<RequirementFileSystem> = fc.record({
  name: word,
  usableCapacityGB: fc.integer({ min: 1, max: 1_000_000_000 }),
  dataPaths: fc.constantFrom(["nfs" as const], ["native" as const], ["nfs" as const, "native" as const]),
  throughput: orNull(fc.record({ readGBps: rate(1e6, 1e-6), writeGBps: rate(1e6), simultaneous: fc.boolean() })),
  fileSizes: fc.constantFrom([], [{ fileSizeKB: 4, byteFraction: 0.25 }, { fileSizeKB: 1_000, byteFraction: 0.75 }]),
  metadata: fc.record({ uniqueDirectories: orNull(rates), sharedDirectory: orNull(rates) }),
  protection: fc.record({ hostFailures: fc.integer({ min: 0, max: 16 }), scheme: fc.constantFrom("replication", "erasureCoding"), rackFailures: fc.integer({ min: 0, max: 16 }), performanceHeld: fc.boolean() }),
  growth: orNull(fc.record({ percentPerYear: rate(1_000), years: rate(30) })),
  dutyFraction: rate(1, 0.0001),
});
const network = fc.record({ switchPorts: fc.integer({ min: 2, max: 4_096 }), portGbps: rate(10_000, 1), uplinkPorts: fc.constant(1), switchesMax: fc.integer({ min: 1, max: 1_024 }) });
const consolidation = (names: readonly string[]): fc.Arbitrary<RequirementSite["consolidation"]> =>
  fc.tuple(orNull(fc.constantFrom([names], names.map((name) => [name]))), orNull(rate(0.99999, 0.5))).map(([mayShare, confidence]) => ({ mayShare, mode: confidence === null ? "guaranteed" : "shared", confidence }));
const site: fc.Arbitrary<RequirementSite> = fc.uniqueArray(fileSystem, { minLength: 1, maxLength: 3, selector: ({ name }) => name }).chain((fileSystems) =>
  fc.record({
    name: word,
    location: word,
    zone: orNull(fc.constantFrom("1", "2", "3")),
    fallbackLocations: words,
    room: orNull(fc.record({ powerKW: rate(1e6, 0.1), rackUnits: rate(1e6, 1), racks: fc.integer({ min: 1, max: 10_000 }), network: orNull(network), leadTimeWeeks: orNull(rate(520)) })),
    engine: orNull(fc.constantFrom("ceph", "vast", "simulated")),
    clients: orNull(fc.record({ size: orNull(word), nicGbps: fc.constant(200), count: fc.integer({ min: 1, max: 10_000_000 }), location: orNull(word) })),
    fabric: fc.oneof(fc.record({ kind: fc.constantFrom("ethernet" as const, "infiniband" as const) }), fc.record({ kind: fc.constant("gateway" as const), gatewayGBps: rate(1e6, 0.001) })),
    hostCount: orNull(fc.integer({ min: 3, max: 1_024 })),
    quotaVcpus: orNull(fc.nat(100_000_000)),
    consolidation: consolidation(fileSystems.map(({ name }) => name)),
    fileSystems: fc.constant(fileSystems),
    buckets: fc.uniqueArray(fc.record({ name: word, protection }), { maxLength: 2, selector: ({ name }) => name }),
  }),
);
const constraints: fc.Arbitrary<RequirementConstraints> = fc.record({
  residencyCountries: fc.subarray(["GB", "DE", "US"]),
  deploymentModes: fc.subarray(["customerTenant" as const, "hosted" as const, "service" as const]),
  paymentRoutes: fc.subarray(["marketplace" as const, "privateOffer" as const, "direct" as const]),
  readyBy: orNull(fc.constant("2027-02-28")),
  budget: orNull(fc.oneof(fc.record({ kind: fc.constant("monthly" as const), monthlyUsd: rate(1e12, 1) }), fc.record({ kind: fc.constant("total" as const), totalUsd: rate(1e12, 1), termMonths: fc.integer({ min: 1, max: 240 }) }))),
  ephemeralNvmeAllowed: fc.boolean(),
  hostSizes: fc.record({ allow: fc.subarray(["S1", "S2"]), deny: fc.subarray(["S3", "S4"]), prefer: fc.subarray(["S1", "S2"]) }),
});
const assumptions = fc.record({ sustainedWriteFraction: rate(1, 0.01), nicPayloadFraction: rate(1, 0.01), rebuildHours: rate(8_760, 0.01), spareHosts: fc.nat(64) }, { requiredKeys: [] });
const requirement: fc.Arbitrary<Requirement> = fc.record({ name: word, sites: fc.uniqueArray(site, { minLength: 1, maxLength: 3, selector: ({ name }) => name }), constraints, assumptions });

describe("a requirement", () => {
  it("survives the way to the wire and back, is valid there and its values fit each other", () => {
    fc.assert(
      fc.property(requirement, (model) => {
        const wire = requirementToWire(model);
        expect(requirementToModel(wire)).toEqual(model);
        expect(validate("Sizing_Size", wire)).toEqual([]);
        expect(checkRequirement(wire)).toEqual([]);
        expect(requirementToWire(requirementToModel(wire))).toEqual(wire);
      }),
      { numRuns: 300 },
    );
  });

  it("that says as little as possible asks for nothing more: each default as documented", () => {
    const least: WireRequirement = { name: "least", sites: [{ name: "here", location: "uksouth", fileSystems: [{ name: "home", usableCapacityGB: 8, protocols: ["nfs"], protection: { hostFailures: 1 } }] }] };
    expect(requirementToModel(least)).toEqual({
      name: "least",
      sites: [
        {
          name: "here", location: "uksouth", zone: null, fallbackLocations: [], room: null, engine: null, clients: null, fabric: { kind: "ethernet" }, hostCount: null, quotaVcpus: null,
          consolidation: { mayShare: null, mode: "guaranteed", confidence: null },
          fileSystems: [
            {
              name: "home", usableCapacityGB: 8, dataPaths: ["nfs"], throughput: null, fileSizes: [], metadata: { uniqueDirectories: null, sharedDirectory: null },
              protection: { hostFailures: 1, scheme: "replication", rackFailures: 0, performanceHeld: false }, growth: null, dutyFraction: 1,
            },
          ],
          buckets: [],
        },
      ],
      constraints: { residencyCountries: [], deploymentModes: [], paymentRoutes: [], readyBy: null, budget: null, ephemeralNvmeAllowed: true, hostSizes: { allow: [], deny: [], prefer: [] } },
      assumptions: {},
    });
  });

  it("that states two rates and nothing else means both at once", () => {
    const wire: WireRequirement = { name: "two", sites: [{ name: "here", location: "uksouth", fileSystems: [{ name: "home", usableCapacityGB: 8, protocols: ["nfs"], throughput: { readGBps: 2, writeGBps: 1 }, protection: { hostFailures: 1 } }] }] };
    expect(requirementToModel(wire).sites[0]?.fileSystems[0]?.throughput).toEqual({ readGBps: 2, writeGBps: 1, simultaneous: true });
  });
});

describe("values that do not fit each other", () => {
  const home = { name: "home", usableCapacityGB: 8, protocols: ["nfs" as const], protection: { hostFailures: 1 } };
  const wire = (change: Partial<WireSite>, more: Partial<WireRequirement> = {}): WireRequirement => ({ name: "proof", sites: [{ name: "here", location: "uksouth", fileSystems: [home], ...change }], ...more });
  const network = { switchPorts: 8, portGbps: 400, uplinkPorts: 8, switchesMax: 2 };

  it.each<[string, WireRequirement, string, RegExp]>([
    ["a site that asks for nothing", wire({ fileSystems: [] }), "sites[0]", /Nothing is asked for here. Give fileSystems, buckets or hosts.count/],
    ["a site named twice", { name: "proof", sites: [...wire({}).sites, ...wire({}).sites] }, "sites[1].name", /'here' is used twice, as in sites\[0\]/],
    ["a file system named twice", wire({ fileSystems: [home, home] }), "sites[0].fileSystems[1].name", /'home' is used twice/],
    ["a bucket named twice", wire({ buckets: [{ name: "b-1", protection: { hostFailures: 1 } }, { name: "b-1", protection: { hostFailures: 1 } }] }), "sites[0].buckets[1].name", /twice/],
    ["a protocol twice", wire({ fileSystems: [{ ...home, protocols: ["nfs", "nfs"] }] }), "sites[0].fileSystems[0].protocols[1]", /twice/],
    ["throughput of nothing", wire({ fileSystems: [{ ...home, throughput: {} }] }), "sites[0].fileSystems[0].throughput", /Neither reading nor writing/],
    ["shares that are no whole", wire({ fileSystems: [{ ...home, fileSizes: [{ fileSizeKB: 4, byteFraction: 0.5 }] }] }), "sites[0].fileSystems[0].fileSizes", /add up to 0.5/],
    ["a file size twice", wire({ fileSystems: [{ ...home, fileSizes: [{ fileSizeKB: 4, byteFraction: 0.5 }, { fileSizeKB: 4, byteFraction: 0.5 }] }] }), "sites[0].fileSystems[0].fileSizes[1].fileSizeKB", /twice/],
    ["clients without a rate", wire({ clients: { count: 4 } }), "sites[0].clients", /Give size or nicGbps/],
    ["gateways without a rate", wire({ fabric: { kind: "gateway" } }), "sites[0].fabric.gatewayGBps", /as fast as they are/],
    ["a rate without gateways", wire({ fabric: { kind: "ethernet", gatewayGBps: 4 } }), "sites[0].fabric.gatewayGBps", /has no gateways/],
    ["a switch without a free port", wire({ room: { powerKW: 100, rackUnits: 84, racks: 2, network } }), "sites[0].room.network.uplinkPorts", /fewer than switchPorts/],
    ["a fallback twice", wire({ fallbackLocations: ["ukwest", "ukwest"] }), "sites[0].fallbackLocations[1]", /twice/],
    ["sharing without a confidence", wire({ consolidation: { mode: "shared" } }), "sites[0].consolidation.confidence", /for example 0.99/],
    ["a confidence without sharing", wire({ consolidation: { confidence: 0.9 } }), "sites[0].consolidation.confidence", /or use mode shared/],
    ["sharing with nobody", wire({ consolidation: { mayShare: [["home", "scratch"]] } }), "sites[0].consolidation.mayShare[0][1]", /No file system of this site is called 'scratch'. Known: home/],
    ["a name in two lists", wire({ consolidation: { mayShare: [["home"], ["home"]] } }), "sites[0].consolidation.mayShare[1][0]", /in one list at most/],
    ["a budget of both kinds", wire({}, { constraints: { budget: { monthlyUsd: 1, totalUsd: 2, termMonths: 3 } } }), "constraints.budget", /either monthly or total/],
    ["a budget of no kind", wire({}, { constraints: { budget: {} } }), "constraints.budget", /either monthly or total/],
    ["a total without a term", wire({}, { constraints: { budget: { totalUsd: 2 } } }), "constraints.budget.termMonths", /Give the months/],
    ["a term without a total", wire({}, { constraints: { budget: { monthlyUsd: 2, termMonths: 2 } } }), "constraints.budget.termMonths", /no term/],
    ["a day that is none", wire({}, { constraints: { readyBy: "2027-02-29" } }), "constraints.readyBy", /no day of the calendar/],
    ["a size allowed and denied", wire({}, { constraints: { hostSizes: { allow: ["S"], deny: ["S"] } } }), "constraints.hostSizes.deny[0]", /allowed and denied/],
  ])("%s: named with path and remedy", (_name, given, target, message) => {
    expect(validate("Sizing_Size", given)).toEqual([]);
    const found = checkRequirement(given);
    expect(found.map((each) => each.target)).toEqual([target]);
    expect(found[0]?.message).toMatch(message);
  });

  it("a leap day is a day", () => {
    expect(checkRequirement(wire({}, { constraints: { readyBy: "2028-02-29" } }))).toEqual([]);
  });
});

describe("absurd numbers", () => {
  const body = (change: object, fileSystem: object = {}): unknown => ({ name: "proof", sites: [{ name: "here", location: "uksouth", fileSystems: [{ name: "home", usableCapacityGB: 8, protocols: ["nfs"], protection: { hostFailures: 1 }, ...fileSystem }], ...change }] });
  it.each<[string, unknown]>([
    ["ten exabytes", body({}, { usableCapacityGB: 10_000_000_000 })],
    ["no capacity", body({}, { usableCapacityGB: 0 })],
    ["a negative capacity", body({}, { usableCapacityGB: -1 })],
    ["a negative rate", body({}, { throughput: { readGBps: -1 } })],
    ["a rate beyond a petabyte a second", body({}, { throughput: { readGBps: 1_000_001 } })],
    ["no clients", body({ clients: { count: 0, nicGbps: 1 } })],
    ["a room without power", body({ room: { powerKW: 0, rackUnits: 1, racks: 1 } })],
    ["a certain confidence", body({ consolidation: { mode: "shared", confidence: 1 } })],
    ["an unknown key", body({}, { capacityTB: 1 })],
    ["a misspelt value", body({ fabric: { kind: "infinband" } })],
  ])("%s is refused where it stands", (_name, given) => {
    expect(validate("Sizing_Size", given)).toHaveLength(1);
  });
});
