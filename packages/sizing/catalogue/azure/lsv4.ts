// Lsv4, Lasv4 and Laosv4: storage-optimised sizes of 2025. Write figures are of fresh drives. Where they can be had
// and what they cost is published by the Azure APIs alone: no list and no price here.
import type { CatalogueSize } from "@cynosure/model";
import { capacityReservation, guestRdma, seriesPage } from "../pages.ts";
import { seriesOf, type SeriesFrame } from "../size-series.ts";
import { from, unknown } from "../sourced.ts";

const page = (file: string, commit: string): ReturnType<typeof seriesPage> => seriesPage("storage-optimized", file, commit, "2025-03-18");
const lsv4Page = page("lsv4-series.md", "05e75b1");
const lasv4Page = page("lasv4-series.md", "0eeb192");
const laosv4Page = page("laosv4-series.md", "444e2b3");

const shared = { role: "storage", availability: [], whyUnknown: { write: "not empty in this table" } } as const;
const notes = [
  "Drive figures are best case (4 KiB at queue depth 256, 256 KiB at 64) and writes are of a clean device: in steady state they are lower, and no such figure is published.",
  "Memory-preserving updates: the series page says supported, maintenance-and-updates.md (2026-04-30) says that they do not work for L: taken as not supported.",
  "No dedicated host is listed for this series.",
];
const connectX = "the page lists no RDMA; its adapters are NetVSC and ConnectX";

const lsv4: SeriesFrame = {
  ...shared, series: "Lsv4", page: lsv4Page, notes,
  rdma: unknown(guestRdma, "guest RDMA for Azure Boost adapters (MANA) is in preview; the series it covers are not published"),
  hasCapacityReservation: from(capacityReservation, false, { note: "not in the list of supported series" }),
};
const lasv4: SeriesFrame = { ...shared, series: "Lasv4", page: lasv4Page, notes, rdma: from(lasv4Page, false, { note: connectX }), hasCapacityReservation: from(capacityReservation, true) };
const laosv4: SeriesFrame = { ...shared, series: "Laosv4", page: laosv4Page, notes, rdma: from(laosv4Page, false, { note: connectX }), hasCapacityReservation: from(capacityReservation, true) };

export const lsv4Sizes: readonly CatalogueSize[] = [
  ...seriesOf(lsv4, [
    ["L2s_v4", 2, 16, 1, 480, 750, 375, 137_500, 55_000, 12_500],
    ["L4s_v4", 4, 32, 2, 480, 1_500, 750, 275_000, 110_000, 12_500],
    ["L8s_v4", 8, 64, 4, 480, 3_000, 1_500, 550_000, 220_000, 12_500],
    ["L16s_v4", 16, 128, 4, 960, 6_000, 3_000, 1_100_000, 440_000, 12_500],
    ["L32s_v4", 32, 256, 8, 960, 12_000, 6_000, 2_200_000, 880_000, 16_000],
    ["L48s_v4", 48, 384, 6, 1_920, 18_000, 9_000, 3_300_000, 1_320_000, 24_000],
    ["L64s_v4", 64, 512, 8, 1_920, 24_000, 12_000, 4_400_000, 1_760_000, 30_000],
    ["L80s_v4", 80, 640, 10, 1_920, 30_000, 15_000, 5_500_000, 2_200_000, 36_000],
    ["L96s_v4", 96, 768, 12, 1_920, 36_000, 18_000, 6_600_000, 2_640_000, 41_000],
  ]),
  ...seriesOf(lasv4, [
    ["L2as_v4", 2, 16, 1, 480, 750, 375, 137_500, 55_000, 12_500],
    ["L4as_v4", 4, 32, 2, 480, 1_500, 750, 275_000, 110_000, 12_500],
    ["L8as_v4", 8, 64, 4, 480, 3_000, 1_500, 550_000, 220_000, 12_500],
    ["L16as_v4", 16, 128, 4, 960, 6_000, 3_000, 1_100_000, 440_000, 12_500],
    ["L32as_v4", 32, 256, 8, 960, 12_000, 6_000, 2_200_000, 880_000, 16_000],
    ["L48as_v4", 48, 384, 6, 1_920, 18_000, 9_000, 3_300_000, 1_320_000, 28_000],
    ["L64as_v4", 64, 512, 8, 1_920, 24_000, 12_000, 4_400_000, 1_760_000, 36_000],
    ["L80as_v4", 80, 640, 10, 1_920, 30_000, 15_000, 5_500_000, 2_200_000, 40_000],
    ["L96as_v4", 96, 768, 12, 1_920, 36_000, 18_000, 6_600_000, 2_640_000, 40_000],
  ]),
  ...seriesOf(laosv4, [
    ["L2aos_v4", 2, 16, 3, 480, 1_100, 550, 180_000, 72_000, 7_500],
    ["L4aos_v4", 4, 32, 3, 960, 2_200, 1_100, 360_000, 144_000, 10_000],
    ["L8aos_v4", 8, 64, 6, 960, 4_400, 2_200, 720_000, 288_000, 12_500],
    ["L12aos_v4", 12, 96, 9, 960, 6_600, 3_300, 1_080_000, 432_000, 18_750],
    ["L16aos_v4", 16, 128, 6, 1_920, 8_800, 4_400, 1_440_000, 576_000, 25_000],
    ["L24aos_v4", 24, 192, 9, 1_920, 13_200, 6_600, 2_160_000, 864_000, 37_500],
    ["L32aos_v4", 32, 256, 12, 1_920, 17_600, 8_800, 2_880_000, 1_152_000, 50_000],
  ]),
];
