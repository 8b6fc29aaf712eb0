// The cluster's own account of what it carries: rates, latency and drives from its object, fill of each view from the quota of
// a file system and from the capacity report of a bucket.
import type { EngineCall } from "@cynosure/engine";
import { protectionOf, type EngineMetrics, type PoolFill } from "@cynosure/model";
import { bucketPath, bucketPool, fileSystemPath, fileSystemPool } from "../layout/names.ts";
import { readCluster } from "./cluster-row.ts";
import { asRow, idOf, numberOf, textOf, type Row } from "./rows.ts";
import type { Vms } from "./vms.ts";

/** Directory to bytes its users have written; the report's columns are named in its `keys`. */
export function logicalByPath(report: Row): ReadonlyMap<string, number> {
  const keys = Array.isArray(report["keys"]) ? report["keys"].map(String) : [];
  const column = keys.indexOf("logical");
  const details = Array.isArray(report["details"]) ? report["details"] : [];
  return new Map(
    details.flatMap((entry: unknown): [string, number][] => {
      if (!Array.isArray(entry)) return [];
      const { data } = asRow(entry[1]);
      return [[String(entry[0]), Array.isArray(data) ? Number(data[column] ?? 0) || 0 : 0]];
    }),
  );
}

interface Fill {
  readonly usedBytes: number;
  /** Beyond that nothing is taken; null where the store's end is the only one. */
  readonly limitBytes: number | null;
}

function fillOf({ layout, policy }: EngineCall, fills: ReadonlyMap<string, Fill>, store: { readonly freeBytes: number; readonly usableBytes: number }): PoolFill[] {
  const wanted = [
    ...policy.fileSystems.map(({ name }) => ({ pool: fileSystemPool(name), kind: "fileSystem" as const, path: fileSystemPath(name) })),
    ...policy.buckets.map(({ name }) => ({ pool: bucketPool(name), kind: "bucket" as const, path: bucketPath(name) })),
  ];
  return wanted.flatMap(({ pool, kind, path }): PoolFill[] => {
    const laidOut = layout.pools.find(({ name }) => name === pool);
    if (laidOut === undefined) return [];
    const { usedBytes, limitBytes } = fills.get(path) ?? { usedBytes: 0, limitBytes: null };
    const usableBytes = Math.max(usedBytes, Math.min(limitBytes ?? Infinity, usedBytes + store.freeBytes, store.usableBytes));
    return [{ name: pool, kind, protection: protectionOf(laidOut.scheme), usedBytes, usableBytes }];
  });
}

/** Null before there is a cluster. */
export async function readMetrics(call: EngineCall, vms: Vms, nowMs: number): Promise<EngineMetrics | null> {
  const listed = await readCluster(vms);
  if (listed === null) return null;
  const [cluster, quotas, capacity] = await Promise.all([vms.get(`/clusters/${idOf(listed)}/`), vms.list("/quotas/"), vms.get("/capacity/")]);
  const fills = new Map<string, Fill>([...logicalByPath(capacity)].map(([path, usedBytes]) => [path, { usedBytes, limitBytes: null }]));
  for (const quota of quotas) fills.set(textOf(quota, "path"), { usedBytes: numberOf(quota, "used_capacity"), limitBytes: numberOf(quota, "hard_limit") || null });
  const rawBytes = numberOf(cluster, "physical_space");
  const [readMs, writeMs] = [numberOf(cluster, "rd_latency_ms"), numberOf(cluster, "wr_latency_ms")];
  return {
    observedAtMs: nowMs,
    readMBps: numberOf(cluster, "rd_bw_mb"),
    writeMBps: numberOf(cluster, "wr_bw_mb"),
    readOps: numberOf(cluster, "rd_iops"),
    writeOps: numberOf(cluster, "wr_iops"),
    usedBytes: Math.min(rawBytes, Math.round(numberOf(cluster, "physical_space_in_use"))),
    rawBytes,
    latency: { of: "request", readMs, writeMs },
    byProtection: fillOf(call, fills, { freeBytes: numberOf(cluster, "free_usable_capacity"), usableBytes: Math.min(rawBytes, numberOf(cluster, "usable_capacity_bytes")) }),
  };
}
