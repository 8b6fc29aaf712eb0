import { describe, expect, it } from "vitest";
import type { BareMetalRoom, RequirementSite, SizingLimit } from "@cynosure/model";
import { sampleCatalogue, sampleSize, unknown } from "../testkit/sample-catalogue.ts";
import { askFileSystem, askSite, asked } from "../testkit/sample-requirement.ts";
import { optionOfSize, sizedSample, sizedSite, type SampleChange } from "../testkit/sized-sample.ts";

const fast = askFileSystem("fast", { usableCapacityGB: 10, throughput: { readGBps: 40, writeGBps: 10, simultaneous: true } });
const site = (change: Partial<RequirementSite>): RequirementSite => askSite("here", [fast], change);
const limitOf = (each: RequirementSite, name: string, change: SampleChange = {}, constraints = {}): SizingLimit | undefined => optionOfSize(sizedSite(each, constraints, change), "Small").limits.find((limit) => limit.name === name);
const ruledOutBy = (each: RequirementSite, constraints = {}, change: SampleChange = {}): string[] => sizedSite(each, constraints, change).ruledOut.filter(({ hostSize }) => hostSize === "Small").map(({ limit }) => limit);

describe("clients", () => {
  it("must be able to read and write what is asked for", () => {
    // 8 clients x 40,000 Mb/s = 40 GB/s
    expect(limitOf(site({ clients: { size: "Client", nicGbps: null, count: 8, location: null } }), "clients' reads")).toMatchObject({ required: 40, available: 40, verdict: "met" });
    expect(ruledOutBy(site({ clients: { size: "Client", nicGbps: null, count: 7, location: null } }))).toEqual(["clients' reads"]);
  });

  it("have the rate that is stated, before the catalogue's", () => {
    expect(limitOf(site({ clients: { size: "Client", nicGbps: 80, count: 4, location: null } }), "clients' reads")).toMatchObject({ available: 40 });
  });

  it("must be where the storage is", () => {
    expect(ruledOutBy(site({ clients: { size: "Client", nicGbps: null, count: 8, location: "south" } }))).toEqual(["clients' location"]);
    const away = { catalogue: { ...sampleCatalogue, sizes: sampleCatalogue.sizes.map((size) => (size.name === "Client" ? sampleSize("Client", { role: "client", availability: [{ regions: ["south"], isComplete: true, source: "sample", asOf: "2026-11-01" }] }) : size)) } };
    expect(ruledOutBy(site({ clients: { size: "Client", nicGbps: 40, count: 8, location: null } }), {}, away)).toEqual(["clients in region"]);
  });
});

describe("a fabric behind gateways", () => {
  it("carries the larger of reading and writing", () => {
    expect(limitOf(site({ fabric: { kind: "gateway", gatewayGBps: 40 } }), "fabric gateway")).toMatchObject({ required: 40, available: 40, verdict: "met" });
    expect(ruledOutBy(site({ fabric: { kind: "gateway", gatewayGBps: 39 } }))).toEqual(["fabric gateway"]);
  });

  it("of InfiniBand needs hosts that have it", () => expect(ruledOutBy(site({ fabric: { kind: "infiniband" } }))).toEqual(["InfiniBand"]));
});

describe("a region", () => {
  const listed = (regions: string[], isComplete: boolean): SampleChange => ({ catalogue: { ...sampleCatalogue, sizes: [sampleSize("Small", { availability: [{ regions, isComplete, source: "sample", asOf: "2026-11-01" }] })] } });

  it("that no list has is unknown, unless a list is complete", () => {
    expect(limitOf(site({}), "size in region", listed(["south"], false))).toMatchObject({ required: 1, available: null, verdict: "undetermined" });
    expect(ruledOutBy(site({}), {}, listed(["south"], true))).toEqual(["size in region"]);
    expect(limitOf(site({}), "size in region", listed(["north"], false))).toMatchObject({ verdict: "met" });
  });

  it("must be in a country where data may be", () => {
    expect(ruledOutBy(site({}), { residencyCountries: ["IE"] })).toEqual(["residency"]);
    expect(ruledOutBy(site({}), { residencyCountries: ["GB"] })).toEqual([]);
  });
});

describe("a vCPU quota", () => {
  it("holds storage and management hosts of all clusters; where nobody stated it, it is undetermined", () => {
    // 60 GB/s out of 10 is 6 hosts of 16 vCPUs
    expect(limitOf(site({ quotaVcpus: 96 }), "vCPU quota")).toMatchObject({ required: 96, available: 96, verdict: "met" });
    expect(ruledOutBy(site({ quotaVcpus: 95 }))).toEqual(["vCPU quota"]);
    expect(limitOf(site({}), "vCPU quota")).toMatchObject({ required: 96, available: null, verdict: "undetermined" });
    const managed = askSite("here", [askFileSystem("home")], { engine: "vast", quotaVcpus: 8 * 16 + 8 });
    expect(limitOf(managed, "vCPU quota")).toMatchObject({ required: 136, verdict: "met" });
  });
});

describe("a room", () => {
  const room: BareMetalRoom = { powerKW: 6, rackUnits: 13, racks: 1, network: { switchPorts: 16, portGbps: 100, uplinkPorts: 4, switchesMax: 1 }, leadTimeWeeks: 2 };
  const inRoom = (change: Partial<BareMetalRoom>): RequirementSite => site({ location: "hall", room: { ...room, ...change } });
  const ruledOut = (change: Partial<BareMetalRoom>): string[] => sizedSite(inRoom(change)).ruledOut.map(({ limit }) => limit);

  it("gives power, rack units with one a switch, and switch ports", () => {
    // 6 servers of 1 kW, 2 U and 2 ports: 6 kW, 12 U and a switch of 16 - 4 ports
    const option = optionOfSize(sizedSite(inRoom({})), "Server", "hall");
    expect(option).toMatchObject({ hostCount: 6, powerKW: 6, rackUnits: 13, deploymentMode: "customerTenant" });
    expect(option.limits).toEqual([expect.objectContaining({ name: "power", required: 6, available: 6 }), expect.objectContaining({ name: "rack units", required: 13, available: 13 }), expect.objectContaining({ name: "switches", required: 1, available: 1 })]);
    expect(ruledOut({ powerKW: 5.9 })).toEqual(["power"]);
    expect(ruledOut({ rackUnits: 12 })).toEqual(["rack units"]);
    expect(ruledOut({ network: { switchPorts: 15, portGbps: 100, uplinkPorts: 4, switchesMax: 1 }, rackUnits: 40 })).toEqual(["switches"]);
  });

  it("counts no switch where it says nothing of its network", () => expect(optionOfSize(sizedSite(inRoom({ network: null })), "Server", "hall")).toMatchObject({ rackUnits: 12 }));

  it("has a bill of materials", () => {
    const items = optionOfSize(sizedSite(inRoom({})), "Server", "hall").billOfMaterials.map(({ item, count, unit }) => [item, count, unit]);
    expect(items).toEqual([
      ["Server", 6, "hosts"], ["drives in the hosts", 24, "drives"], ["NIC ports in the hosts", 12, "ports"], ["switches", 1, "switches"], ["cables from hosts to switches", 12, "cables"],
      ["cables from switches up", 4, "cables"], ["rack units", 13, "U"], ["power of the hosts", 6, "kW"], ["power of a rack", 6, "kW"],
    ]);
  });

  it("is where its owner says, which a note tells when residency is asked for", () => expect(sizedSite(inRoom({}), { residencyCountries: ["GB"] }).notes.join()).toMatch(/for the owner of the room to say/));
});

describe("ready by", () => {
  it("is met today by a size that is generally available, and unknown for others", () => {
    expect(limitOf(site({}), "ready by", {}, { readyBy: "2026-11-29" })).toMatchObject({ required: 20_786, available: 20_786, verdict: "met" });
    expect(ruledOutBy(site({}), { readyBy: "2026-11-28" })).toEqual(["ready by"]);
    const preview = { catalogue: { ...sampleCatalogue, sizes: [sampleSize("Small", { status: "preview" })] } };
    expect(limitOf(site({}), "ready by", preview, { readyBy: "2027-11-29" })).toMatchObject({ available: null, verdict: "undetermined" });
  });

  it("counts the weeks from order to power on in a room", () => {
    const room: BareMetalRoom = { powerKW: 100, rackUnits: 100, racks: 1, network: null, leadTimeWeeks: 2 };
    const late = (leadTimeWeeks: number | null): string[] => sizedSite(site({ location: "hall", room: { ...room, leadTimeWeeks } }), { readyBy: "2026-12-13" }).ruledOut.map(({ limit }) => limit);
    expect([late(2), late(3), late(null)]).toEqual([[], ["ready by"], []]);
  });
});

describe("a budget", () => {
  // 6 Small at 1 USD/h x 730 h = 4,380 USD a month
  it("is held against the cost of a month, or of the whole term", () => {
    expect(limitOf(site({}), "budget", {}, { budget: { kind: "monthly", monthlyUsd: 4_380 } })).toMatchObject({ required: 4_380, available: 4_380, verdict: "met" });
    expect(ruledOutBy(site({}), { budget: { kind: "monthly", monthlyUsd: 4_379 } })).toEqual(["budget"]);
    expect(limitOf(site({}), "budget", {}, { budget: { kind: "total", totalUsd: 43_800, termMonths: 10 } })).toMatchObject({ available: 43_800, verdict: "met" });
  });

  it("is undetermined, never met, where no price is known", () => {
    expect(limitOf(site({}), "budget", { prices: null }, { budget: { kind: "monthly", monthlyUsd: 1_000_000 } })).toMatchObject({ available: null, verdict: "undetermined" });
  });

  it("is one for all sites: each is held against what the others leave of it", () => {
    const small = askSite("other", [askFileSystem("home")], { location: "south" }); // 3 Small: 2,190 USD a month
    const answer = (monthlyUsd: number): unknown => sizedSample(asked([site({}), small], { budget: { kind: "monthly", monthlyUsd }, hostSizes: { allow: ["Small"], deny: [], prefer: [] } })).sites.map(({ options }) => options.map(({ limits }) => limits.find(({ name }) => name === "budget")?.required));
    expect(answer(6_570)).toEqual([[4_380], [2_190]]);
    expect(answer(6_569)).toEqual([[], []]);
  });

  it("takes reserved prices where its term is long enough", () => {
    const prices = { asOf: "2026-11-01", prices: (["payAsYouGo", "reserved1Year", "reserved3Years"] as const).map((term, k) => ({ size: "Small", region: "north", term, usdPerHour: 1 - k / 4, source: "sample", asOf: "2026-11-01" })) };
    const termOf = (termMonths: number): unknown => optionOfSize(sizedSite(site({}), { budget: { kind: "total", totalUsd: 1e9, termMonths } }, { prices }), "Small").cost.term;
    expect([termOf(11), termOf(12), termOf(36)]).toEqual(["payAsYouGo", "reserved1Year", "reserved3Years"]);
    expect(optionOfSize(sizedSite(site({}), {}, { prices }), "Small").cost.term).toBe("payAsYouGo");
  });
});

describe("a constant that is not known", () => {
  it("of a server leaves power and rack units undetermined", () => {
    const change = { catalogue: { ...sampleCatalogue, sizes: [sampleSize("Server", { substrate: "bareMetal", powerWatts: unknown(), rackUnits: unknown(), nicPorts: unknown() })] } };
    const room: BareMetalRoom = { powerKW: 6, rackUnits: 13, racks: 1, network: { switchPorts: 16, portGbps: 100, uplinkPorts: 4, switchesMax: 1 }, leadTimeWeeks: null };
    const option = optionOfSize(sizedSite(site({ location: "hall", room }), {}, change), "Server", "hall");
    expect(option).toMatchObject({ powerKW: null, rackUnits: null, undetermined: ["power", "rack units", "switches"] });
  });
});
