// Lasv5 and Laosv5: storage-optimised sizes generally available since 2026-09-29. Where the page contradicts itself
// the cautious value counts and the other is kept beside it.
import type { CatalogueSize } from "@cynosure/model";
import { capacityReservation, guestRdma, isolation, seriesPage } from "../pages.ts";
import { laosv5Regions, lasv5Regions, pricedOnRelease } from "../region-lists.ts";
import { amended, seriesOf, type SeriesFrame } from "../size-series.ts";
import { from, unknown } from "../sourced.ts";

const lasv5Page = seriesPage("storage-optimized", "lasv5-series.md", "8b80ce4", "2026-08-18");
const laosv5Page = seriesPage("storage-optimized", "laosv5-series.md", "324cc66", "2026-08-18");

const shared = {
  role: "storage",
  rdma: unknown(guestRdma, "guest RDMA for Azure Boost adapters (MANA) is in preview; the series it covers are not published, and no page of the L family lists RDMA"),
  hasCapacityReservation: unknown(capacityReservation, "not in the list of supported series, which is older than this series"),
  whyUnknown: { write: "not empty in this table" },
} as const;
const notes = [
  "Drive figures are best case (4 KiB at queue depth 256, 256 KiB at 64) and writes are of a clean device: in steady state they are lower, and no such figure is published.",
  "Memory-preserving updates: the series page says supported, maintenance-and-updates.md (2026-04-30) says that they do not work for L: taken as not supported.",
  "No dedicated host is listed for this series.",
];

const lasv5: SeriesFrame = { ...shared, series: "Lasv5", page: lasv5Page, availability: [pricedOnRelease(lasv5Regions)], notes };
const laosv5: SeriesFrame = {
  ...shared, series: "Laosv5", page: laosv5Page, availability: [pricedOnRelease(laosv5Regions)],
  notes: [...notes, "Network interfaces: the series' summary says 3 to 15, the table of sizes 2 to 8: taken as the table says."],
};

const isolated = (size: CatalogueSize): CatalogueSize => ({
  ...size, isIsolated: true,
  notes: [...(size.notes ?? []), `Taken as isolated for the "i" in its name; ${isolation.source} (${isolation.asOf}) is older than the size. Isolated sizes cost about a tenth more and end with their hardware, with 12 months' notice.`],
});

/** 9 drives contradict the series' 720 GB a vCPU and its 9,750 MB/s a drive (58,500 / 9,750 = 6). */
const sixDrives = (size: CatalogueSize): CatalogueSize => ({
  ...size,
  drives: { ...size.drives, count: from(laosv5Page, 6, { note: "the table says 9 x 11,520 GB; 720 GB a vCPU and 9,750 MB/s a drive, as in the rest of the series, both make it 6", conflicts: [{ value: 9, page: laosv5Page }] }) },
});

const ratioNote = (size: CatalogueSize): CatalogueSize => ({ ...size, notes: [...(size.notes ?? []), "Breaks the series' ratios: 864 GB of drives and 6.5 GiB of memory a vCPU instead of 720 and 8."] });

const lasv5Sizes = seriesOf(lasv5, [
  ["L2as_v5", 2, 16, 1, 480, 750, 375, 150_000, 75_000, 16_000],
  ["L4as_v5", 4, 32, 1, 960, 1_500, 750, 300_000, 150_000, 16_000],
  ["L8as_v5", 8, 64, 1, 1_920, 3_000, 1_500, 600_000, 300_000, 25_000],
  ["L16as_v5", 16, 128, 1, 3_840, 6_000, 3_000, 1_200_000, 600_000, 25_000],
  ["L32as_v5", 32, 256, 2, 3_840, 12_000, 6_000, 2_400_000, 1_200_000, 25_000],
  ["L48as_v5", 48, 384, 3, 3_840, 18_000, 9_000, 3_600_000, 1_800_000, 35_000],
  ["L64as_v5", 64, 512, 4, 3_840, 24_000, 12_000, 4_800_000, 2_400_000, 45_000],
  ["L80as_v5", 80, 640, 5, 3_840, 30_000, 15_000, 6_000_000, 3_000_000, 57_500],
  ["L96as_v5", 96, 768, 6, 3_840, 36_000, 18_000, 7_200_000, 3_600_000, 70_000],
  ["L128as_v5", 128, 1_024, 8, 3_840, 48_000, 24_000, 9_600_000, 4_800_000, 75_000],
  ["L160ias_v5", 160, 1_280, 8, 3_840, 48_000, 24_000, 9_600_000, 4_800_000, 200_000],
]);

const laosv5Sizes = seriesOf(laosv5, [
  ["L2aos_v5", 2, 16, 1, 1_440, 1_220, 565, 215_625, 107_813, 25_000],
  ["L4aos_v5", 4, 32, 1, 2_880, 2_440, 1_125, 431_250, 215_625, 25_000],
  ["L8aos_v5", 8, 64, 1, 5_760, 4_875, 2_250, 862_500, 431_250, 25_000],
  ["L12aos_v5", 12, 96, 1, 8_640, 7_315, 3_375, 1_293_750, 646_875, 25_000],
  ["L16aos_v5", 16, 128, 1, 11_520, 9_750, 4_500, 1_725_000, 862_500, 25_000],
  ["L24aos_v5", 24, 192, 2, 8_640, 14_625, 6_750, 2_587_500, 1_293_750, 37_500],
  ["L32aos_v5", 32, 256, 2, 11_520, 19_500, 9_000, 3_450_000, 1_725_000, 50_000],
  ["L48aos_v5", 48, 384, 3, 11_520, 29_250, 13_500, 5_175_000, 2_587_500, 75_000],
  ["L64aos_v5", 64, 512, 3, 15_360, 39_000, 18_000, 6_900_000, 3_450_000, 100_000],
  ["L96aos_v5", 96, 768, 9, 11_520, 58_500, 27_000, 10_350_000, 5_175_000, 150_000],
  ["L128aos_v5", 128, 1_024, 6, 15_360, 78_000, 36_000, 13_800_000, 6_900_000, 150_000],
  ["L160iaos_v5", 160, 1_040, 9, 15_360, 117_000, 54_000, 20_700_000, 10_350_000, 200_000],
]);

export const lsv5Sizes: readonly CatalogueSize[] = [
  ...amended(lasv5Sizes, "L160ias_v5", isolated),
  ...amended(amended(laosv5Sizes, "L96aos_v5", sixDrives), "L160iaos_v5", (size) => ratioNote(isolated(size))),
];
