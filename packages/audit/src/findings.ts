// What a verifier may find, and how it is said. One finding is one fact: which place, which row, what.

export type FindingKind =
  | "rowRemoved"
  | "rowChanged"
  | "rowInserted"
  | "entryMoved"
  | "entryChanged"
  | "entriesRemoved"
  | "headCutOff"
  | "tailCutOff"
  | "chainBroken"
  | "chainRebuilt"
  | "anchorForged"
  | "notAnchored"
  | "fileDamaged";

export interface Finding {
  readonly kind: FindingKind;
  /** Place in the chain; null where it is about a row outside of it. */
  readonly position: number | null;
  /** Number of the row; null where it is not known any more. */
  readonly seq: number | null;
  /** For people. */
  readonly what: string;
}

/** At most this many are kept; the rest is counted. */
export const FINDINGS_MAX = 1_000;

export const time = (atMs: number): string => (Number.isFinite(new Date(atMs).getTime()) ? new Date(atMs).toISOString() : `${atMs} ms`);
