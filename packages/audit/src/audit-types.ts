// What is sealed and what seals it, as values. The store and the API carry the same members; this room
// imports neither, so that a verifier needs nothing but Node.

/** One accepted request. */
export interface AuditRow {
  readonly seq: number;
  readonly atMs: number;
  readonly principal: string;
  readonly correlationId: string;
  readonly action: string;
  readonly resourceId: string;
  readonly beforeSha256: string | null;
  readonly afterSha256: string | null;
}

/** One sealed row; all digests are SHA-256 in lower-case hexadecimal. */
export interface AuditChainEntry {
  /** From 1, without a gap. */
  readonly position: number;
  readonly seq: number;
  readonly atMs: number;
  readonly rowSha256: string;
  readonly previousSha256: string;
  readonly sha256: string;
}

/** A signed statement: at this time the chain had `count` entries, the last at `position` with `sha256`. */
export interface AuditAnchor {
  readonly installationId: string;
  readonly position: number;
  readonly sha256: string;
  readonly count: number;
  readonly atMs: number;
  /** Ed25519, DER of SubjectPublicKeyInfo, base64. */
  readonly publicKey: string;
  /** Ed25519 over `anchorBytes`, base64. */
  readonly signature: string;
}
