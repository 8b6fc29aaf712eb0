// Ceph's own account of what it carries: rates and fill of the disks from `status`, fill of each pool of user data
// from `df`. Both of one look, so that they belong together; what Ceph leaves out is zero, as it means it. Latency is
// the commit latency of the OSDs (`osd perf`, which its managers answer): Ceph tells no other to those who ask it here.
import type { EngineCall } from "@cynosure/engine";
import { protectionOf, type EngineLatency, type EngineMetrics, type PoolFill, type PoolLayout } from "@cynosure/model";
import { contentOfPool } from "../layout/pools.ts";
import { monCommands, parseJson } from "./cluster-link.ts";
import { array, count, lookAtQuorum, object } from "./cluster-status.ts";

const BYTES_PER_MB = 1_000_000;
const NS_PER_MS = 1_000_000;

/** `max_avail` is room for user data under the pool's copies or coding. */
function fillOf(pools: readonly PoolLayout[], seen: unknown): PoolFill[] {
  const stats = new Map(array(object(seen)["pools"]).map((pool) => [String(object(pool)["name"]), object(object(pool)["stats"])]));
  return pools.flatMap(({ name, scheme }): PoolFill[] => {
    const kind = contentOfPool(name);
    const pool = stats.get(name);
    if (kind === null || pool === undefined) return [];
    const usedBytes = count(pool["stored"]);
    return [{ name, kind, protection: protectionOf(scheme), usedBytes, usableBytes: usedBytes + count(pool["max_avail"]) }];
  });
}

/** Mean over the OSDs that tell; nothing of reads, and nothing without a manager. */
async function latencyOf(call: EngineCall, status: unknown): Promise<EngineLatency | null> {
  if (object(object(status)["mgrmap"])["available"] !== true) return null;
  const commands = [{ target: "mgr", command: { prefix: "osd perf", format: "json" } }, { command: { prefix: "status", format: "json" } }] as const;
  const answer = await monCommands(call, commands, lookAtQuorum(call));
  const [perf] = answer.ok ? answer.value : [];
  if (perf?.rc !== 0) return null;
  const infos = array(object(object(parseJson(perf.out))["osdstats"])["osd_perf_infos"]);
  const each = infos.map((osd) => object(object(osd)["perf_stats"])["commit_latency_ns"]).filter((ns): ns is number => typeof ns === "number");
  if (each.length === 0) return null;
  return { of: "diskCommit", readMs: null, writeMs: each.reduce((sum, ns) => sum + ns, 0) / each.length / NS_PER_MS };
}

export async function readMetrics(call: EngineCall): Promise<EngineMetrics | null> {
  const commands = [{ command: { prefix: "df", format: "json" } }, { command: { prefix: "status", format: "json" } }];
  const answer = await monCommands(call, commands, lookAtQuorum(call));
  const [df, status] = answer.ok ? answer.value : [];
  if (df?.rc !== 0 || status?.rc !== 0) return null;
  const seen = parseJson(status.out);
  const pgmap = object(object(seen)["pgmap"]);
  const latency = await latencyOf(call, seen);
  return {
    observedAtMs: Date.now(),
    readMBps: count(pgmap["read_bytes_sec"]) / BYTES_PER_MB,
    writeMBps: count(pgmap["write_bytes_sec"]) / BYTES_PER_MB,
    readOps: count(pgmap["read_op_per_sec"]),
    writeOps: count(pgmap["write_op_per_sec"]),
    usedBytes: count(pgmap["bytes_used"]),
    rawBytes: count(pgmap["bytes_total"]),
    ...(latency === null ? {} : { latency }),
    byProtection: fillOf(call.layout.pools, parseJson(df.out)),
  };
}
