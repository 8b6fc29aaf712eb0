// What a simulated cluster would report of itself: a load that rises and falls slowly, carried by the hosts that
// are there, over pools that fill with it. A function of cluster, layout and time; no data is behind it.
import { capacityHeld, protectionOf, rawFactor, type EngineMetrics, type PoolFill, type PoolLayout } from "@cynosure/model";
import type { EngineCall } from "@cynosure/engine";
import { runningDaemons, type SimulatedCluster } from "./world-state.ts";

const BYTES_PER_MB = 1_000_000;
/** What one host carries at the height of the load. */
const HOST_MBPS_MAX = 400;
const READ_SHARE = 0.7;
const OPERATION_BYTES = 64 * 1024;
/** An idle cluster answers in so long; at the height of the load in so many times that. */
const IDLE_MS = { read: 0.4, write: 0.9 };
const BUSY_FACTOR_MAX = 4;
const LOAD_PERIOD_MS = 240_000;
/** A pool is this full at most, and fills within this time again and again. */
const FILL_SHARE_MAX = 0.6;
const FILL_PERIOD_MS = 7_200_000;

/** From 0 to 1 and back, beginning at a point of the cluster's own. */
function wave(of: string, nowMs: number, periodMs: number): number {
  const start = [...of].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7) / 2 ** 32;
  return (1 - Math.cos(2 * Math.PI * (start + nowMs / periodMs))) / 2;
}

function contentOf(name: string): PoolFill["kind"] | null {
  if (name.startsWith("fs.")) return "fileSystem";
  return name.startsWith("bucket.") ? "bucket" : null;
}

interface FillInput {
  readonly call: EngineCall;
  readonly pools: readonly PoolLayout[];
  readonly rawBytes: number;
  readonly nowMs: number;
}

/** Every pool of user data may hold its equal part of the disks, a file system what it may hold at most. */
function fillOf({ call, pools, rawBytes, nowMs }: FillInput): PoolFill[] {
  const holding = pools.flatMap((pool) => {
    const kind = contentOf(pool.name);
    return kind === null ? [] : [{ pool, kind }];
  });
  return holding.map(({ pool, kind }): PoolFill => {
    const fileSystem = call.policy.fileSystems.find(({ name }) => pool.name === `fs.${name}`);
    const heldBytes = fileSystem === undefined ? Infinity : capacityHeld(call.policy, fileSystem);
    const usableBytes = Math.floor(Math.min(heldBytes, rawBytes / holding.length / rawFactor(pool.scheme)));
    return { name: pool.name, kind, protection: protectionOf(pool.scheme), usableBytes, usedBytes: Math.floor(usableBytes * FILL_SHARE_MAX * wave(`${call.clusterKey} ${pool.name}`, nowMs, FILL_PERIOD_MS)) };
  });
}

export function modelledMetrics(call: EngineCall, state: Readonly<SimulatedCluster>, nowMs: number): EngineMetrics {
  const rawBytes = Object.values(state.hosts).reduce((sum, { host }) => sum + host.diskPaths.length * host.diskSizeBytes, 0);
  const pools = call.layout.pools.filter((pool) => state.engine.pools.some((known) => known.name === pool.name));
  const byProtection = fillOf({ call, pools, rawBytes, nowMs });
  const serving = new Set(runningDaemons(state).filter((daemon) => daemon.kind === "osd").map((daemon) => daemon.hostId)).size;
  const load = byProtection.length === 0 || serving === 0 ? 0 : wave(call.clusterKey, nowMs, LOAD_PERIOD_MS);
  const loadMBps = serving * HOST_MBPS_MAX * load;
  const busy = 1 + (BUSY_FACTOR_MAX - 1) * load ** 2;
  const [readMBps, writeMBps] = [loadMBps * READ_SHARE, loadMBps * (1 - READ_SHARE)];
  const rawOf = (fill: PoolFill): number => fill.usedBytes * rawFactor(pools.find((pool) => pool.name === fill.name)?.scheme ?? { kind: "replication", copies: 1, copiesMin: 1 });
  return {
    observedAtMs: nowMs,
    readMBps,
    writeMBps,
    readOps: Math.round((readMBps * BYTES_PER_MB) / OPERATION_BYTES),
    writeOps: Math.round((writeMBps * BYTES_PER_MB) / OPERATION_BYTES),
    usedBytes: Math.floor(byProtection.reduce((sum, fill) => sum + rawOf(fill), 0)),
    rawBytes,
    latency: { of: "request", readMs: IDLE_MS.read * busy, writeMs: IDLE_MS.write * busy },
    byProtection,
  };
}
