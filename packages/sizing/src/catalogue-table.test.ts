// The catalogue against an independent table of the same sizes: `shared/data/azure-skus.json` in a folder above the
// checkout. Where it is not there the comparison is skipped; CI requires it.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import type { CatalogueSize } from "@cynosure/model";
import { describeWhen } from "../../../test/require.ts";
import { catalogue, knownPrices } from "./index.ts";

interface TableRow {
  readonly name: string;
  readonly series: string;
  readonly role: string;
  readonly vcpus: number;
  readonly memory_gib: number;
  readonly memory_gib_per_api_2025_03?: number;
  readonly local_nvme: { readonly count: number; readonly size_each_gb: number; readonly read_MBps: number | null; readonly write_MBps: number | null; readonly read_iops: number | null; readonly write_iops: number | null };
  readonly suspected_actual_nvme?: { readonly count: number };
  readonly network_mbps: number;
  readonly infiniband: { readonly gbps_total: number } | null;
  readonly isolated: boolean | string;
  readonly capacity_reservation_listed: boolean;
  readonly dedicated_host_sku: string | null;
  readonly price_usd_per_hour: number | null;
  readonly regions_2025_03?: readonly string[];
  readonly regions_with_published_price_2026_09_29?: readonly string[];
}

function findTable(from: string): string | null {
  const path = join(from, "shared", "data", "azure-skus.json");
  if (existsSync(path)) return path;
  return dirname(from) === from ? null : findTable(dirname(from));
}

const path = findTable(dirname(new URL("../../..", import.meta.url).pathname));
// Nothing but this test reads the table, and every field it lacks fails a comparison.
const rows = path === null ? [] : (JSON.parse(readFileSync(path, "utf8")) as readonly TableRow[]);
const sizeOf = (row: TableRow): CatalogueSize | undefined => catalogue.sizes.find((size) => size.name === row.name);

describeWhen(path === null ? "no shared/data/azure-skus.json in a folder above the checkout" : null, "the catalogue and an independent table of Azure's sizes", () => {
  it("name the same sizes for storage and clients", () => {
    const ours = catalogue.sizes.filter((size) => size.substrate === "azure" && size.role !== "management").map((size) => size.name);
    expect(ours.toSorted()).toEqual(rows.map((row) => row.name).toSorted());
    expect(rows).toHaveLength(68);
  });

  it.each(rows.map((row) => [row.name, row] as const))("agree on every value of %s", (_name, row) => {
    const size = sizeOf(row);
    const nvme = row.local_nvme;
    expect(size).toMatchObject({
      series: row.series, role: row.role, vcpus: { value: row.vcpus }, memoryGiB: { value: row.memory_gib }, egressMbps: { value: row.network_mbps },
      drives: { count: { value: row.suspected_actual_nvme?.count ?? nvme.count }, driveGB: { value: nvme.size_each_gb }, readMBps: { value: nvme.read_MBps }, writeMBps: { value: nvme.write_MBps }, readIops: { value: nvme.read_iops }, writeIops: { value: nvme.write_iops } },
      infinibandGbps: { value: row.infiniband?.gbps_total ?? 0 },
      isIsolated: row.isolated !== false,
    });
    if (row.suspected_actual_nvme !== undefined) expect(size?.drives.count.conflicts?.map((each) => each.value)).toEqual([nvme.count]);
    if (row.memory_gib_per_api_2025_03 !== undefined) expect(size?.memoryGiB.conflicts?.map((each) => each.value)).toEqual([row.memory_gib_per_api_2025_03]);
    expect(size?.hasCapacityReservation.value === true).toBe(row.capacity_reservation_listed);
    if (row.dedicated_host_sku !== null && row.dedicated_host_sku !== undefined) expect(size?.notes?.join(" ")).toContain(row.dedicated_host_sku);
  });

  it("agree on where each size can be had", () => {
    for (const row of rows) expect(sizeOf(row)?.availability.flatMap((list) => list.regions), row.name).toEqual(row.regions_2025_03 ?? row.regions_with_published_price_2026_09_29 ?? []);
  });

  it("agree on every price, whether it is one or only seen", () => {
    for (const row of rows) {
      const known = knownPrices.prices.find((price) => price.size === row.name)?.usdPerHour ?? null;
      const seen = /Seen at ([\d.]+) USD/.exec(sizeOf(row)?.notes?.join(" ") ?? "")?.[1];
      expect(known ?? (seen === undefined ? null : Number(seen)), row.name).toBe(row.price_usd_per_hour);
    }
  });
});
