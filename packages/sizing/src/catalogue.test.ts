import { describe, expect, it } from "vitest";
import type { CatalogueSize, Sourced } from "@cynosure/model";
import { catalogue, knownPrices } from "./index.ts";

const named = (name: string): CatalogueSize => {
  const found = catalogue.sizes.find((size) => size.name === name);
  if (found === undefined) throw new Error(`no size ${name}`);
  return found;
};
const storage = catalogue.sizes.filter((size) => size.substrate === "azure" && size.role === "storage");
const DATE = /^20\d\d-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/;

/** Everything that has a source, with the path to it. */
function sourced(value: unknown, path = ""): { path: string; source: unknown; asOf: unknown; value: unknown; note: unknown }[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "source" in value && "asOf" in value ? [{ path, source: value.source, asOf: value.asOf, value: "value" in value ? value.value : true, note: "note" in value ? value.note : undefined }] : [];
  return [...own, ...Object.entries(value).flatMap(([key, each]) => sourced(each, `${path}.${key}`))];
}

describe("every value of the catalogue", () => {
  const all = [...sourced(catalogue), ...sourced(knownPrices)];

  it("has a public source and a date, and none of them is later than the catalogue's own", () => {
    expect(all.length).toBeGreaterThan(1_000);
    for (const { path, source, asOf } of all) {
      expect(source, path).toEqual(expect.stringMatching(/^.{10,}/));
      expect(source, path).not.toMatch(/^\/|\.\.\/|[\p{Cc}]/u);
      expect(asOf, path).toEqual(expect.stringMatching(DATE));
      expect(String(asOf) <= catalogue.asOf, path).toBe(true);
    }
  });

  it("that is unknown says why", () => {
    for (const { path, value, note } of all) if (value === null) expect(note, path).toEqual(expect.stringMatching(/^.{10,}/));
  });

  it("that contradicts another source keeps the other beside it", () => {
    const values: (Sourced<number> | undefined)[] = [named("Standard_L96aos_v5").drives.count, named("Standard_HB120rs_v3").memoryGiB, named("Standard_HB176rs_v4").drives.driveGB, catalogue.platform.scaleSetHostsMax];
    expect(values.map((each) => [each?.value, each?.conflicts?.map((other) => other.value)])).toEqual([[6, [9]], [448, [456]], [1_800, [1_920]], [1_000, [200]]]);
  });
});

describe("the sizes", () => {
  it("are 60 for storage and 8 for clients on Azure, a management size and a server, no two of one name", () => {
    const counts = Object.groupBy(catalogue.sizes, (size) => `${size.substrate} ${size.role}`);
    expect(Object.fromEntries(Object.entries(counts).map(([kind, sizes]) => [kind, sizes?.length]))).toEqual({ "azure storage": 60, "azure client": 8, "azure management": 1, "bareMetal storage": 1 });
    expect(new Set(catalogue.sizes.map((size) => size.name)).size).toBe(catalogue.sizes.length);
    expect(Object.fromEntries(Object.entries(Object.groupBy(storage, (size) => size.series)).map(([series, sizes]) => [series, sizes?.length]))).toEqual({ Lsv3: 6, Lasv3: 6, Lsv4: 9, Lasv4: 9, Laosv4: 7, Lasv5: 11, Laosv5: 12 });
  });

  it("keep the ratios of their series: 8 GiB a vCPU, and drives of one rate a vCPU", () => {
    const broken = storage.filter((size) => size.memoryGiB.value !== (size.vcpus.value ?? 0) * 8).map((size) => size.name);
    expect(broken).toEqual(["Standard_L160iaos_v5"]);
    const drivesGBPerVcpu: Readonly<Record<string, number>> = { Lsv3: 240, Lasv3: 240, Lsv4: 240, Lasv4: 240, Laosv4: 720, Lasv5: 240, Laosv5: 720 };
    const odd = storage.filter((size) => ((size.drives.count.value ?? 0) * (size.drives.driveGB.value ?? 0)) / (size.vcpus.value ?? 1) !== drivesGBPerVcpu[size.series]);
    expect(odd.map((size) => size.name)).toEqual(["Standard_L160ias_v5", "Standard_L160iaos_v5"]);
    for (const size of storage) {
      if (size.drives.writeMBps.value !== null) expect(size.drives.writeMBps.value, size.name).toBeLessThanOrEqual((size.drives.readMBps.value ?? 0) / 2 + 10);
      expect(size.egressMbps.value, size.name).toBeGreaterThanOrEqual(7_500);
    }
  });

  it("state no write figure where the page has none, no endurance, and no line rate for what comes in", () => {
    expect(storage.filter((size) => size.drives.writeMBps.value === null).map((size) => size.series).every((series) => series.endsWith("v3"))).toBe(true);
    expect(storage.filter((size) => size.drives.writeMBps.value === null)).toHaveLength(12);
    expect(storage.every((size) => size.drives.driveWritesPerDay.value === null && size.ingressMbps.value === null && size.drives.isEphemeral && size.rdma.value !== true)).toBe(true);
  });

  it("are in regions of the catalogue, and no list claims to be complete", () => {
    const regions = new Set(catalogue.regions.map((region) => region.name));
    const lists = catalogue.sizes.flatMap((size) => size.availability);
    expect(lists.flatMap((list) => list.regions).filter((region) => !regions.has(region))).toEqual([]);
    expect(lists.some((list) => list.isComplete)).toBe(false);
    expect(named("Standard_L160iaos_v5").availability[0]?.regions).toContain("uksouth");
  });
});

describe("regions, prices and capabilities", () => {
  it("have a country each, and one name", () => {
    expect(catalogue.regions.every((region) => /^[A-Z]{2}$/.test(region.country) && /^[a-z]+\d?$/.test(region.name))).toBe(true);
    expect(new Set(catalogue.regions.map((region) => region.name)).size).toBe(51);
    expect(catalogue.regions.find((region) => region.name === "uksouth")).toMatchObject({ displayName: "UK South", country: "GB", hasZones: true });
  });

  it("price only sizes and regions that are known; a price seen without region is a remark", () => {
    for (const price of knownPrices.prices) {
      expect(named(price.size).availability.flatMap((list) => list.regions), price.size).toContain(price.region);
      expect(price.usdPerHour).toBeGreaterThan(0);
    }
    expect(knownPrices.prices.some((price) => price.size.endsWith("_v3"))).toBe(false);
    expect(named("Standard_L80s_v3").notes?.at(-1)).toMatch(/^Seen at 8\.32 USD an hour, region not stated/);
  });

  it("call nothing of Azure verified: that is for what was measured", () => {
    expect(catalogue.capabilities.length).toBeGreaterThanOrEqual(20);
    expect(catalogue.capabilities.filter((capability) => capability.status === "verified")).toEqual([]);
    expect(catalogue.capabilities.find((capability) => capability.name === "guest-rdma-azure-boost")).toMatchObject({ status: "preview" });
  });
});
