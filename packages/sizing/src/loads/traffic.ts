// What crosses the network and the drives for each GB/s that clients read (a) or write (b), by data path.
// The table of docs/reference/sizing-model.md, section 3.
import type { EngineDataPath, RequirementFileSystem } from "@cynosure/model";
import type { FileSystemScheme } from "./raw-factor.ts";

/** Null where an engine's factor is not known. */
export interface Factors {
  readonly perRead: number | null;
  readonly perWrite: number | null;
}

export interface Traffic {
  readonly egress: Factors;
  readonly ingress: Factors;
  readonly driveWrites: number | null;
}

export function trafficOf(fileSystem: RequirementFileSystem, dataPath: EngineDataPath, chosen: FileSystemScheme): Traffic {
  if (dataPath.kind === "sharedEverything") {
    return {
      egress: { perRead: dataPath.egressPerRead.value, perWrite: dataPath.egressPerWrite.value },
      ingress: { perRead: dataPath.ingressPerRead.value, perWrite: dataPath.ingressPerWrite.value },
      driveWrites: dataPath.driveWritePerWrite.value,
    };
  }
  const gateway = fileSystem.dataPaths.includes("nfs") ? 1 : 0;
  const { scheme, raw, readFromOthers } = chosen;
  if (scheme.kind === "replication") {
    return { egress: { perRead: 1 + gateway, perWrite: scheme.copies - 1 + gateway }, ingress: { perRead: gateway, perWrite: scheme.copies + gateway }, driveWrites: raw };
  }
  const { dataChunks: k, codingChunks: m } = scheme;
  const toOthers = (k + m - 1) / k;
  return {
    egress: { perRead: 1 + readFromOthers + gateway, perWrite: toOthers + gateway },
    ingress: { perRead: readFromOthers + gateway, perWrite: 1 + toOthers + gateway },
    driveWrites: raw,
  };
}
