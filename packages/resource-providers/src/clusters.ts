// Clusters: reading, writing, deleting, listing. What is wanted comes from the row, what is seen from the
// observations; neither is ever mixed into the other.
import type { Cluster, ClusterUpdate, QueryParameters } from "@cynosure/contract";
import { validate } from "@cynosure/contract";
import { patchResource } from "@cynosure/arm-protocol";
import type { RequestContext, ResourceId } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, checkNewName, clusterId, clusterKeyOf, cutPage, groupId, keyOf, notFound, pageAnswer, readPageRequest } from "@cynosure/arm-store";
import type { ClusterParams, OurHandlers } from "@cynosure/arm-store";
import { v20261201 } from "@cynosure/converters";
import { withStaleness } from "@cynosure/inventory";
import { ControlPlaneError, resourceKey, type EngineName, type SubstrateName } from "@cynosure/model";
import type { ClusterView, ListRequest, StoredResource } from "@cynosure/resource-store";
import { clusterWish, requireOffer } from "./cluster-wish.ts";
import { deleteResource } from "./delete-resource.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { asCluster, envelopeOf } from "./stored-resources.ts";
import { writeResource } from "./write-resource.ts";
import type { Wish, WriteOutcome } from "./write-resource.ts";

/** engineVersion changes come with upgrades; the host size of a cluster never changes. */
export const CLUSTER_IMMUTABLE = ["engine", "engineVersion", "substrate", "deploymentMode"];

export async function readCluster(options: ResourceProvidersOptions, params: ClusterParams): Promise<StoredResource> {
  const row = await options.store.resources.get(keyOf(clusterId(params)));
  if (row === null) throw notFound(clusterId(params));
  return row;
}

export function realityOf({ engines, substrates }: Pick<ResourceProvidersOptions, "engines" | "substrates">, { engine, substrate }: { readonly engine: EngineName; readonly substrate: SubstrateName }): v20261201.Reality {
  return { isSimulated: engines[engine]?.isSimulated === true || substrates[substrate]?.isSimulated === true, isEmulated: engines[engine]?.isEmulated === true };
}

export const rowReality = (options: ResourceProvidersOptions, row: StoredResource): v20261201.Reality => realityOf(options, asCluster(row));

export function clusterViewToWire(options: ResourceProvidersOptions, { row, health, endpoints, targetPlanId }: ClusterView): Cluster {
  const seen = { ...rowReality(options, row), health: withStaleness(health, options.clock.now()), endpoints, targetPlanId, installationId: options.config.installationId };
  return v20261201.clusterToWire(envelopeOf(row), asCluster(row), seen);
}

/** The row as it was written, with what is seen of the cluster now. */
export async function clusterToWire(options: ResourceProvidersOptions, row: StoredResource): Promise<Cluster> {
  const view = await options.store.clusterViews.get(row.key);
  return clusterViewToWire(options, { health: null, endpoints: [], targetPlanId: null, ...view, row });
}

async function listClusters(options: ResourceProvidersOptions, scope: Pick<ListRequest, "parentKey" | "keyPrefix">, query: QueryParameters) {
  const { top, afterKey } = readPageRequest(query);
  const views = await options.store.clusterViews.list({ type: CLUSTER_TYPE, ...scope, ...(afterKey === null ? {} : { afterKey: resourceKey(afterKey) }), limitMax: top + 1 });
  return pageAnswer(await cutPage(views, top, ({ row }) => row.key, (view) => Promise.resolve(clusterViewToWire(options, view))));
}

/** The merged body must itself be a valid cluster: a removed property may be a required one. */
function patched(options: ResourceProvidersOptions, row: StoredResource, patch: ClusterUpdate): Cluster {
  const bare = v20261201.clusterToWire(envelopeOf(row), asCluster(row), { isSimulated: false, isEmulated: false, health: null, endpoints: [], targetPlanId: null, installationId: options.config.installationId });
  // `identity: null` takes it away; absent in a whole body would mean "as it is".
  const merged = patchResource({ ...bare }, { ...patch, ...(patch.identity === null ? { identity: { type: "None", userAssignedIdentities: null, principalId: null, tenantId: null } } : {}) });
  const issues = validate("Clusters_CreateOrUpdate", merged);
  const [first] = issues;
  if (first !== undefined) throw new ControlPlaneError("InvalidRequestContent", `The cluster would not be valid after the change: ${first.target}: ${first.message}`, { target: first.target, details: issues.map((issue) => ({ code: "InvalidRequestContent", ...issue })) });
  return merged as unknown as Cluster; // just validated
}

/** Enough to ask for an offer: that depends on the body alone. Only what a cluster that is there may keep needs its row. */
async function wishBefore(options: ResourceProvidersOptions, id: ResourceId, body: Cluster, context: RequestContext): Promise<{ readonly wish: Wish; readonly isOfNone: boolean }> {
  try {
    return { wish: clusterWish(options, id, body, null, context), isOfNone: true };
  } catch (refused) {
    const current = await options.store.resources.get(keyOf(id));
    if (current === null) throw refused;
    return { wish: clusterWish(options, id, body, current, context), isOfNone: false };
  }
}

type ClusterHandlers = Pick<OurHandlers, "Clusters_Get" | "Clusters_CreateOrUpdate" | "Clusters_Update" | "Clusters_Delete" | "Clusters_ListByResourceGroup" | "Clusters_ListBySubscription">;

export function clusterHandlers(options: ResourceProvidersOptions): ClusterHandlers {
  const { store } = options;
  const put = async (params: ClusterParams, body: Cluster, context: Parameters<OurHandlers["Clusters_CreateOrUpdate"]>[0]["context"]): Promise<WriteOutcome> => {
    const id = clusterId(params);
    const before = await wishBefore(options, id, body, context);
    const offer = await requireOffer(options, before.wish);
    return writeResource(options, {
      method: "PUT", context, id, clusterKey: clusterKeyOf(params), offer, checkName: () => checkNewName("Clusters_CreateOrUpdate", "clusterName", id), immutable: CLUSTER_IMMUTABLE,
      wish: (current) => (current === null && before.isOfNone ? before.wish : clusterWish(options, id, body, current, context)),
    });
  };
  return {
    Clusters_Get: async ({ params }) => {
      const view = await store.clusterViews.get(keyOf(clusterId(params)));
      if (view === null) throw notFound(clusterId(params));
      return { status: 200, body: clusterViewToWire(options, view) };
    },
    Clusters_CreateOrUpdate: async ({ params, body, context }) => {
      const { resource, created, operation, seen } = await put(params, body, context);
      const answer = { body: seen === null ? await clusterToWire(options, resource) : clusterViewToWire(options, { row: resource, ...seen }), ...(operation === null ? {} : { operation }) };
      return created ? { status: 201, ...answer } : { status: 200, ...answer };
    },
    Clusters_Update: async ({ params, body, context }) => {
      const row = await readCluster(options, params);
      const id = clusterId(params);
      const offer = await requireOffer(options, clusterWish(options, id, patched(options, row, body), row, context));
      const { resource, operation } = await writeResource(options, {
        method: "PATCH", context, id, clusterKey: clusterKeyOf(params), offer, checkName: () => undefined, immutable: CLUSTER_IMMUTABLE,
        wish: (current) => clusterWish(options, id, patched(options, current ?? row, body), current, context),
      });
      return operation === null ? { status: 200, body: await clusterToWire(options, resource) } : { status: 202, operation };
    },
    Clusters_Delete: async ({ params, context }) => {
      const outcome = await deleteResource(options, { context, id: clusterId(params), clusterKey: clusterKeyOf(params) });
      return outcome.kind === "absent" ? { status: 204 } : { status: 202, operation: outcome.operation };
    },
    Clusters_ListByResourceGroup: async ({ params, query }) => {
      const parentKey = keyOf(groupId(params));
      await options.parents.requireGroup(groupId(params));
      return listClusters(options, { parentKey }, query);
    },
    Clusters_ListBySubscription: async ({ params, query }) => {
      const keyPrefix = `/subscriptions/${params.subscriptionId}/`.toLowerCase();
      return listClusters(options, { keyPrefix }, query);
    },
  };
}
