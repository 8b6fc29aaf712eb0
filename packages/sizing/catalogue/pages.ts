// Public pages that more than one file of the catalogue quotes, with the date each page gives itself.
import type { Page } from "./sourced.ts";

/** The day pages were read that carry no date of their own. */
export const READ_ON = "2026-11-22";

const computeDocs = (path: string, asOf: string): Page => ({ source: `MicrosoftDocs/azure-compute-docs, virtual-machines/${path}`, asOf });

export const seriesPage = (family: "storage-optimized" | "high-performance-compute" | "gpu-accelerated" | "general-purpose", file: string, commit: string, asOf: string): Page => computeDocs(`sizes/${family}/${file} (${commit})`, asOf);

export const networkThroughput: Page = { source: "MicrosoftDocs/azure-docs, virtual-network/virtual-machine-network-throughput.md (0375bb8)", asOf: "2023-03-30" };
export const capacityReservation = computeDocs("capacity-reservation-overview.md (05a4485)", "2026-02-17");
export const isolation = computeDocs("isolation.md (0d77d63)", "2026-04-28");
export const maintenance = computeDocs("maintenance-and-updates.md (0feba6f)", "2026-04-30");
export const dedicatedHosts = computeDocs("dedicated-hosts/storage-optimized-skus.md (9785197)", "2023-01-23");
export const retiredSizes = computeDocs("sizes/retirement/retired-sizes-list.md (0bdc5d3)", READ_ON);
export const mtu: Page = { source: "MicrosoftDocs/azure-docs, virtual-network/how-to-virtual-machine-mtu.md (152089b)", asOf: "2024-07-22" };
export const mana: Page = { source: "MicrosoftDocs/azure-docs, virtual-network/accelerated-networking-mana-overview.md (0088bfa)", asOf: "2023-07-10" };
export const guestRdma: Page = { source: "Microsoft Tech Community, Azure Compute, post 4524589 (Build 2026: guest RDMA for Azure Boost), as reported by third parties", asOf: "2026-06" };
/** Sizes, regions and prices that a public project keeps for Azure Batch; it does not say to which region its prices belong. */
export const batchSnapshot: Page = { source: "microsoft/ga4gh-tes, src/TesApi.Web/BatchSupportedVmSizeInformation_AZURECLOUD.json (4f246c8)", asOf: "2025-03-04" };
/** A third party's reading of the Azure Retail Prices API on the day the v5 series became generally available. */
export const v5Digest: Page = { source: "takech9203/azure-news-summary, report 20260929-lasv5-laosv5-vm-series: third-party digest of the Azure Retail Prices API and Microsoft's update 572630", asOf: "2026-09-29" };
export const clyso: Page = { source: "Clyso, Ceph: a journey to 1 TiB/s (ceph.io, 2024-01-19): 68 nodes of 48 cores and 96 threads (AMD EPYC 9454P), 630 NVMe drives, 2 x 100 GbE a node", asOf: "2024-01-19" };
