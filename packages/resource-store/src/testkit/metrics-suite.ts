// What every store must hold of the metrics of clusters. Cases of the store suite.
import { expect, it } from "vitest";
import type { EngineMetrics, MetricsSample } from "@cynosure/model";
import { METRICS_APART_MS_MIN, METRICS_KEPT_MS } from "../rules/metrics-rules.ts";
import { testCluster } from "./samples.ts";
import type { GetStore } from "./store-suite.ts";

const sampleAt = (observedAtMs: number, usedBytes = 7e12): MetricsSample => ({ observedAtMs, readMBps: 12.5, writeMBps: 0.25, readOps: 200, writeOps: 3.5, usedBytes, rawBytes: 9e15 });
const byProtection: EngineMetrics["byProtection"] = [{ name: "data", kind: "bucket", protection: { scheme: "replication", hostFailures: 1 }, usedBytes: 5, usableBytes: 3e15 }];
const measured = (observedAtMs: number, usedBytes?: number): EngineMetrics => ({ ...sampleAt(observedAtMs, usedBytes), byProtection });

export function describeMetrics(get: GetStore): void {
  it("STO-80 samples come back oldest first from the time asked for, with the fill as it was seen last", async () => {
    const { store } = get();
    const { key } = testCluster("Measured");
    expect(await store.metrics.read(key, 0)).toEqual({ samples: [], fill: null });
    for (const atMs of [100_000, 120_000, 110_000]) await store.metrics.put(key, measured(atMs, atMs));
    await store.metrics.put(testCluster("Measured-else").key, measured(110_000));
    const { samples, fill } = await store.metrics.read(key, 110_000);
    expect(samples).toEqual([sampleAt(110_000, 110_000), sampleAt(120_000, 120_000)]);
    expect(fill).toMatchObject({ rawBytes: 9e15, byProtection });
  });

  it("STO-81 samples are kept apart, also between those who write at the same time, and no longer than the time kept", async () => {
    const { store, openAgain } = get();
    const { key } = testCluster("Bounded");
    const other = await openAgain();
    for (const atMs of [50_000, 50_000 + METRICS_APART_MS_MIN - 1, 50_000 + METRICS_APART_MS_MIN]) await Promise.all([store.metrics.put(key, measured(atMs)), other.metrics.put(key, measured(atMs))]);
    await other.close();
    expect((await store.metrics.read(key, 0)).samples.map((each) => each.observedAtMs)).toEqual([50_000, 50_000 + METRICS_APART_MS_MIN]);
    await store.metrics.put(key, measured(50_000 + METRICS_KEPT_MS));
    expect((await store.metrics.read(key, 0)).samples.map((each) => each.observedAtMs)).toEqual([50_000 + METRICS_APART_MS_MIN, 50_000 + METRICS_KEPT_MS]);
  });

  it("STO-83 latency is kept with the word for what was timed, and nothing is made up of what the engine does not time", async () => {
    const { store } = get();
    const { key } = testCluster("Timed");
    const told = [{ of: "request", readMs: 0.5, writeMs: 1.25 }, { of: "diskCommit", readMs: null, writeMs: 0 }] as const;
    for (const [index, latency] of told.entries()) await store.metrics.put(key, { ...measured((index + 1) * 100_000), latency });
    await store.metrics.put(key, measured(300_000));
    expect((await store.metrics.read(key, 0)).samples).toStrictEqual([{ ...sampleAt(100_000), latency: told[0] }, { ...sampleAt(200_000), latency: told[1] }, sampleAt(300_000)]);
  });

  it("STO-82 they go with the cluster", async () => {
    const { store } = get();
    const { key } = testCluster("Forgotten-metrics");
    await store.metrics.put(key, measured(1_000));
    await store.vault.forgetCluster(key);
    expect(await store.metrics.read(key, 0)).toEqual({ samples: [], fill: null });
  });
}
