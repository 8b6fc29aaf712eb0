// Limits of Azure itself that decide whether a cluster can be placed and how fast it can be asked for.
import type { PlatformLimits } from "@cynosure/model";
import { maintenance, READ_ON } from "./pages.ts";
import { from, type Page } from "./sourced.ts";

const orchestration: Page = { source: "MicrosoftDocs/azure-compute-docs, virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes.md (01e1fb7)", asOf: "2024-06-14" };
const allocation: Page = { source: "MicrosoftDocs/SupportArticles-docs, azure/virtual-machines/windows/allocation-failure.md (1e37e72)", asOf: "2023-12-15" };
const armThrottling: Page = { source: "learn.microsoft.com, azure-resource-manager/management/request-limits-and-throttling: token buckets, per subscription, service principal and region", asOf: READ_ON };
const computeThrottling: Page = { source: "MicrosoftDocs/azure-compute-docs, virtual-machines/compute-throttling-limits.md (1a043fb)", asOf: "2024-05-27" };

export const platform: PlatformLimits = {
  scaleSetHostsMax: from(orchestration, 1_000, {
    note: "flexible orchestration with one fault domain, as clusters are placed; with more fault domains 200 for sizes without memory-preserving updates, among which maintenance-and-updates.md counts L",
    conflicts: [{ value: 200, page: maintenance }],
  }),
  faultDomainsPerZone: from(orchestration, 1, { note: "zonal scale sets: at most 1" }),
  faultDomainsPerRegion: from(orchestration, 3, { note: "regional scale sets: at most 3, and then at most 200 hosts where updates do not preserve memory" }),
  largeAllocationVcpus: from(allocation, 500, { note: "requests for more than 500 cores are called large: ask in batches" }),
  writesBucket: from(armThrottling, 200), writesPerSecond: from(armThrottling, 10),
  vmCreatesBucket: from(computeThrottling, 1_500, { note: "of a subscription in a region" }), vmCreatesPerMinute: from(computeThrottling, 500),
};
