// Verifies rows, chain and anchors against each other and against the key and the anchors kept outside the
// database. Pure: it is told everything, also what time it was. Anchors and entries first, rows after.
import { isSignedBy } from "./anchors.ts";
import type { AuditAnchor, AuditChainEntry, AuditRow } from "./audit-types.ts";
import { NOTHING_BEFORE, digestLink, digestRow } from "./canonical.ts";
import { FINDINGS_MAX, time } from "./findings.ts";
import type { Finding } from "./findings.ts";

/** The sealer is a second behind; a request lasts a minute at most, and its row may appear that late. */
const SEALED_WITHIN_MS = 120_000;
/** An anchor follows within a minute; long enough for a control plane that just came back. */
const ANCHORED_WITHIN_MS = 600_000;

export interface VerifierOptions {
  /** Keys that anchors must be signed with, known from outside the database. */
  readonly trustedPublicKeys: readonly string[];
  /** When the rows were read. */
  readonly takenAtMs: number;
  /** Rows outside were left out on purpose. */
  readonly fromMs?: number | null;
  readonly toMs?: number | null;
}

export interface Verdict {
  readonly isSound: boolean;
  /** The first FINDINGS_MAX. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
  readonly rowCount: number;
  readonly sealedCount: number;
  /** Younger than the sealer: neither sound nor unsound yet. */
  readonly unsealedCount: number;
  /** Outside the time that was asked for. */
  readonly leftOutCount: number;
  readonly anchorCount: number;
  /** In the file outside, made after the rows were read. */
  readonly laterAnchorCount: number;
  readonly lastAnchor: AuditAnchor | null;
  /** Sealed after the last anchor. */
  readonly notAnchoredCount: number;
}

interface Place {
  readonly entry: AuditChainEntry;
  isSeen: boolean;
}

/** Where entries stand, by digest. */
interface Places {
  /** By the digest they call previous. */
  readonly ofSuccessor: ReadonlyMap<string, number>;
  readonly ofEntry: ReadonlyMap<string, number>;
}

export class AuditVerifier {
  readonly #options: VerifierOptions;
  readonly #findings: Finding[] = [];
  #findingCount = 0;
  readonly #anchors = new Map<string, AuditAnchor>();
  readonly #entries: AuditChainEntry[] = [];
  readonly #bySeq = new Map<number, Place>();
  #rowCount = 0;
  #laterAnchorCount = 0;
  readonly #outside: AuditRow[] = [];

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** From the export or from the file outside; the same one may come from both. */
  addAnchor(anchor: AuditAnchor): void {
    this.#anchors.set(JSON.stringify([anchor.position, anchor.sha256, anchor.count, anchor.atMs, anchor.installationId, anchor.publicKey, anchor.signature]), anchor);
  }

  /** From the file outside. One made after the rows were read says nothing of them. */
  addOutsideAnchor(anchor: AuditAnchor): void {
    if (anchor.atMs > this.#options.takenAtMs) this.#laterAnchorCount += 1;
    else this.addAnchor(anchor);
  }

  addEntry(entry: AuditChainEntry): void {
    this.#entries.push(entry);
    const first = this.#bySeq.get(entry.seq);
    if (first === undefined) this.#bySeq.set(entry.seq, { entry, isSeen: false });
    else this.#find("entryChanged", entry.position, entry.seq, `row ${entry.seq} is sealed twice, at positions ${first.entry.position} and ${entry.position}`);
  }

  addRow(row: AuditRow): void {
    this.#rowCount += 1;
    const place = this.#bySeq.get(row.seq);
    if (place === undefined) return void this.#outside.push(row);
    if (place.isSeen) this.#find("rowInserted", place.entry.position, row.seq, `row ${row.seq} is there twice`);
    place.isSeen = true;
    if (digestRow(row) !== place.entry.rowSha256) this.#find("rowChanged", place.entry.position, row.seq, `row ${row.seq} is not the row that was sealed: at least one of its columns was changed`);
  }

  addDamage(what: string): void {
    this.#find("fileDamaged", null, null, what);
  }

  finish(): Verdict {
    const entries = this.#entries.toSorted((a, b) => a.position - b.position);
    this.#checkChain(entries);
    const trusted = this.#checkSignatures();
    const lastAnchor = this.#checkAnchors(entries, trusted);
    const leftOutCount = this.#checkRemoved();
    const unsealedCount = this.#checkOutside(trusted);
    const notAnchored = entries.filter((entry) => entry.position > (lastAnchor?.position ?? 0));
    const reached = trusted.at(-1)?.position ?? 0; // what an anchor disagrees with has been said already
    this.#checkAnchored(notAnchored.filter((entry) => entry.position > reached));
    return {
      isSound: this.#findingCount === 0,
      findings: this.#findings.toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity)),
      findingCount: this.#findingCount,
      rowCount: this.#rowCount,
      sealedCount: entries.length,
      unsealedCount,
      leftOutCount,
      anchorCount: trusted.length,
      laterAnchorCount: this.#laterAnchorCount,
      lastAnchor,
      notAnchoredCount: notAnchored.length,
    };
  }

  #find(kind: Finding["kind"], position: number | null, seq: number | null, what: string): void {
    this.#findingCount += 1;
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ kind, position, seq, what });
  }

  #checkChain(entries: readonly AuditChainEntry[]): void {
    const places: Places = { ofSuccessor: new Map(entries.map((entry) => [entry.previousSha256, entry.position])), ofEntry: new Map(entries.map((entry) => [entry.sha256, entry.position])) };
    let before: AuditChainEntry | null = null;
    let isBeforeSound = true;
    for (const entry of entries) {
      const expected: number = (before?.position ?? 0) + 1;
      const isSound = this.#checkOwnDigest(entry, places);
      if (entry.position > expected) this.#reportGap(expected, entry);
      else if (entry.position < expected) this.#find("chainBroken", entry.position, entry.seq, `position ${entry.position} is there more than once`);
      else if (isSound && isBeforeSound && entry.previousSha256 !== (before?.sha256 ?? NOTHING_BEFORE)) {
        const what = before === null ? "the first entry names an entry before it: the head of the chain was cut off" : `the entry does not follow the one at position ${before.position}: what was between them was taken out, or one of them was put in`;
        this.#find(before === null ? "headCutOff" : "chainBroken", entry.position, entry.seq, what);
      }
      before = entry;
      isBeforeSound = isSound;
    }
  }

  #checkOwnDigest(entry: AuditChainEntry, { ofSuccessor, ofEntry }: Places): boolean {
    if (digestLink(entry) === entry.sha256) return true;
    // Before the entry that follows it, or after the one it follows: one of the two may have been moved as well.
    const candidates = [(ofSuccessor.get(entry.sha256) ?? 0) - 1, (ofEntry.get(entry.previousSha256) ?? 0) + 1];
    const ownPlace = candidates.find((position) => digestLink({ ...entry, position }) === entry.sha256);
    if (ownPlace !== undefined) this.#find("entryMoved", entry.position, entry.seq, `the entry belongs at position ${ownPlace}: rows were put into another order`);
    else this.#find("entryChanged", entry.position, entry.seq, "the entry of the chain does not have the digest of what it says: it was changed or put in");
    return false;
  }

  #reportGap(from: number, next: AuditChainEntry): void {
    const to = next.position - 1;
    const which = from === to ? `position ${from} is` : `positions ${from} to ${to} are`;
    if (from === 1) this.#find("headCutOff", from, null, `${which} missing: the head of the chain was cut off, the first entry left is ${next.position} (row ${next.seq})`);
    else this.#find("entriesRemoved", from, null, `${which} missing: ${to - from + 1} sealed row(s) before row ${next.seq} were removed with their entries`);
  }

  /** Anchors signed with a trusted key, in the order of their positions. */
  #checkSignatures(): readonly AuditAnchor[] {
    const { trustedPublicKeys } = this.#options;
    const trusted: AuditAnchor[] = [];
    for (const anchor of this.#anchors.values()) {
      if (trustedPublicKeys.some((key) => isSignedBy(anchor, key))) trusted.push(anchor);
      else this.#find("anchorForged", anchor.position, null, `the anchor of ${time(anchor.atMs)} is not signed with the key of this installation: it was forged or changed`);
    }
    return trusted.toSorted((a, b) => a.position - b.position);
  }

  /** Answers the last anchor that the chain agrees with. */
  #checkAnchors(entries: readonly AuditChainEntry[], anchors: readonly AuditAnchor[]): AuditAnchor | null {
    const byPosition = new Map(entries.map((entry) => [entry.position, entry]));
    const end = entries.at(-1)?.position ?? 0;
    let last: AuditAnchor | null = null;
    let agreedTo = 0;
    for (const anchor of anchors) {
      const entry = byPosition.get(anchor.position);
      if (entry?.sha256 === anchor.sha256 && anchor.count === anchor.position) {
        last = anchor;
        agreedTo = anchor.position;
      } else if (anchor.position > end) {
        this.#find("tailCutOff", anchor.position, null, `the anchor of ${time(anchor.atMs)} reaches position ${anchor.position}, the chain ends at ${end}: ${anchor.position - end} sealed row(s) were cut off, or an older database was put in place`);
      } else {
        this.#find("chainRebuilt", anchor.position, entry?.seq ?? null, `the anchor of ${time(anchor.atMs)} signed another chain: what it covers after position ${agreedTo} was rebuilt`);
      }
    }
    return last;
  }

  #checkRemoved(): number {
    const { fromMs = null, toMs = null } = this.#options;
    let leftOutCount = 0;
    for (const { entry, isSeen } of this.#bySeq.values()) {
      if (isSeen) continue;
      if ((fromMs !== null && entry.atMs < fromMs) || (toMs !== null && entry.atMs > toMs)) leftOutCount += 1;
      else this.#find("rowRemoved", entry.position, entry.seq, `row ${entry.seq} of ${time(entry.atMs)} is missing`);
    }
    return leftOutCount;
  }

  /** Rows that are in no entry: too young for the sealer, else put in past it. */
  #checkOutside(anchors: readonly AuditAnchor[]): number {
    const sealedBeforeMs = this.#options.takenAtMs - SEALED_WITHIN_MS;
    const settled = anchors.findLast((anchor) => anchor.atMs < sealedBeforeMs)?.position ?? 0;
    let settledSeq = 0;
    for (const { entry } of this.#bySeq.values()) if (entry.position <= settled) settledSeq = Math.max(settledSeq, entry.seq);
    let unsealedCount = 0;
    for (const row of this.#outside) {
      if (row.seq > settledSeq && row.atMs >= sealedBeforeMs) unsealedCount += 1;
      else this.#find("rowInserted", null, row.seq, `row ${row.seq} of ${time(row.atMs)} was never sealed and is too old to wait for it: it was put in`);
    }
    return unsealedCount;
  }

  #checkAnchored(entries: readonly AuditChainEntry[]): void {
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined || first.atMs >= this.#options.takenAtMs - ANCHORED_WITHIN_MS) return;
    this.#find("notAnchored", first.position, first.seq, `positions ${first.position} to ${last.position} are covered by no anchor, though they are from ${time(first.atMs)} on: anchors were removed, or none could be written`);
  }
}
