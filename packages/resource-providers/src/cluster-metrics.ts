// clusters/readMetrics: what the observer kept of a cluster. Reads the store alone; nobody is asked.
import type { OurHandlers } from "@cynosure/arm-store";
import { v20261201 } from "@cynosure/converters";
import { clusterKey } from "@cynosure/model";
import { METRICS_KEPT_MS } from "@cynosure/resource-store";
import { readCluster, rowReality } from "./clusters.ts";
import type { ResourceProvidersOptions } from "./options.ts";

export function metricsHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Clusters_ReadMetrics"> {
  return {
    Clusters_ReadMetrics: async ({ params, body }) => {
      const row = await readCluster(options, params);
      const sinceMs = options.clock.now() - (body.sinceSeconds === undefined ? METRICS_KEPT_MS : body.sinceSeconds * 1_000);
      return { status: 200, body: v20261201.metricsToWire(await options.store.metrics.read(clusterKey(row.key), sinceMs), rowReality(options, row)) };
    },
  };
}
