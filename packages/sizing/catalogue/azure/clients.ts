// Sizes that clients of a cluster run on: InfiniBand is between them alone; to storage they speak Ethernet, at the
// egress figure. Drive sizes are printed as GiB or TiB in places where other sources show GB: the lower reading counts.
import type { CatalogueSize } from "@cynosure/model";
import { batchSnapshot, capacityReservation, seriesPage } from "../pages.ts";
import { hbv3Regions, hbv4Regions, inSnapshot } from "../region-lists.ts";
import { cloudSize, type SizeRow } from "../size-series.ts";
import { from, type Page, type Remarks } from "../sourced.ts";

interface ClientFacts {
  readonly series: string;
  readonly page: Page;
  readonly infinibandGbps: number;
  readonly infinibandNote: string;
  readonly regions: readonly string[];
  readonly row: SizeRow;
  readonly drive: Remarks<number>;
  readonly memory?: Remarks<number>;
  readonly egress?: Remarks<number>;
  readonly seenUsdPerHour?: number;
  readonly notes?: readonly string[];
}

const hpc = (file: string, commit: string, asOf: string): Page => seriesPage("high-performance-compute", file, commit, asOf);
const gpu = (file: string, commit: string, asOf: string): Page => seriesPage("gpu-accelerated", file, commit, asOf);

const printedAsGiB = (fromApi?: number): Remarks<number> => ({
  note: "the page's column says GiB; read as GB, the lower of the two",
  ...(fromApi === undefined ? {} : { conflicts: [{ value: fromApi, page: batchSnapshot }] }),
});

const facts: readonly ClientFacts[] = [
  {
    series: "HBv3", page: hpc("hbv3-series.md", "2e4af98", "2025-11-24"), infinibandGbps: 200, infinibandNote: "HDR", regions: hbv3Regions,
    row: ["HB120rs_v3", 120, 448, 2, 960, null, null, null, null, 40_000], drive: printedAsGiB(), memory: { conflicts: [{ value: 456, page: batchSnapshot }] }, seenUsdPerHour: 4.68,
  },
  {
    series: "HBv4", page: hpc("hbv4-series.md", "1dc6d3b", "2025-11-24"), infinibandGbps: 400, infinibandNote: "NDR", regions: hbv4Regions,
    row: ["HB176rs_v4", 176, 768, 2, 1_800, null, null, null, null, 80_000], drive: printedAsGiB(1_920), seenUsdPerHour: 9.36,
  },
  {
    series: "HX", page: hpc("hx-series.md", "324237f", "2025-11-24"), infinibandGbps: 400, infinibandNote: "NDR", regions: hbv4Regions,
    row: ["HX176rs", 176, 1_408, 2, 1_800, null, null, null, null, 80_000], drive: printedAsGiB(1_920), seenUsdPerHour: 11.232,
  },
  {
    series: "HBv5", page: hpc("hbv5-series.md (1827cf3) and hbv5-series-overview.md", "afa7bbe", "2026-09-25"), infinibandGbps: 800, infinibandNote: "NDR, 4 x 200", regions: [],
    row: ["HB368rs_v5", 368, 432, 8, 1_800, 50_000, 30_000, null, null, 180_000], drive: { note: "14,304 GiB of eight drives together by the series page, 15 TiB by its overview: 1.8 TB each" },
    notes: ["Drive rates are those of the eight drives striped, at most."],
  },
  {
    series: "NDH100v5", page: gpu("ndh100v5-series.md", "0277390", "2025-09-02"), infinibandGbps: 3_200, infinibandNote: "8 x 400", regions: [],
    row: ["ND96isr_H100_v5", 96, 1_900, 8, 3_500, null, null, null, null, 80_000], drive: { note: "28 TiB of eight drives together; read as 28 TB, the lower of the two" },
  },
  {
    series: "NDH200v5", page: gpu("nd-h200-v5-series.md", "3b74475", "2025-09-02"), infinibandGbps: 3_200, infinibandNote: "8 x 400", regions: [],
    row: ["ND96isr_H200_v5", 96, 1_850, 8, 3_500, null, null, null, null, 80_000], drive: { note: "28 TiB of eight drives together; read as 28 TB, the lower of the two" },
  },
  {
    series: "NDGB200v6", page: gpu("nd-gb200-v6-series.md", "2bc777f", "2025-03-20"), infinibandGbps: 1_600, infinibandNote: "4 x 400; the page's columns for scale-up and scale-out are exchanged", regions: [],
    row: ["ND128isr_NDR_GB200_v6", 128, 900, 4, 4_000, null, null, null, null, 160_000], drive: { note: "16 TB of four drives together" },
    egress: { note: "printed as 160 under a heading of Mb/s; the series' specification says 160 Gb/s" },
  },
  {
    series: "NDGB300v6", page: gpu("nd-gb300-v6-series.md", "0c72655", "2026-08-12"), infinibandGbps: 3_200, infinibandNote: "4 x 800", regions: [],
    row: ["ND128isr_GB300_v6", 128, 864, 4, 4_000, null, null, null, null, 160_000], drive: { note: "16 TB of four drives together" },
    egress: { note: "printed as 160 under a heading of Mb/s, read as Gb/s" }, notes: ["Service healing is not supported."],
  },
];

function clientSize(each: ClientFacts): CatalogueSize {
  const { page, row } = each;
  const size = cloudSize(
    {
      series: each.series, role: "client", page, isIsolated: true,
      rdma: from(page, true, { note: "over InfiniBand, between sizes of this series; not to storage on Ethernet" }),
      infinibandGbps: from(page, each.infinibandGbps, { note: each.infinibandNote }),
      hasCapacityReservation: from(capacityReservation, false, { note: "the page names HB and ND as not available" }),
      availability: each.regions.length === 0 ? [] : [inSnapshot(each.regions)],
      whyUnknown: { write: "the page gives no figure for local drives" },
      notes: [...(each.notes ?? []), ...(each.seenUsdPerHour === undefined ? [] : [`Seen at ${each.seenUsdPerHour} USD an hour, region not stated (${batchSnapshot.source}, ${batchSnapshot.asOf}): evidence, not a price.`])],
    },
    row,
  );
  return { ...size, memoryGiB: from(page, row[2], each.memory), egressMbps: from(page, row[9], each.egress), drives: { ...size.drives, driveGB: from(page, row[4], each.drive) } };
}

export const clientSizes: readonly CatalogueSize[] = facts.map(clientSize);
