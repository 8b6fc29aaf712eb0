// Step 8: users of a cluster's native gateway. They go with their cluster (vault.forgetCluster).
export const gatewayUsersSql = `
create table cynosure.gateway_users (
  cluster_key text not null,
  name text collate "C" not null,
  principal_id text not null,
  secret_id text not null,
  secret_sha256 text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  primary key (cluster_key, name)
);
`;
