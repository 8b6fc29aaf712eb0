// The verifier over a chain in memory: each kind of tampering is named with its place, and no random one below
// the last anchor goes unseen. The same on PostgreSQL is in resource-store's tests of the sealed log.
import { describe, expect, it } from "vitest";
import { AuditVerifier, digestLink, digestRow, generateAnchorKeyPem, isSignedBy, linkRows, openAnchorSigner, publicKeyOfPem } from "./index.ts";
import type { AuditAnchor, AuditChainEntry, AuditRow, FindingKind, Verdict } from "./index.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2026-12-01T00:00:00Z");
const signer = openAnchorSigner(generateAnchorKeyPem());

export interface Log {
  rows: AuditRow[];
  entries: AuditChainEntry[];
  anchors: AuditAnchor[];
}

const aRow = (seq: number): AuditRow => ({
  seq,
  atMs: START_MS + seq * 10,
  principal: `principal-${seq % 3}`,
  correlationId: `correlation-${seq}`,
  action: "Cynosure.Storage/clusters/write",
  resourceId: `/subscriptions/s/größe-${seq}`,
  beforeSha256: seq % 2 === 0 ? null : "b".repeat(64),
  afterSha256: "a".repeat(64),
});

const anchorAt = (entries: readonly AuditChainEntry[], position: number, by = signer): AuditAnchor => {
  const entry = entries[position - 1];
  if (entry === undefined) throw new Error(`no entry ${position}`);
  return by.sign({ installationId: "0badcafe", position, sha256: entry.sha256, count: position, atMs: START_MS + HOUR_MS });
};

/** 20 rows, anchored at 10 and at 20. */
function aLog(count = 20): Log {
  const rows = Array.from({ length: count }, (_, index) => aRow(index + 1));
  const entries = [...linkRows(null, rows)];
  return { rows, entries, anchors: [anchorAt(entries, 10), anchorAt(entries, count)] };
}

function verdictOf(log: Log, options: { trusted?: readonly string[]; takenAtMs?: number; fromMs?: number; toMs?: number } = {}): Verdict {
  const { trusted = [signer.publicKey], takenAtMs = START_MS + 2 * HOUR_MS, ...range } = options;
  const verifier = new AuditVerifier({ trustedPublicKeys: trusted, takenAtMs, ...range });
  log.anchors.forEach((anchor) => verifier.addAnchor(anchor));
  log.entries.forEach((entry) => verifier.addEntry(entry));
  log.rows.forEach((row) => verifier.addRow(row));
  return verifier.finish();
}

const found = (log: Log, options?: Parameters<typeof verdictOf>[1]): readonly (readonly [FindingKind, number | null, number | null])[] => verdictOf(log, options).findings.map(({ kind, position, seq }) => [kind, position, seq] as const);

/** As an attacker does who can write the database and knows how the chain is made. */
const rebuild = (log: Log): void => void (log.entries = [...linkRows(null, log.rows)]);

describe("a log that nobody touched", () => {
  it("is sound, and says how much of it is sealed and anchored", () => {
    expect(verdictOf(aLog())).toMatchObject({ isSound: true, rowCount: 20, sealedCount: 20, unsealedCount: 0, anchorCount: 2, notAnchoredCount: 0, lastAnchor: { position: 20 } });
    expect(verdictOf({ rows: [], entries: [], anchors: [] })).toMatchObject({ isSound: true, rowCount: 0, lastAnchor: null });
  });

  it("is sound with rows that were committed late and with numbers that were never used", () => {
    const rows = [aRow(1), aRow(7), aRow(3), aRow(900)];
    const entries = [...linkRows(null, rows)];
    expect(verdictOf({ rows: rows.toSorted((a, b) => a.seq - b.seq), entries, anchors: [anchorAt(entries, 4)] }).findings).toEqual([]);
  });

  it("counts young rows that are not sealed yet", () => {
    const log = aLog();
    log.rows.push({ ...aRow(21), atMs: START_MS + 2 * HOUR_MS - 500 });
    expect(verdictOf(log)).toMatchObject({ isSound: true, unsealedCount: 1 });
  });

  it("may be read in part: rows outside the time asked for are left out and not missed", () => {
    const log = aLog();
    const range = { fromMs: aRow(5).atMs, toMs: aRow(9).atMs };
    log.rows = log.rows.slice(4, 9);
    expect(verdictOf(log, range)).toMatchObject({ isSound: true, rowCount: 5, leftOutCount: 15 });
    log.rows.splice(2, 1);
    expect(found(log, range)).toEqual([["rowRemoved", 7, 7]]);
  });
});

describe("what was tampered with is named", () => {
  it.each(["atMs", "principal", "correlationId", "action", "resourceId", "beforeSha256", "afterSha256"] as const)("a row with another %s", (column) => {
    const log = aLog();
    log.rows[6] = { ...aRow(7), [column]: column === "atMs" ? START_MS : "0".repeat(64) };
    expect(found(log)).toEqual([["rowChanged", 7, 7]]);
    log.rows[6] = { ...aRow(7), ...(column.endsWith("Sha256") ? { [column]: null } : {}) };
    expect(found(log)).toEqual(column.endsWith("Sha256") ? [["rowChanged", 7, 7]] : []);
  });

  it("a row with another number is one removed and one put in", () => {
    const log = aLog();
    log.rows[6] = { ...aRow(7), seq: 777 };
    expect(found(log)).toEqual([["rowRemoved", 7, 7], ["rowInserted", null, 777]]);
  });

  it("a row removed, alone and with its entry", () => {
    const log = aLog();
    log.rows.splice(6, 1);
    expect(found(log)).toEqual([["rowRemoved", 7, 7]]);
    log.entries.splice(6, 1);
    expect(found(log)).toEqual([["entriesRemoved", 7, null]]);
  });

  it("a row removed with its entry, and the positions closed up", () => {
    const log = aLog();
    log.rows.splice(6, 1);
    log.entries = log.entries.filter((_, index) => index !== 6).map((entry, index) => ({ ...entry, position: index + 1 }));
    const kinds = found(log);
    expect(kinds[0]).toEqual(["entryChanged", 7, 8]);
    expect(kinds.at(-1)?.[0]).toBe("tailCutOff");
  });

  it("a row put in beside the chain, even one that looks old, new or late", () => {
    for (const atMs of [START_MS, START_MS + 2 * HOUR_MS]) {
      const log = aLog();
      log.entries = log.entries.filter(({ seq }) => seq !== 7);
      const rows = log.rows.filter(({ seq }) => seq !== 7);
      log.entries = [...linkRows(null, rows)];
      log.anchors = [anchorAt(log.entries, 19)];
      log.rows = [...rows, { ...aRow(7), atMs }];
      expect(found(log)).toEqual([["rowInserted", null, 7]]);
    }
  });

  it("two rows in each other's place, in the table and in the chain", () => {
    const log = aLog();
    log.rows[4] = { ...aRow(6), seq: 5 };
    log.rows[5] = { ...aRow(5), seq: 6 };
    expect(found(log)).toEqual([["rowChanged", 5, 5], ["rowChanged", 6, 6]]);
    const other = aLog();
    other.entries = other.entries.map((entry) => (entry.position === 5 ? { ...entry, position: 6 } : entry.position === 6 ? { ...entry, position: 5 } : entry));
    expect(found(other)).toEqual([["entryMoved", 5, 6], ["entryMoved", 6, 5]]);
  });

  it("a tail cut off: the anchors reach further", () => {
    const log = aLog();
    log.rows.length = 15;
    log.entries.length = 15;
    expect(found(log)).toEqual([["tailCutOff", 20, null]]);
    expect(verdictOf(log).findings[0]?.what).toContain("5 sealed row(s) were cut off");
  });

  it("a head cut off, also with the positions counted anew", () => {
    const log = aLog();
    log.rows.splice(0, 4);
    log.entries.splice(0, 4);
    expect(found(log)).toEqual([["headCutOff", 1, null]]);
    log.entries = log.entries.map((entry, index) => ({ ...entry, position: index + 1 }));
    expect(found(log)[0]?.[0]).toBe("entryChanged");
    log.entries = log.entries.map((entry) => ({ ...entry, sha256: digestLink(entry) }));
    expect(found(log).map(([kind]) => kind)).toContain("headCutOff");
  });

  it("a chain rebuilt over changed rows: the anchors signed another one", () => {
    const log = aLog();
    log.rows[3] = { ...aRow(4), principal: "somebody-else" };
    rebuild(log);
    expect(found(log)).toEqual([["chainRebuilt", 10, 10], ["chainRebuilt", 20, 20]]);
    const later = aLog();
    later.rows[14] = { ...aRow(15), principal: "somebody-else" };
    rebuild(later);
    expect(found(later)).toEqual([["chainRebuilt", 20, 20]]);
    expect(verdictOf(later)).toMatchObject({ lastAnchor: { position: 10 }, notAnchoredCount: 10 });
  });

  it("a chain rebuilt and its anchors signed with another key, or removed", () => {
    const log = aLog();
    log.rows[3] = { ...aRow(4), principal: "somebody-else" };
    rebuild(log);
    const thief = openAnchorSigner(generateAnchorKeyPem());
    log.anchors = [anchorAt(log.entries, 20, thief)];
    expect(found(log)).toEqual([["notAnchored", 1, 1], ["anchorForged", 20, null]]);
    log.anchors = [];
    expect(found(log)).toEqual([["notAnchored", 1, 1]]);
  });

  it.each(["installationId", "position", "sha256", "count", "atMs", "signature", "publicKey"] as const)("an anchor with another %s", (column) => {
    const log = aLog();
    const anchor = anchorAt(log.entries, 20);
    const changed = column === "position" ? 19 : column === "count" ? 4 : column === "atMs" ? 1 : column === "publicKey" ? openAnchorSigner(generateAnchorKeyPem()).publicKey : "AAAA";
    log.anchors[1] = { ...anchor, [column]: changed };
    expect(found(log).map(([kind]) => kind)).toContain("anchorForged");
  });
});

describe("the bytes", () => {
  it("stay what docs/reference/audit.md says: another verifier has these digests too", () => {
    const row: AuditRow = { seq: 1, atMs: 1_796_083_200_000, principal: "p", correlationId: "c", action: "a", resourceId: "/größe", beforeSha256: null, afterSha256: "ff" };
    expect(digestRow(row)).toBe("78961c6bdf92de7b49bc6075330a2c95c9fe8b24cff96d94fe72fe50b8c0e2ba");
    const [entry] = linkRows(null, [row]);
    expect(entry?.sha256).toBe("602499dd6545a1b7656ae89051304e0a034ea6072f0c69d67d9ecbb8216b1549");
  });

  it("are told apart field by field: moving a letter from one to the next is another row", () => {
    expect(digestRow({ ...aRow(1), principal: "ab", correlationId: "c" })).not.toBe(digestRow({ ...aRow(1), principal: "a", correlationId: "bc" }));
    expect(digestRow({ ...aRow(1), beforeSha256: "" })).not.toBe(digestRow({ ...aRow(1), beforeSha256: null }));
  });

  it("of an anchor verify with the public key file and with no other key", () => {
    const anchor = anchorAt(aLog().entries, 20);
    expect(isSignedBy(anchor, publicKeyOfPem(signer.publicKeyPem))).toBe(true);
    expect(isSignedBy(anchor, openAnchorSigner(generateAnchorKeyPem()).publicKey)).toBe(false);
    expect(isSignedBy(anchor, "no key")).toBe(false);
  });
});
