// The audit concern of the store port: rows, the chain that seals them, the anchors that were signed. What
// the digests are made of is given by the caller (`audit` package); here they are kept and handed out.
import type { AuditRow } from "./port.ts";

/** A row as written, with its number: in the order of writing, with gaps where transactions were undone. */
export interface NumberedAuditRow extends AuditRow {
  readonly seq: number;
}

/** A row in a list; `position` is its place in the chain, null while it is not sealed. */
export interface ListedAuditRow extends NumberedAuditRow {
  readonly position: number | null;
}

export interface AuditChainEntry {
  /** From 1, without a gap. */
  readonly position: number;
  readonly seq: number;
  readonly atMs: number;
  readonly rowSha256: string;
  readonly previousSha256: string;
  readonly sha256: string;
}

export interface AuditAnchorRow {
  readonly installationId: string;
  readonly position: number;
  readonly sha256: string;
  readonly count: number;
  readonly atMs: number;
  readonly publicKey: string;
  readonly signature: string;
}

export interface AuditListRequest {
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Whatever its casing. */
  readonly resourceId?: string;
  readonly correlationId?: string;
  readonly principal?: string;
  /** Keyset: only rows after this number. */
  readonly afterSeq?: number;
  readonly limitMax: number;
}

export interface PositionListRequest {
  readonly afterPosition?: number;
  readonly limitMax: number;
}

/** Makes the entries of `rows`, in this order, after `last` (null: the chain is empty). Pure. */
export type LinkRows = (last: AuditChainEntry | null, rows: readonly NumberedAuditRow[]) => readonly AuditChainEntry[];

export interface SealOutcome {
  readonly sealedCount: number;
  /** False when another sealer is at it: nothing was done. */
  readonly hasTurn: boolean;
}

export interface AuditStore {
  /** In the order of their numbers. */
  list(request: AuditListRequest): Promise<readonly ListedAuditRow[]>;
  listChain(request: PositionListRequest): Promise<readonly AuditChainEntry[]>;
  /** The last entry; null while the chain is empty. */
  chainHead(): Promise<AuditChainEntry | null>;
  /** Puts committed rows that are not sealed at the end of the chain, in a transaction of its own, one sealer at a time. */
  seal(limitMax: number, link: LinkRows): Promise<SealOutcome>;
  listAnchors(request: PositionListRequest): Promise<readonly AuditAnchorRow[]>;
  /** The anchor furthest on; null when there is none. */
  lastAnchor(): Promise<AuditAnchorRow | null>;
  /** False, and nothing is written, unless the chain has exactly this entry and its position has no anchor yet. */
  putAnchor(anchor: AuditAnchorRow): Promise<boolean>;
}
