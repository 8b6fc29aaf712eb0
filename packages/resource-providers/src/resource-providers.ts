// Everything together: the contract's handlers over the store, and what the composition root wires besides.
import type { ClusterKey, OperationId } from "@cynosure/model";
import type { Transaction } from "@cynosure/resource-store";
import { childHandlers } from "./children.ts";
import { clusterActionHandlers } from "./cluster-actions.ts";
import { metricsHandlers } from "./cluster-metrics.ts";
import { clusterOperationHandlers } from "./cluster-operations.ts";
import { clusterHandlers } from "./clusters.ts";
import { hostFaultHandlers } from "./host-faults.ts";
import { hostHandlers } from "./hosts.ts";
import { catalogueHandlers } from "./operation-catalogue.ts";
import { liveClientHandlers } from "./live-client.ts";
import { machineHandlers } from "./machine.ts";
import { nameAvailabilityHandlers } from "./name-availability.ts";
import { operationHandlers } from "./operations.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { planNextQueued, planWaiting, sweepQueued } from "./plan-queue.ts";
import { planHandlers } from "./plans.ts";
import { refuseMove } from "./resource-move.ts";
import type { MoveRequest } from "./resource-move.ts";
import { sizingHandlers } from "./sizing.ts";
import { subscriptionLifecycle } from "./subscription-lifecycle.ts";
import type { SubscriptionLifecycle } from "./subscription-lifecycle.ts";

export type ProviderHandlers = ReturnType<typeof providerHandlers>;

export interface ResourceProviders {
  readonly handlers: ProviderHandlers;
  /** The store's `onPlanFinished`: plans what waited, in the finishing transaction. */
  planNextQueued(tx: Transaction, clusterKey: ClusterKey): Promise<void>;
  /** The planning of an operation that waits, as the queue has it. */
  planWaiting(operation: OperationId): Promise<void>;
  /** The same from outside, for a sweeper. */
  sweepQueued(clusterKey: ClusterKey): Promise<void>;
  /** §13, where somebody else's front door speaks of subscriptions. */
  readonly subscriptions: SubscriptionLifecycle;
  /** §14: clusters cannot be moved. */
  refuseMove(request: MoveRequest): Promise<never>;
}

const providerHandlers = (options: ResourceProvidersOptions) => ({
  ...clusterHandlers(options),
  ...clusterActionHandlers(options),
  ...metricsHandlers(options),
  ...clusterOperationHandlers(options),
  ...childHandlers(options),
  ...hostHandlers(options),
  ...hostFaultHandlers(options),
  ...planHandlers(options),
  ...sizingHandlers(options),
  ...liveClientHandlers(options),
  ...machineHandlers(options),
  ...nameAvailabilityHandlers(options),
  ...operationHandlers(options),
  ...catalogueHandlers(options),
});

export function createResourceProviders(options: ResourceProvidersOptions): ResourceProviders {
  return {
    handlers: providerHandlers(options),
    planNextQueued: (tx, clusterKey) => planNextQueued(options, tx, clusterKey),
    planWaiting: (operation) => planWaiting(options, operation),
    sweepQueued: (clusterKey) => sweepQueued(options, clusterKey),
    subscriptions: subscriptionLifecycle(options),
    refuseMove: (request) => refuseMove(options.store, request),
  };
}
