// Raw bytes on drives per byte of a file system: copies or chunks, and what allocation units waste on small files.
import { chooseScheme, type FileSizeShare, type ProtectionPolicy } from "@cynosure/model";

export type Scheme = { readonly kind: "replication"; readonly copies: number } | { readonly kind: "erasureCoding"; readonly dataChunks: number; readonly codingChunks: number };

export interface FileSystemScheme {
  readonly scheme: Scheme;
  readonly raw: number;
  /** Largest (k - 1)/k that hostFailures from 0 to the asked give: what a read fetches from other hosts. 0 for copies. */
  readonly readFromOthers: number;
  /** Largest k x raw likewise: what making lost data again reads, per byte of the file system. `raw` for copies. */
  readonly rebuildReads: number;
}

export function rawFactorOf(scheme: Scheme, fileSizes: readonly FileSizeShare[], allocationUnitBytes: number): number {
  const unit = allocationUnitBytes;
  const chunks = scheme.kind === "replication" ? 1 : scheme.dataChunks;
  const stored = scheme.kind === "replication" ? scheme.copies : scheme.dataChunks + scheme.codingChunks;
  if (fileSizes.length === 0) return stored / chunks;
  let raw = 0;
  for (const { fileSizeKB, byteFraction } of fileSizes) {
    const bytes = fileSizeKB * 1_000;
    raw += (byteFraction * (Math.ceil(bytes / (chunks * unit)) * unit * stored)) / bytes;
  }
  return raw;
}

/** The scheme on so many hosts; null when they are too few for it. */
export function schemeOn(protection: ProtectionPolicy, fileSizes: readonly FileSizeShare[], allocationUnitBytes: number, hosts: number): FileSystemScheme | null {
  const choice = chooseScheme(protection, hosts);
  if (!choice.ok) return null;
  const raw = rawFactorOf(choice.scheme, fileSizes, allocationUnitBytes);
  if (choice.scheme.kind === "replication") return { scheme: choice.scheme, raw, readFromOthers: 0, rebuildReads: raw };
  let readFromOthers = 0;
  let rebuildReads = 0;
  // On few hosts one failure more leaves fewer data chunks; taking the worst keeps asking for more from costing less.
  for (let hostFailures = 0; hostFailures <= protection.hostFailures; hostFailures += 1) {
    const milder = chooseScheme({ ...protection, hostFailures }, hosts);
    if (!milder.ok || milder.scheme.kind !== "erasureCoding") continue;
    const k = milder.scheme.dataChunks;
    readFromOthers = Math.max(readFromOthers, (k - 1) / k);
    rebuildReads = Math.max(rebuildReads, k * rawFactorOf(milder.scheme, fileSizes, allocationUnitBytes));
  }
  return { scheme: choice.scheme, raw, readFromOthers, rebuildReads };
}

/** From so many hosts on the scheme is the same for every count. */
export function schemeStableFrom(protection: ProtectionPolicy): number {
  const none = chooseScheme(protection, Number.MAX_SAFE_INTEGER);
  if (!none.ok) return Infinity;
  return none.scheme.kind === "replication" ? none.scheme.copies : none.scheme.dataChunks + none.scheme.codingChunks;
}

/** Fewest hosts that hold the wish, data and the copies of what is kept about it. */
export function hostsNeeded(protection: ProtectionPolicy): number {
  const data = chooseScheme(protection, 0);
  const metadata = chooseScheme({ ...protection, scheme: "replication" }, 0);
  return Math.max(data.ok ? 0 : data.hostsNeeded, metadata.ok ? 0 : metadata.hostsNeeded);
}
