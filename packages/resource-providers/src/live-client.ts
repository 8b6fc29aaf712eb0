// clusters/startLiveClient, stopLiveClient and readLiveClient: a client of a local cluster that shows what people who use
// it feel of a fault. Finds out where it connects and with which keys; it runs elsewhere.
import { CLUSTER_TYPE, FILE_SYSTEM_TYPE } from "@cynosure/arm-store";
import type { ClusterParams, OurHandlers } from "@cynosure/arm-store";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { LiveClientReport } from "@cynosure/contract";
import { v20261201 } from "@cynosure/converters";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { LiveProtocol, LiveReport, LiveTarget } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { auditedAction } from "./audited-action.ts";
import { readCluster } from "./clusters.ts";
import { requireLocal } from "./host-faults.ts";
import type { ResourceProvidersOptions } from "./options.ts";

/** No bucket that the contract could name: its names have no dot. */
const OWN_BUCKET = "cynosure.live-client";
/** Below the export; hidden from a plain listing. */
const OWN_DIRECTORY = "/.cynosure-live-client";

type LiveHandlers = Pick<OurHandlers, "Clusters_StartLiveClient" | "Clusters_StopLiveClient" | "Clusters_ReadLiveClient">;

/** What is missing, and what would bring it. */
const unpublished = (row: StoredResource, protocol: LiveProtocol, remedy: string): ControlPlaneError =>
  new ControlPlaneError("OperationNotAllowed", `Cluster '${row.name}' publishes no ${protocol} endpoint that a client could use yet. Wait until its provisioningState is Succeeded; ${remedy}`, { target: row.id });

async function targetOf(options: ResourceProvidersOptions, row: StoredResource, protocol: LiveProtocol): Promise<LiveTarget> {
  const { store } = options;
  const key = clusterKey(row.key);
  const endpoints = (await store.observations.readEndpoints(key)).filter((each) => each.protocol === protocol).map(({ name, address, port }) => ({ name, address, port }));
  if (protocol === "nfs") {
    const [fileSystem] = await store.resources.list({ type: FILE_SYSTEM_TYPE, parentKey: row.key, limitMax: 1 });
    if (endpoints.length === 0 || fileSystem === undefined) throw unpublished(row, protocol, "a cluster without file systems has none: create one.");
    return { protocol, endpoints, exportPath: `/${fileSystem.name}`, directory: OWN_DIRECTORY };
  }
  const { s3 } = endpoints.length === 0 ? { s3: null } : await options.readCredentials(key);
  if (s3 === null) throw unpublished(row, protocol, "a cluster without buckets has none: create one.");
  return { protocol, endpoints, bucket: OWN_BUCKET, s3Keys: s3 };
}

export function liveClientHandlers(options: ResourceProvidersOptions): LiveHandlers {
  const { liveClients } = options;
  const localCluster = async (params: ClusterParams): Promise<StoredResource> => {
    const row = await readCluster(options, params);
    requireLocal(options, row, "A live client");
    return row;
  };
  const audited = (context: RequestContext, row: StoredResource, action: string, work: () => Promise<LiveReport>): Promise<LiveReport> =>
    auditedAction(options, context, { action: `${CLUSTER_TYPE}/${action}/action`, resourceId: row.id }, work);
  const answer = (report: LiveReport): { readonly status: 200; readonly body: LiveClientReport } => ({ status: 200, body: v20261201.liveReportToWire(report) });
  return {
    Clusters_StartLiveClient: async ({ params, body, context }) => {
      const row = await localCluster(params);
      const target = await targetOf(options, row, body.protocol ?? "s3");
      return answer(await audited(context, row, "startLiveClient", () => liveClients.start(clusterKey(row.key), target)));
    },
    Clusters_StopLiveClient: async ({ params, context }) => {
      const row = await localCluster(params);
      return answer(await audited(context, row, "stopLiveClient", () => liveClients.stop(clusterKey(row.key))));
    },
    Clusters_ReadLiveClient: async ({ params }) => answer(await liveClients.read(clusterKey((await localCluster(params)).key))),
  };
}
