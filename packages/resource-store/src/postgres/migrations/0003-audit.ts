// Step 3: the sealed audit log. `sealed` is a mark for the sealer and no
// evidence: what is sealed is what the chain holds. Rows wait in a partial index that is empty at rest.

export const auditSql = `
alter table cynosure.audit add column sealed boolean not null default false;
create index audit_unsealed on cynosure.audit (seq) where not sealed;
create index audit_by_time on cynosure.audit using brin (at_ms) with (pages_per_range = 32);

create table cynosure.audit_chain (
  position bigint primary key check (position >= 1),
  seq bigint not null unique,
  at_ms bigint not null,
  row_sha256 text not null,
  previous_sha256 text not null,
  sha256 text not null
);

create table cynosure.audit_anchors (
  position bigint primary key check (position >= 1),
  installation_id text not null,
  sha256 text not null,
  count bigint not null,
  at_ms bigint not null,
  public_key text not null,
  signature text not null
);
`;
