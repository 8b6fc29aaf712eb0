// Public names of inventory collection: what is, as far as anybody has seen.
export { collectInventory } from "./collect-inventory.ts";
export { keepHostsOn, type KeepHostsOnOptions } from "./keep-hosts-on.ts";
export { observeClusters, type ObservationTask, type ObserveClustersOptions } from "./observe-clusters.ts";
export { observeMetrics } from "./observe-metrics.ts";
export { readInventory } from "./read-inventory.ts";
export type { InventorySources } from "./sources.ts";
export { HEALTH_AGE_MS_MAX, withStaleness } from "./staleness.ts";
