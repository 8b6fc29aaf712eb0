// Step 6: what was measured of clusters: samples of the last hour, and the fill of their pools as it was seen last.
export const metricsSql = `
create table cynosure.metrics_samples (
  cluster_key text not null,
  at_ms bigint not null,
  read_mbps double precision not null,
  write_mbps double precision not null,
  read_ops double precision not null,
  write_ops double precision not null,
  used_bytes bigint not null,
  raw_bytes bigint not null,
  primary key (cluster_key, at_ms)
);

create table cynosure.metrics_fill (
  cluster_key text primary key,
  fill json not null
);
`;
