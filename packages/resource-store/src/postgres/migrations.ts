// The schema of the resource store as numbered steps, applied once each under an advisory lock when a
// store opens. A step that has been released is never edited: a change is a new step (docs/rfd/0002).
// Documents are `json`, not `jsonb`: they are never queried inside and must come back as they were given.
import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { identitySql } from "./migrations/0002-identity.ts";
import { auditSql } from "./migrations/0003-audit.ts";
import { clusterLockSql } from "./migrations/0004-cluster-lock.ts";
import { portalSql } from "./migrations/0005-portal.ts";
import { metricsSql } from "./migrations/0006-metrics.ts";
import { gatewayUsersSql } from "./migrations/0008-gateway-users.ts";
import { latencyAndCallersSql } from "./migrations/0010-latency-and-callers.ts";
import { operationsByPlanSql } from "./migrations/0011-operations-by-plan.ts";
import { nativeNamesSql } from "./migrations/0012-native-names.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Any number that no other program on the database uses; serialises concurrent control planes. */
const MIGRATION_LOCK = 7_306_482_115_001;

const initial = `
create table cynosure.resources (
  key text collate "C" primary key,
  id text not null,
  type text not null,
  name text not null,
  parent_key text collate "C" not null,
  subscription_id text not null,
  location text,
  tags json not null,
  properties json not null,
  system_data json not null,
  provisioning_state text not null,
  etag text not null
);
create index resources_by_type_parent on cynosure.resources (type, parent_key, key);
create index resources_by_parent on cynosure.resources (parent_key, key);

create table cynosure.operations (
  id text primary key,
  seq bigserial not null,
  kind text not null,
  resource_key text not null,
  resource_id text not null,
  cluster_key text not null,
  location text not null,
  plan_id text,
  status text not null,
  started_at_ms bigint not null,
  finished_at_ms bigint,
  error json
);
create index operations_by_cluster on cynosure.operations (cluster_key, seq);
create index operations_open on cynosure.operations (cluster_key, seq) where finished_at_ms is null;
create index operations_by_plan on cynosure.operations (plan_id);

create table cynosure.cluster_states (
  cluster_key text primary key,
  target_plan_id text,
  epoch integer not null default 1
);

create table cynosure.plans (
  id text primary key,
  seq bigserial not null,
  cluster_key text not null,
  parent_id text,
  generation integer not null,
  operation_id text not null,
  plan json not null,
  report json not null,
  status text not null,
  started_at_ms bigint not null,
  finished_at_ms bigint
);
create index plans_by_cluster on cynosure.plans (cluster_key, seq);
create index plans_running on cynosure.plans (seq) where status = 'Running';

create table cynosure.plan_steps (
  plan_id text not null,
  step_id text not null,
  ordinal integer not null,
  title text not null,
  depends_on text[] not null,
  remaining integer not null,
  expected_ms double precision not null,
  status text not null,
  attempts integer not null default 0,
  waiting_on text,
  last_cause json,
  started_at_ms bigint,
  finished_at_ms bigint,
  error json,
  primary key (plan_id, step_id)
) with (fillfactor = 70);

create table cynosure.hosts (
  cluster_key text not null,
  host_id text not null,
  host json,
  joined_at_ms bigint,
  certificate_sha256 text,
  primary key (cluster_key, host_id)
);

create table cynosure.join_tokens (
  token_sha256 text primary key,
  cluster_key text not null,
  host_id text not null,
  expires_at_ms bigint not null,
  consumed_at_ms bigint,
  consumer_sha256 text
);
create index join_tokens_by_host on cynosure.join_tokens (cluster_key, host_id);

create table cynosure.host_plans (
  cluster_key text not null,
  host_id text not null,
  executor_epoch integer not null,
  generation integer not null,
  plan json not null,
  primary key (cluster_key, host_id)
);

create table cynosure.host_reports (
  cluster_key text not null,
  host_id text not null,
  report json not null,
  reported_at_ms bigint not null,
  primary key (cluster_key, host_id)
) with (fillfactor = 50);

create table cynosure.host_requests (
  id text primary key,
  seq bigserial not null,
  cluster_key text not null,
  host_id text not null,
  executor_epoch integer not null,
  kind text not null,
  key_id text not null,
  payload bytea not null,
  timeout_ms_max integer not null,
  created_at_ms bigint not null,
  taken_at_ms bigint,
  answered_at_ms bigint,
  response bytea
);
create index host_requests_open on cynosure.host_requests (cluster_key, host_id, seq) where answered_at_ms is null;
create index host_requests_by_age on cynosure.host_requests (created_at_ms);

create table cynosure.secrets (
  cluster_key text not null,
  name text not null,
  key_id text not null,
  sealed bytea not null,
  primary key (cluster_key, name)
);

create table cynosure.outputs (
  cluster_key text not null,
  name text not null,
  value text not null,
  primary key (cluster_key, name)
);

create table cynosure.observations (
  cluster_key text primary key,
  health json,
  endpoints json not null default '[]'
);

create table cynosure.audit (
  seq bigserial primary key,
  at_ms bigint not null,
  principal text not null,
  correlation_id text not null,
  action text not null,
  resource_id text not null,
  before_sha256 text,
  after_sha256 text
);
create index audit_by_resource on cynosure.audit (resource_id, seq);
`;

export const migrations: readonly Migration[] = [
  { version: 1, name: "initial", sql: initial },
  { version: 2, name: "identity", sql: identitySql },
  { version: 3, name: "audit", sql: auditSql },
  { version: 4, name: "cluster lock", sql: clusterLockSql },
  { version: 5, name: "portal", sql: portalSql },
  { version: 6, name: "metrics", sql: metricsSql },
  { version: 8, name: "gateway-users", sql: gatewayUsersSql },
  { version: 10, name: "latency-and-callers", sql: latencyAndCallersSql },
  { version: 11, name: "operations-by-plan", sql: operationsByPlanSql },
  { version: 12, name: "native-names", sql: nativeNamesSql },
];

const digest = (migration: Migration): string => createHash("sha256").update(migration.sql).digest("hex");

async function applyMissing(client: PoolClient, steps: readonly Migration[]): Promise<void> {
  await client.query("create schema if not exists cynosure");
  await client.query(
    "create table if not exists cynosure.migrations (version integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())",
  );
  const { rows } = await client.query<{ version: number; sha256: string }>("select version, sha256 from cynosure.migrations order by version");
  const applied = new Map(rows.map((row) => [row.version, row.sha256]));
  const newest = Math.max(0, ...applied.keys());
  const known = Math.max(0, ...steps.map((step) => step.version));
  if (newest > known) {
    throw new Error(`The database has schema version ${newest}, this control plane knows ${known}: run the newer release that wrote it.`);
  }
  for (const step of steps) {
    const recorded = applied.get(step.version);
    if (recorded === undefined) {
      await client.query(step.sql);
      await client.query("insert into cynosure.migrations (version, name, sha256) values ($1, $2, $3)", [step.version, step.name, digest(step)]);
    } else if (recorded !== digest(step)) {
      throw new Error(`Schema version ${step.version} (${step.name}) in the database differs from this release's: restore the release that wrote it.`);
    }
  }
}

/** Brings the schema up to date; concurrent callers wait for each other, and a failure leaves nothing half applied. */
export async function migrate(pool: Pool, steps: readonly Migration[] = migrations): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await applyMissing(client, steps);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
