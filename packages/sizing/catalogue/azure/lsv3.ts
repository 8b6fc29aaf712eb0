// Lsv3 and Lasv3: storage-optimised sizes of 2021 and 2022, 1.92 TB drives. The pages give one figure for drives
// (reads) and none for writes. Prices of 2025 are known without their region: they are remarks, not prices.
import type { CatalogueSize } from "@cynosure/model";
import { batchSnapshot, capacityReservation, seriesPage } from "../pages.ts";
import { inSnapshot, lasv3Regions, lsv3Regions } from "../region-lists.ts";
import { seriesOf, type SeriesFrame } from "../size-series.ts";
import { from } from "../sourced.ts";

const lsv3Page = seriesPage("storage-optimized", "lsv3-series.md", "05e75b1", "2024-07-31");
const lasv3Page = seriesPage("storage-optimized", "lasv3-series.md", "261d658", "2024-07-31");

const shared = {
  role: "storage",
  hasCapacityReservation: from(capacityReservation, true),
  whyUnknown: { write: "the page gives one figure for NVMe drives and none for writes" },
} as const;
const remarks = (dedicatedHost: string): string[] => [
  `Dedicated host: ${dedicatedHost}, one 48-, 64- or 80-vCPU size a host (dedicated-hosts/storage-optimized-skus.md, 2023-01-23).`,
  "Memory-preserving updates: the series page says supported, maintenance-and-updates.md (2026-04-30) says that they do not work for L: taken as not supported.",
];

const lsv3: SeriesFrame = { ...shared, series: "Lsv3", page: lsv3Page, rdma: from(lsv3Page, false, { note: "the page lists no RDMA" }), availability: [inSnapshot(lsv3Regions)], notes: remarks("Lsv3-Type1") };
const lasv3: SeriesFrame = { ...shared, series: "Lasv3", page: lasv3Page, rdma: from(lasv3Page, false, { note: "the page lists no RDMA" }), availability: [inSnapshot(lasv3Regions)], notes: remarks("Lasv3-Type1") };

const withSeenPrice = (size: CatalogueSize, usdPerVcpuHour: number): CatalogueSize => {
  const usdPerHour = Number(((size.vcpus.value ?? 0) * usdPerVcpuHour).toFixed(3));
  return { ...size, notes: [...(size.notes ?? []), `Seen at ${usdPerHour} USD an hour, region not stated (${batchSnapshot.source}, ${batchSnapshot.asOf}): evidence, not a price.`] };
};

export const lsv3Sizes: readonly CatalogueSize[] = [
  ...seriesOf(lsv3, [
    ["L8s_v3", 8, 64, 1, 1_920, 2_000, null, 400_000, null, 12_500],
    ["L16s_v3", 16, 128, 2, 1_920, 4_000, null, 800_000, null, 12_500],
    ["L32s_v3", 32, 256, 4, 1_920, 8_000, null, 1_500_000, null, 16_000],
    ["L48s_v3", 48, 384, 6, 1_920, 14_000, null, 2_200_000, null, 24_000],
    ["L64s_v3", 64, 512, 8, 1_920, 16_000, null, 2_900_000, null, 30_000],
    ["L80s_v3", 80, 640, 10, 1_920, 20_000, null, 3_800_000, null, 32_000],
  ]).map((size) => withSeenPrice(size, 0.104)),
  ...seriesOf(lasv3, [
    ["L8as_v3", 8, 64, 1, 1_920, 2_000, null, 400_000, null, 12_500],
    ["L16as_v3", 16, 128, 2, 1_920, 4_000, null, 800_000, null, 12_500],
    ["L32as_v3", 32, 256, 4, 1_920, 8_000, null, 1_500_000, null, 16_000],
    ["L48as_v3", 48, 384, 6, 1_920, 14_000, null, 2_200_000, null, 24_000],
    ["L64as_v3", 64, 512, 8, 1_920, 16_000, null, 2_900_000, null, 32_000],
    ["L80as_v3", 80, 640, 10, 1_920, 20_000, null, 3_800_000, null, 32_000],
  ]).map((size) => withSeenPrice(size, 0.093)),
];
