// The tables of the memory database: the same as PostgreSQL's, without what only a disk needs. Documents are
// kept as JSON would bring them back, and frozen: whoever changes what the store gave out is found out.
import type {
  ClusterKey,
  EngineHealth,
  HostId,
  HostPlan,
  HostReport,
  HostRequest,
  HostResponse,
  KeptMetrics,
  Operation,
  PlanId,
  PlanStepStatus,
  PublishedEndpoint,
  StepFailure,
  StepId,
  SubstrateHost,
} from "@cynosure/model";
import type { AuditAnchorRow, AuditChainEntry } from "../../audit-port.ts";
import type { StoredGatewayUser } from "../../gateway-user-port.ts";
import type { NativeNameScope, StoredNativeName, StoredNativeOperation } from "../../native-name-port.ts";
import type { AuditRow, PlanRecord, StoredResource } from "../../port.ts";
import type { DeviceCodeState, PendingDeviceCode, StoredPrincipal } from "../../principal-port.ts";
import type { PortalCode, PortalSession } from "../../portal-port.ts";
import { Table } from "./table.ts";

export interface ClusterRow {
  readonly clusterKey: ClusterKey;
  readonly targetPlanId: PlanId | null;
  readonly epoch: number;
}

export interface StepRow {
  readonly planId: PlanId;
  readonly stepId: StepId;
  readonly ordinal: number;
  readonly title: string;
  readonly dependsOn: readonly StepId[];
  readonly remaining: number;
  readonly expectedMs: number;
  readonly status: PlanStepStatus;
  readonly attempts: number;
  readonly waitingOn: string | null;
  readonly lastCause: StepFailure | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly error: StepFailure | null;
}

export interface HostRow {
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
  readonly host: SubstrateHost | null;
  readonly joinedAtMs: number | null;
}

export interface TokenRow {
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
  readonly tokenSha256: string;
  readonly expiresAtMs: number;
  readonly isSpent: boolean;
  readonly consumerSha256: string | null;
}

export interface RequestRow {
  readonly seq: number;
  readonly request: HostRequest;
  readonly createdAtMs: number;
  readonly isTaken: boolean;
  readonly response: HostResponse | null;
}

export interface QueuedStep {
  readonly seq: number;
  readonly planId: PlanId;
  readonly stepId: StepId;
  readonly status: "enqueued" | "claimed" | "ended";
  /** Who has claimed it; null while enqueued. */
  readonly executorId: string | null;
}

export interface AuditTableRow {
  readonly seq: number;
  readonly row: AuditRow;
  /** Place in the chain; null while it is not sealed. */
  readonly position: number | null;
}

export interface DeviceCodeRow extends PendingDeviceCode {
  readonly polledAtMs: number | null;
  readonly attempts: number;
  readonly state: Exclude<DeviceCodeState, "expired">;
  readonly objectId: string | null;
}

export type NativeNameRow = NativeNameScope & StoredNativeName;

type OfHost<Row> = Row & { readonly clusterKey: ClusterKey; readonly hostId: HostId };
type OfCluster<Row> = Row & { readonly clusterKey: ClusterKey };

export const hostKey = (cluster: ClusterKey, host: HostId): string => `${cluster}\n${host}`;
export const stepKey = (plan: PlanId, step: StepId): string => `${plan}\n${step}`;
export const nameKey = (cluster: ClusterKey, name: string): string => `${cluster}\n${name}`;
export const nativeNameKey = ({ cluster, armType, parents, name }: NativeNameScope & { readonly name: string }): string => [cluster, armType, parents, name.toLowerCase()].join("\n");

const ofHost = <Row>(): Table<OfHost<Row>> => new Table({ keyOf: (row) => hostKey(row.clusterKey, row.hostId), groupOf: (row) => row.clusterKey });
const named = <Row extends { readonly name: string }>(): Table<OfCluster<Row>> => new Table({ keyOf: (row) => nameKey(row.clusterKey, row.name), groupOf: (row) => row.clusterKey });

export const createTables = () => ({
  resources: new Table<StoredResource>({ keyOf: (row) => row.key, groupOf: () => "" }),
  operations: new Table<{ readonly seq: number; readonly operation: Operation }>({ keyOf: (row) => row.operation.id, groupOf: (row) => row.operation.clusterKey }),
  clusters: new Table<ClusterRow>({ keyOf: (row) => row.clusterKey, groupOf: (row) => row.clusterKey }),
  plans: new Table<{ readonly seq: number; readonly record: PlanRecord }>({ keyOf: (row) => row.record.plan.id, groupOf: (row) => row.record.plan.clusterKey }),
  steps: new Table<StepRow>({ keyOf: (row) => stepKey(row.planId, row.stepId), groupOf: (row) => row.planId }),
  hosts: ofHost<HostRow>(),
  tokens: new Table<TokenRow>({ keyOf: (row) => row.tokenSha256, groupOf: (row) => row.clusterKey }),
  hostPlans: ofHost<{ readonly executorEpoch: number; readonly plan: HostPlan }>(),
  reports: ofHost<{ readonly report: HostReport; readonly reportedAtMs: number }>(),
  requests: new Table<RequestRow>({ keyOf: (row) => row.request.id, groupOf: (row) => row.request.clusterKey }),
  secrets: named<{ readonly name: string; readonly value: string }>(),
  outputs: named<{ readonly name: string; readonly value: string }>(),
  observations: new Table<OfCluster<{ readonly health: EngineHealth | null; readonly endpoints: readonly PublishedEndpoint[] }>>({ keyOf: (row) => row.clusterKey, groupOf: (row) => row.clusterKey }),
  metrics: new Table<OfCluster<KeptMetrics>>({ keyOf: (row) => row.clusterKey, groupOf: (row) => row.clusterKey }),
  principals: new Table<StoredPrincipal>({ keyOf: (row) => row.name, groupOf: () => "" }),
  deviceCodes: new Table<DeviceCodeRow>({ keyOf: (row) => row.deviceCodeSha256, groupOf: () => "" }),
  portalCodes: new Table<PortalCode & { readonly seq: number }>({ keyOf: (row) => row.codeSha256, groupOf: () => "" }),
  portalSessions: new Table<PortalSession & { readonly seq: number }>({ keyOf: (row) => row.sessionSha256, groupOf: () => "" }),
  gatewayUsers: new Table<StoredGatewayUser>({ keyOf: (row) => nameKey(row.clusterKey, row.name), groupOf: (row) => row.clusterKey }),
  nativeNames: new Table<NativeNameRow>({ keyOf: nativeNameKey, groupOf: (row) => row.cluster }),
  nativeOperations: new Table<StoredNativeOperation>({ keyOf: (row) => row.id, groupOf: (row) => row.cluster }),
  audit: new Table<AuditTableRow>({ keyOf: ({ seq }) => String(seq), groupOf: () => "" }),
  auditChain: new Table<AuditChainEntry>({ keyOf: ({ position }) => String(position), groupOf: () => "" }),
  auditAnchors: new Table<AuditAnchorRow>({ keyOf: ({ position }) => String(position), groupOf: () => "" }),
  queue: new Table<QueuedStep>({ keyOf: (row) => stepKey(row.planId, row.stepId), groupOf: () => "" }),
});

export type Tables = ReturnType<typeof createTables>;

/** The value as a JSON column would give it back: a copy, without what JSON cannot hold. */
export function frozenJson<T>(value: T): T {
  return freeze(JSON.parse(JSON.stringify(value)) as T); // JSON of a document has the document's shape
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
