// Everything together: the contract's handlers over the store, and what the composition root wires besides.
import type { RequestContext } from "@cynosure/arm-protocol";
import type { ClusterKey } from "@cynosure/model";
import type { Transaction } from "@cynosure/resource-store";
import { groupId, keyOf } from "./addresses.ts";
import { childHandlers } from "./children.ts";
import { clusterActionHandlers } from "./cluster-actions.ts";
import { clusterHandlers } from "./clusters.ts";
import { listTrackedResources } from "./generic-resources.ts";
import type { ListedResource, ResourceQuery } from "./generic-resources.ts";
import type { OurHandlers } from "./handler-types.ts";
import { hostHandlers } from "./hosts.ts";
import type { Page } from "./lists.ts";
import { catalogueHandlers } from "./operation-catalogue.ts";
import { operationHandlers } from "./operations.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { planNextQueued, sweepQueued } from "./plan-queue.ts";
import { planHandlers } from "./plans.ts";
import { putGroup, resourceGroupHandlers } from "./resource-groups.ts";
import { sizingHandlers } from "./sizing.ts";
import { requireSubscription, subscriptionHandlers } from "./subscriptions.ts";

export interface ResourceProviders {
  readonly handlers: OurHandlers;
  /** The store's `onPlanFinished`: plans what waited, in the finishing transaction. */
  planNextQueued(tx: Transaction, clusterKey: ClusterKey): Promise<void>;
  /** The same from outside, for a sweeper. */
  sweepQueued(clusterKey: ClusterKey): Promise<void>;
  /** For the front door's generic lists. */
  listResources(query: ResourceQuery): Promise<Page<ListedResource>>;
  requireSubscription(subscriptionId: string): Promise<void>;
  /** For a first start. */
  ensureResourceGroup(name: string, location: string): Promise<void>;
}

export function createResourceProviders(options: ResourceProvidersOptions): ResourceProviders {
  const { config, store } = options;
  return {
    handlers: {
      ...subscriptionHandlers(options),
      ...resourceGroupHandlers(options),
      ...clusterHandlers(options),
      ...clusterActionHandlers(options),
      ...childHandlers(options),
      ...hostHandlers(options),
      ...planHandlers(options),
      ...sizingHandlers(options),
      ...operationHandlers(options),
      ...catalogueHandlers(),
    },
    planNextQueued: (tx, clusterKey) => planNextQueued(options, tx, clusterKey),
    sweepQueued: (clusterKey) => sweepQueued(options, clusterKey),
    listResources: (query) => listTrackedResources(store, query),
    requireSubscription: async (subscriptionId) => requireSubscription(config, subscriptionId),
    ensureResourceGroup: async (name, location) => {
      const id = groupId({ subscriptionId: config.subscriptionId, resourceGroupName: name });
      // A group that is there belongs to its users: their tags stay.
      if ((await store.resources.get(keyOf(id))) === null) await putGroup(options, systemContext(options), id, { location, tags: undefined });
    },
  };
}

/** What the control plane does on its own account. */
const systemContext = ({ config, newId }: ResourceProvidersOptions): RequestContext => ({
  principal: { id: config.installationId, type: "Application", displayName: "control plane", tenantId: config.tenantId },
  requestId: newId(),
  correlationId: newId(),
  apiVersion: "",
  condition: { kind: "none" },
  baseUrl: "",
});
