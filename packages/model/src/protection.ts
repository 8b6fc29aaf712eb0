// How many copies or chunks a protection wish needs, on any engine that places one copy per host.
//
// With f hosts down every write must still land on two hosts, so a further loss while degraded does not
// take an acknowledged write with it: replication needs f + 2 copies and accepts writes with 2; erasure
// coding k + m needs m = f + 1 coding chunks and accepts writes with k + 1.
import type { ProtectionPolicy } from "./policy.ts";
import type { PoolLayout } from "./engine-layout.ts";

/** Data chunks we use at most: wider stripes cost metadata rate and rebuild breadth for little capacity. */
const DATA_CHUNKS_MAX = 4;
const DATA_CHUNKS_MIN = 2;

export type SchemeChoice = { readonly ok: true; readonly scheme: PoolLayout["scheme"] } | { readonly ok: false; readonly hostsNeeded: number };

/** Chooses copies or chunks for `hostCount` hosts, one failure domain each; says how many hosts it would need otherwise. */
export function chooseScheme(protection: ProtectionPolicy, hostCount: number): SchemeChoice {
  const { hostFailures, scheme } = protection;
  if (scheme === "replication") {
    const copies = hostFailures + 2;
    return copies > hostCount ? { ok: false, hostsNeeded: copies } : { ok: true, scheme: { kind: "replication", copies, copiesMin: 2 } };
  }
  const codingChunks = hostFailures + 1;
  const dataChunks = Math.min(DATA_CHUNKS_MAX, hostCount - codingChunks);
  if (dataChunks < DATA_CHUNKS_MIN) return { ok: false, hostsNeeded: DATA_CHUNKS_MIN + codingChunks };
  return { ok: true, scheme: { kind: "erasureCoding", dataChunks, codingChunks, chunksMin: dataChunks + 1 } };
}

/** Raw bytes stored per byte of user data. */
export function rawFactor(scheme: PoolLayout["scheme"]): number {
  return scheme.kind === "replication" ? scheme.copies : (scheme.dataChunks + scheme.codingChunks) / scheme.dataChunks;
}

/** What a pool's data survives: writes go on with so many hosts down. */
export function protectionOf(scheme: PoolLayout["scheme"]): ProtectionPolicy {
  return scheme.kind === "replication" ? { scheme: "replication", hostFailures: scheme.copies - scheme.copiesMin } : { scheme: "erasureCoding", hostFailures: scheme.dataChunks + scheme.codingChunks - scheme.chunksMin };
}
