// systemData (§9): creation values stay, modification values follow each accepted user change. Where a front
// door that is trusted says who made and changed a resource, its word goes before what was seen here.
import type { SystemDataStamp } from "./request-context.ts";

export type PrincipalType = "User" | "Application" | "ManagedIdentity" | "Key";

export interface SystemDataFields {
  readonly createdBy: string;
  readonly createdByType: PrincipalType;
  readonly createdAt: string;
  readonly lastModifiedBy: string;
  readonly lastModifiedByType: PrincipalType;
  readonly lastModifiedAt: string;
}

export function stampSystemData(before: SystemDataFields | null, by: string, byType: PrincipalType, at: string): SystemDataFields {
  const modified = { lastModifiedBy: by, lastModifiedByType: byType, lastModifiedAt: at };
  if (before === null) return { createdBy: by, createdByType: byType, createdAt: at, ...modified };
  return { createdBy: before.createdBy, createdByType: before.createdByType, createdAt: before.createdAt, ...modified };
}

const TYPES: readonly PrincipalType[] = ["User", "Application", "ManagedIdentity", "Key"];
const knownType = (text: string | undefined): PrincipalType | undefined => TYPES.find((type) => type.toLowerCase() === text?.toLowerCase());

/** H9: of a tracked resource all is stored as given; of a proxy the creation values kept here hold, and only who changed it is taken. */
export function applySystemDataStamp(before: SystemDataFields | null, seen: SystemDataFields, stamp: SystemDataStamp | undefined, kind: "tracked" | "proxy"): SystemDataFields {
  if (stamp === undefined) return seen;
  const modified = {
    lastModifiedBy: stamp.lastModifiedBy ?? seen.lastModifiedBy,
    lastModifiedByType: knownType(stamp.lastModifiedByType) ?? seen.lastModifiedByType,
    lastModifiedAt: stamp.lastModifiedAt ?? seen.lastModifiedAt,
  };
  if (kind === "proxy" && before !== null) return { createdBy: before.createdBy, createdByType: before.createdByType, createdAt: before.createdAt, ...modified };
  const fallback = before ?? { createdBy: modified.lastModifiedBy, createdByType: modified.lastModifiedByType, createdAt: modified.lastModifiedAt };
  return {
    createdBy: stamp.createdBy ?? fallback.createdBy,
    createdByType: knownType(stamp.createdByType) ?? fallback.createdByType,
    createdAt: stamp.createdAt ?? fallback.createdAt,
    ...modified,
  };
}
