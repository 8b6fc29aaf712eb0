// systemData (§9): creation values stay, modification values follow each accepted user change.

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
