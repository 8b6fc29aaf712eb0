// What was measured of clusters. A put is one statement: it drops what is too old, and adds the sample unless one
// is near it already, so that the rows of a cluster are bounded whoever writes how often.
import type { ClusterFill, ClusterKey, EngineLatency, EngineMetrics, KeptMetrics, MetricsSample } from "@cynosure/model";
import type { MetricsStore } from "../port.ts";
import { METRICS_APART_MS_MIN, METRICS_KEPT_MS } from "../rules/metrics-rules.ts";
import { type Database, statement } from "./database.ts";

interface SampleRow {
  readonly at_ms: string;
  readonly read_mbps: number;
  readonly write_mbps: number;
  readonly read_ops: number;
  readonly write_ops: number;
  readonly used_bytes: string;
  readonly raw_bytes: string;
  readonly latency_of: EngineLatency["of"] | null;
  readonly read_latency_ms: number | null;
  readonly write_latency_ms: number | null;
}

const COLUMNS = "at_ms, read_mbps, write_mbps, read_ops, write_ops, used_bytes, raw_bytes, latency_of, read_latency_ms, write_latency_ms";

const putSql = statement(
  "metrics.put",
  `with old as (delete from cynosure.metrics_samples where cluster_key = $1 and at_ms <= $2::bigint - ${METRICS_KEPT_MS}),
     fill as (insert into cynosure.metrics_fill (cluster_key, fill) values ($1, $12) on conflict (cluster_key) do update set fill = excluded.fill)
   insert into cynosure.metrics_samples (cluster_key, ${COLUMNS})
   select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
   where not exists (select from cynosure.metrics_samples where cluster_key = $1 and at_ms > $2::bigint - ${METRICS_APART_MS_MIN} and at_ms < $2::bigint + ${METRICS_APART_MS_MIN})
   on conflict (cluster_key, at_ms) do nothing`,
);
const samplesSql = statement("metrics.samples", `select ${COLUMNS} from cynosure.metrics_samples where cluster_key = $1 and at_ms >= $2 order by at_ms`);
const fillSql = statement("metrics.fill", "select fill from cynosure.metrics_fill where cluster_key = $1");

const toSample = (row: SampleRow): MetricsSample => ({
  observedAtMs: Number(row.at_ms),
  readMBps: row.read_mbps,
  writeMBps: row.write_mbps,
  readOps: row.read_ops,
  writeOps: row.write_ops,
  usedBytes: Number(row.used_bytes),
  rawBytes: Number(row.raw_bytes),
  ...(row.latency_of === null ? {} : { latency: { of: row.latency_of, readMs: row.read_latency_ms, writeMs: row.write_latency_ms } }),
});

export class PostgresMetrics implements MetricsStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(cluster: ClusterKey, { observedAtMs, readMBps, writeMBps, readOps, writeOps, usedBytes, rawBytes, latency, byProtection }: EngineMetrics): Promise<void> {
    await this.#database.run(putSql, [cluster, observedAtMs, readMBps, writeMBps, readOps, writeOps, usedBytes, rawBytes, latency?.of ?? null, latency?.readMs ?? null, latency?.writeMs ?? null, JSON.stringify({ usedBytes, rawBytes, byProtection })]);
  }

  async read(cluster: ClusterKey, sinceMs: number): Promise<KeptMetrics> {
    const [samples, [row]] = await Promise.all([
      this.#database.query<SampleRow>(samplesSql, [cluster, sinceMs]),
      this.#database.query<{ fill: ClusterFill }>(fillSql, [cluster]),
    ]);
    return { samples: samples.map(toSample), fill: row?.fill ?? null };
  }
}
