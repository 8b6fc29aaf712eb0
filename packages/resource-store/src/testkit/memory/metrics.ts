// What was measured of clusters, in the memory store. For tests only.
import type { ClusterKey, EngineMetrics, KeptMetrics } from "@cynosure/model";
import type { MetricsStore } from "../../port.ts";
import { METRICS_APART_MS_MIN, METRICS_KEPT_MS } from "../../rules/metrics-rules.ts";
import type { Connection } from "./connection.ts";
import { frozenJson } from "./rows.ts";

export class MemoryMetrics implements MetricsStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  put(cluster: ClusterKey, { byProtection, ...sample }: EngineMetrics): Promise<void> {
    const { metrics } = this.#connection.database.tables;
    return this.#connection.write(undefined, (tx) => {
      const { observedAtMs } = sample;
      const kept = (metrics.get(cluster, tx)?.samples ?? []).filter((each) => each.observedAtMs > observedAtMs - METRICS_KEPT_MS);
      const isNear = kept.some((each) => Math.abs(each.observedAtMs - observedAtMs) < METRICS_APART_MS_MIN);
      const samples = (isNear ? kept : [...kept, sample]).toSorted((a, b) => a.observedAtMs - b.observedAtMs);
      metrics.put({ clusterKey: cluster, samples: frozenJson(samples), fill: frozenJson({ usedBytes: sample.usedBytes, rawBytes: sample.rawBytes, byProtection }) }, tx);
    });
  }

  read(cluster: ClusterKey, sinceMs: number): Promise<KeptMetrics> {
    return this.#connection.read(undefined, () => {
      const row = this.#connection.database.tables.metrics.get(cluster);
      return { samples: row?.samples.filter((each) => each.observedAtMs >= sinceMs) ?? [], fill: row?.fill ?? null };
    });
  }
}
