// Step 12: names that ARM gives to objects of an engine's own API, and writes that an engine goes on with by itself.
// Both go with their cluster (vault.forgetCluster).
export const nativeNamesSql = `
create table cynosure.native_names (
  cluster_key text collate "C" not null,
  arm_type text collate "C" not null,
  parents text collate "C" not null,
  name_key text collate "C" not null,
  name text not null,
  native_id text collate "C" not null,
  guid text,
  primary key (cluster_key, arm_type, parents, name_key),
  unique (cluster_key, arm_type, parents, native_id)
);

create table cynosure.native_operations (
  id text primary key,
  cluster_key text collate "C" not null,
  location text not null,
  resource_id text not null,
  kind text not null,
  task_ids json not null,
  name json,
  started_at_ms bigint not null,
  finished_at_ms bigint,
  status text not null,
  error json,
  warnings json not null
);
create index native_operations_by_cluster on cynosure.native_operations (cluster_key);
create index native_operations_by_start on cynosure.native_operations (started_at_ms);
create index native_operations_by_end on cynosure.native_operations (finished_at_ms) where finished_at_ms is not null;
`;
