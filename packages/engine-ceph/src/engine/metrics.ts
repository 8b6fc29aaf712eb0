// Ceph's own account of what it carries: rates and fill of the disks from `status`, fill of each pool of user data
// from `df`. Both of one look, so that they belong together; what Ceph leaves out is zero, as it means it.
import type { EngineCall } from "@cynosure/engine";
import { protectionOf, type EngineMetrics, type PoolFill, type PoolLayout } from "@cynosure/model";
import { contentOfPool } from "../layout/pools.ts";
import { monCommands, parseJson } from "./cluster-link.ts";
import { array, count, lookAtQuorum, object } from "./cluster-status.ts";

const BYTES_PER_MB = 1_000_000;

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

export async function readMetrics(call: EngineCall): Promise<EngineMetrics | null> {
  const commands = [{ command: { prefix: "df", format: "json" } }, { command: { prefix: "status", format: "json" } }];
  const answer = await monCommands(call, commands, lookAtQuorum(call));
  const [df, status] = answer.ok ? answer.value : [];
  if (df?.rc !== 0 || status?.rc !== 0) return null;
  const pgmap = object(object(parseJson(status.out))["pgmap"]);
  return {
    observedAtMs: Date.now(),
    readMBps: count(pgmap["read_bytes_sec"]) / BYTES_PER_MB,
    writeMBps: count(pgmap["write_bytes_sec"]) / BYTES_PER_MB,
    readOps: count(pgmap["read_op_per_sec"]),
    writeOps: count(pgmap["write_op_per_sec"]),
    usedBytes: count(pgmap["bytes_used"]),
    rawBytes: count(pgmap["bytes_total"]),
    byProtection: fillOf(call.layout.pools, parseJson(df.out)),
  };
}
