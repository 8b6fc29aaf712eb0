// POST actions on a cluster: cancel, and what asks the engine of a delivered one: credentials and the benchmark. Secrets pass
// through and are never stored or logged here; that they were asked for is audited.
import { v20261201 } from "@cynosure/converters";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { RequestContext } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import type { StoredResource } from "@cynosure/resource-store";
import { auditedAction } from "./audited-action.ts";
import { cancelCluster } from "./cancel-cluster.ts";
import { readCluster, rowReality } from "./clusters.ts";
import type { ResourceProvidersOptions } from "./options.ts";

function requireDelivered(row: StoredResource, what: string): void {
  if (row.provisioningState === "Succeeded" || row.provisioningState === "Updating") return;
  throw new ControlPlaneError("OperationNotAllowed", `${what} of cluster '${row.name}' cannot be had while it is ${row.provisioningState}. Wait until its provisioningState is Succeeded.`, { target: row.id });
}

export function clusterActionHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Clusters_ListCredentials" | "Clusters_Benchmark" | "Clusters_Cancel"> {
  const audit = (context: RequestContext, row: StoredResource, action: string): Promise<void> =>
    auditedAction(options, context, { action: `${CLUSTER_TYPE}/${action}/action`, resourceId: row.id }, () => Promise.resolve());
  return {
    Clusters_ListCredentials: async ({ params, context }) => {
      const row = await readCluster(options, params);
      requireDelivered(row, "Credentials");
      const { s3 } = await options.readCredentials(clusterKey(row.key));
      if (s3 === null) throw new ControlPlaneError("OperationNotAllowed", `Cluster '${row.name}' has no object gateway, so it has no S3 credentials. Create a bucket first.`, { target: row.id });
      // Before they are handed out, and only then: a refusal leaves no record that they were.
      await audit(context, row, "listCredentials");
      return { status: 200, body: { s3 } };
    },
    Clusters_Cancel: async ({ params, context }) => ({ status: 202, operation: await cancelCluster(options, params, context) }),
    Clusters_Benchmark: async ({ params, body, context }) => {
      const row = await readCluster(options, params);
      requireDelivered(row, "A benchmark");
      await audit(context, row, "benchmark");
      const result = await options.runBenchmark(clusterKey(row.key), body.seconds);
      return { status: 200, body: { ...result, ...v20261201.realityToWire(rowReality(options, row)) } };
    },
  };
}
