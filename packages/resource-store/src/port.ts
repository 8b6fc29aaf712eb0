// Resource store port: everything that must survive a crash, by concern. One PostgreSQL database; a
// `Transaction` is passed to whatever must commit together. Memory adapters exist for tests only.
import type {
  ClusterKey,
  EngineHealth,
  EngineMetrics,
  HostId,
  HostPlan,
  HostReport,
  HostRequest,
  HostResponse,
  KeptMetrics,
  Operation,
  OperationId,
  OperationStatus,
  Plan,
  PlanId,
  PlanReport,
  PlanStepState,
  PublishedEndpoint,
  ResourceKey,
  ServedHostPlan,
  StepFailure,
  StepId,
  SubstrateHost,
} from "@cynosure/model";
import type { GatewayUserStore } from "./gateway-user-port.ts";
import type { NativeNameStore, NativeOperationStore } from "./native-name-port.ts";
import type { PortalSessionStore } from "./portal-port.ts";
import type { DeviceCodeStore, PrincipalStore } from "./principal-port.ts";
import type { AuditStore } from "./audit-port.ts";

/** An open database transaction; what it holds is the adapter's own affair. Calls that are asked for together (`together`) are
 *  carried out in the order of asking, so a lock comes first; nothing may be asked in it once its work has answered or failed. */
export interface Transaction {
  readonly kind: "transaction";
}

export interface SystemData {
  readonly createdBy: string;
  readonly createdByType: "User" | "Application" | "ManagedIdentity" | "Key";
  readonly createdAt: string;
  readonly lastModifiedBy: string;
  readonly lastModifiedByType: "User" | "Application" | "ManagedIdentity" | "Key";
  readonly lastModifiedAt: string;
}

export type ProvisioningState = "Accepted" | "Provisioning" | "Updating" | "Deleting" | "Succeeded" | "Failed" | "Canceled";

/** A resource as stored: version-free `properties`, identity in the user's casing. */
export interface StoredResource {
  /** Lower-cased id. */
  readonly key: ResourceKey;
  /** As the user wrote it. */
  readonly id: string;
  /** Canonical casing, for example `Cynosure.Storage/clusters/fileSystems`. */
  readonly type: string;
  readonly name: string;
  /** Key of the parent resource, of the resource group for a tracked resource, of the subscription for a group. */
  readonly parentKey: ResourceKey;
  readonly subscriptionId: string;
  readonly location: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly systemData: SystemData;
  readonly provisioningState: ProvisioningState;
  readonly etag: string;
}

export type PutCondition = { readonly kind: "none" } | { readonly kind: "mustNotExist" } | { readonly kind: "mustExist" } | { readonly kind: "etag"; readonly etag: string };

export type PutOutcome = { readonly ok: true; readonly resource: StoredResource; readonly created: boolean } | { readonly ok: false; readonly current: StoredResource | null };

export interface ListRequest {
  readonly type?: string;
  /** Exactly this parent, or any resource whose key starts with `keyPrefix`. */
  readonly parentKey?: ResourceKey;
  readonly keyPrefix?: string;
  /** Exactly this name, in lower case. */
  readonly nameKey?: string;
  /** Keyset: only keys after this one. */
  readonly afterKey?: ResourceKey;
  readonly limitMax: number;
}

export interface ResourceStore {
  get(key: ResourceKey, tx?: Transaction): Promise<StoredResource | null>;
  /** As `get`, and until the transaction ends nobody changes or removes it; many may hold one row at once. */
  hold(key: ResourceKey, tx: Transaction): Promise<StoredResource | null>;
  /** As `hold`, for one alone: waits for all who hold the row. */
  lock(key: ResourceKey, tx: Transaction): Promise<StoredResource | null>;
  /** As `get`, for making something in it: until the transaction ends nobody locks it out. Many may be in one at once, and who only changes it waits for none of them. */
  enter(key: ResourceKey, tx: Transaction): Promise<StoredResource | null>;
  /** As `lock`, once all who entered have ended; nobody enters before the transaction has. */
  lockOut(key: ResourceKey, tx: Transaction): Promise<StoredResource | null>;
  list(request: ListRequest, tx?: Transaction): Promise<readonly StoredResource[]>;
  /** Compare-and-set; the new etag is made by the store. */
  put(resource: Omit<StoredResource, "etag">, condition: PutCondition, tx?: Transaction): Promise<PutOutcome>;
  /** With the roles that hang on it. True when there was something to remove. */
  remove(key: ResourceKey, tx?: Transaction): Promise<boolean>;
}

export interface AuditRow {
  readonly atMs: number;
  readonly principal: string;
  readonly correlationId: string;
  readonly action: string;
  readonly resourceId: string;
  readonly beforeSha256: string | null;
  readonly afterSha256: string | null;
}

export interface OperationStore {
  insert(operation: Operation, tx: Transaction): Promise<void>;
  get(id: OperationId, tx?: Transaction): Promise<Operation | null>;
  /** Operations of a cluster that are not terminal, oldest first. */
  listOpen(cluster: ClusterKey, tx?: Transaction): Promise<readonly Operation[]>;
  list(cluster: ClusterKey, limitMax: number): Promise<readonly Operation[]>;
  update(
    id: OperationId,
    change: { status: OperationStatus; planId?: PlanId; error?: { code: string; message: string } | null; finishedAtMs?: number },
    tx: Transaction,
  ): Promise<void>;
  /** Drops what ended beyond the newest (rules/history.ts). Starting a plan does it for its cluster; operations without plans need it of their own. */
  dropEnded(cluster: ClusterKey, tx: Transaction): Promise<void>;
}

export interface PlanRecord {
  readonly plan: Plan;
  readonly report: PlanReport;
  readonly operationId: OperationId;
  readonly status: "Running" | "Succeeded" | "Failed" | "Canceled";
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
}

export interface PlanStore {
  /** Stores the plan, makes it the cluster's target when its parent is the current target (else PlanParentIsNotTarget),
   *  records its steps and enqueues those without predecessors: all in `tx`. */
  start(plan: Plan, report: PlanReport, operationId: OperationId, tx: Transaction): Promise<void>;
  /** Stops a running plan: what has not begun never begins, what has begun stops at its next call (the epoch is raised); the
   *  plan and its operations end `Canceled` with `reason`, all in `tx`. False when it does not run. The caller holds the cluster's lock. */
  cancel(id: PlanId, reason: StepFailure, tx: Transaction): Promise<boolean>;
  get(id: PlanId, tx?: Transaction): Promise<PlanRecord | null>;
  /** Without reading the plan itself. */
  status(id: PlanId, tx?: Transaction): Promise<PlanRecord["status"] | null>;
  target(cluster: ClusterKey, tx?: Transaction): Promise<PlanRecord | null>;
  /** Without reading the plan itself. */
  targetId(cluster: ClusterKey, tx?: Transaction): Promise<PlanId | null>;
  list(cluster: ClusterKey, limitMax: number): Promise<readonly PlanRecord[]>;
  stepStates(id: PlanId, tx?: Transaction): Promise<readonly PlanStepState[]>;
  /** Executor epoch now in force for the cluster, from 1. */
  epoch(cluster: ClusterKey, tx?: Transaction): Promise<number>;
  /** Raised when a dead executor's work is taken over; answers the new epoch. */
  raiseEpoch(cluster: ClusterKey, tx?: Transaction): Promise<number>;
}

/** What the executor alone does with a running plan's steps. */
export interface PlanStepStore {
  begin(plan: PlanId, step: StepId): Promise<{ readonly proceed: boolean; readonly attempts: number; readonly startedAtMs: number }>;
  note(plan: PlanId, step: StepId, note: { waitingOn: string | null; attempts: number; lastCause?: StepFailure }): Promise<void>;
  /** Marks done, enqueues successors that became ready, finishes the plan and its operation after the last step: one transaction. */
  complete(plan: PlanId, step: StepId): Promise<void>;
  /** Marks failed, cancels what has not begun, fails the plan and its operation: one transaction. */
  fail(plan: PlanId, step: StepId, error: StepFailure): Promise<void>;
  /** Ready or begun steps of running plans, for the sweeper. */
  listUnfinished(limitMax: number): Promise<readonly { readonly planId: PlanId; readonly stepId: StepId }[]>;
}

export interface HostStore {
  putHost(cluster: ClusterKey, host: SubstrateHost): Promise<void>;
  removeHost(cluster: ClusterKey, host: HostId): Promise<void>;
  listHosts(cluster: ClusterKey, tx?: Transaction): Promise<readonly { readonly host: SubstrateHost; readonly joinedAtMs: number | null; readonly report: HostReport | null; readonly reportedAtMs: number | null; readonly publishedGeneration: number }[]>;
  /** Stores the plan for the agent to fetch; refuses (StaleExecutor) a lower (executorEpoch, generation). Publishing the same again is a no-op. */
  publish(plan: HostPlan, executorEpoch: number): Promise<void>;
  /** Unrendered; the gateway fills the placeholders. */
  readPublished(cluster: ClusterKey, host: HostId): Promise<ServedHostPlan | null>;
  putReport(report: HostReport): Promise<void>;
  readReport(cluster: ClusterKey, host: HostId): Promise<HostReport | null>;
  /** Stores only the SHA-256 of the token. */
  issueJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string, expiresAtMs: number): Promise<void>;
  /** True once: a token is consumed by the host it was made for and by nobody else. `consumerSha256` (of the public key
   *  that joins) makes a lost answer harmless: the same consumer gets true again until the token expires. */
  consumeJoinToken(cluster: ClusterKey, host: HostId, tokenSha256: string, nowMs: number, consumerSha256: string): Promise<boolean>;
  markJoined(cluster: ClusterKey, host: HostId, certificateSha256: string): Promise<void>;
  isJoined(cluster: ClusterKey, host: HostId): Promise<boolean>;
  putRequest(request: HostRequest): Promise<void>;
  /** Oldest unanswered requests of the host, marked as handed out. */
  takeRequests(cluster: ClusterKey, host: HostId, limitMax: number): Promise<readonly HostRequest[]>;
  /** Ignored unless `answeredBy` is the host that was asked: one host may not answer for another. */
  answerRequest(id: string, response: HostResponse, answeredBy: { readonly clusterKey: ClusterKey; readonly hostId: HostId }): Promise<void>;
  readResponse(id: string): Promise<HostResponse | null>;
  /** Waits until something of the topic changed or the time is over; `host:<cluster>/<host>` for plans and requests, `report:<cluster>/<host>`, `request:<id>`, `cluster:<cluster>`. */
  waitForChange(topic: string, timeoutMsMax: number, signal?: AbortSignal): Promise<void>;
}

export interface VaultStore {
  ensureSecret(cluster: ClusterKey, name: string, create: () => string): Promise<string>;
  readSecret(cluster: ClusterKey, name: string): Promise<string | null>;
  putOutput(cluster: ClusterKey, name: string, value: string): Promise<void>;
  readOutput(cluster: ClusterKey, name: string): Promise<string | null>;
  /** Removes all secrets, outputs, host plans, reports, requests and hosts of the cluster, and what is known of its engine's objects. */
  forgetCluster(cluster: ClusterKey): Promise<void>;
}

export interface ObservationStore {
  putHealth(cluster: ClusterKey, health: EngineHealth | null): Promise<void>;
  readHealth(cluster: ClusterKey, tx?: Transaction): Promise<EngineHealth | null>;
  /** Both at once. */
  read(cluster: ClusterKey, tx?: Transaction): Promise<{ readonly health: EngineHealth | null; readonly endpoints: readonly PublishedEndpoint[] }>;
  putEndpoints(cluster: ClusterKey, endpoints: readonly PublishedEndpoint[]): Promise<void>;
  readEndpoints(cluster: ClusterKey, tx?: Transaction): Promise<readonly PublishedEndpoint[]>;
}

export interface MetricsStore {
  /** Kept unless a sample less than METRICS_APART_MS_MIN older or newer is there; drops what is METRICS_KEPT_MS older than this one. */
  put(cluster: ClusterKey, metrics: EngineMetrics): Promise<void>;
  /** Samples of `sinceMs` and later. */
  read(cluster: ClusterKey, sinceMs: number): Promise<KeptMetrics>;
}

/** A cluster's row with what is seen of it: all that showing one takes, read at once. */
export interface ClusterView {
  readonly row: StoredResource;
  readonly health: EngineHealth | null;
  readonly endpoints: readonly PublishedEndpoint[];
  readonly targetPlanId: PlanId | null;
}

export interface ClusterViewStore {
  get(key: ResourceKey): Promise<ClusterView | null>;
  /** As `resources.list`; rows that are no clusters come with nothing seen. */
  list(request: ListRequest): Promise<readonly ClusterView[]>;
}

/** Hears of a topic from the moment it was made, so that a change between a read and the wait after it is not missed. */
export interface ChangeWatch {
  /** Returns at once when something changed since the watch was made or last returned; else as `waitForChange`. */
  wait(timeoutMsMax: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

export interface ClusterLock {
  /** Nothing was ever recorded of it: neither its resource nor operations, plans, hosts or what was seen of it. */
  readonly isNew: boolean;
}

export interface RecordedChange {
  readonly resource: Omit<StoredResource, "etag">;
  readonly condition: Extract<PutCondition, { readonly kind: "mustNotExist" | "etag" }>;
  readonly audit: AuditRow;
  /** Null when there is nothing to deliver. */
  readonly operation: Operation | null;
  /** Whether planning it is queued for the executor (`PLANNING`); otherwise whoever is before it plans it at its end. */
  readonly isPlannedNext: boolean;
}

/** All concerns of one database. */
export interface Store {
  readonly resources: ResourceStore;
  readonly operations: OperationStore;
  readonly plans: PlanStore;
  readonly steps: PlanStepStore;
  readonly hosts: HostStore;
  readonly vault: VaultStore;
  readonly observations: ObservationStore;
  readonly metrics: MetricsStore;
  readonly principals: PrincipalStore;
  readonly deviceCodes: DeviceCodeStore;
  readonly portalSessions: PortalSessionStore;
  readonly gatewayUsers: GatewayUserStore;
  readonly nativeNames: NativeNameStore;
  readonly nativeOperations: NativeOperationStore;
  readonly clusterViews: ClusterViewStore;
  readonly audit: AuditStore;
  appendAudit(row: AuditRow, tx: Transaction): Promise<void>;
  /** For readers that must not lose time: watch, read, wait, read again, close. Topics as in `waitForChange`, `plan:<id>` for a plan's end, `access` for every write of a role, an assignment or a deny assignment. */
  watchChanges(topic: string): ChangeWatch;
  /** Hears of every topic, also `resource:<key>` for each resource that is written or removed; null: some may have been missed. Answers how to stop. */
  hearChanges(listener: (topic: string | null) => void): () => void;
  /** Serialises changes of one cluster: taken first in every transaction that plans or finishes a plan. */
  lockCluster(cluster: ClusterKey, tx: Transaction): Promise<ClusterLock>;
  /** A write of a cluster or of what is in it, with its audit row, its operation and the planning of it, as the last thing of its transaction: committed when this
   *  returns, and nothing may be asked in it any more. Where the condition does not hold the whole transaction is undone. The outcome is that of `resources.put`. */
  recordChange(change: RecordedChange, tx: Transaction): Promise<PutOutcome>;
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
