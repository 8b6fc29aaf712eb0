// Conformance of the audit concern: rows are listed as written, sealed once each in one chain, and anchored
// only where the chain agrees. What digests are made of is the caller's; here they are plain words.
import { expect, it } from "vitest";
import type { AuditAnchorRow, LinkRows } from "../audit-port.ts";
import type { AuditRow, Store } from "../port.ts";
import type { GetStore } from "./store-suite.ts";

const aRow = (change: Partial<AuditRow> = {}): AuditRow => ({ atMs: 5_000, principal: "ada", correlationId: "audit-suite", action: "write", resourceId: "/x/Audited", beforeSha256: null, afterSha256: "ff", ...change });
const anAnchor = (position: number, sha256: string): AuditAnchorRow => ({ installationId: "0badcafe", position, sha256, count: position, atMs: 9_000, publicKey: "key", signature: "signature" });
const LIMIT = 10_000;

/** Each entry names its row and the entry before. */
const link: LinkRows = (last, rows) => {
  const entries: { position: number; seq: number; atMs: number; rowSha256: string; previousSha256: string; sha256: string }[] = [];
  for (const row of rows) {
    const before = entries.at(-1) ?? last;
    const position = (before?.position ?? 0) + 1;
    entries.push({ position, seq: row.seq, atMs: row.atMs, rowSha256: `row ${row.seq} ${row.principal}`, previousSha256: before?.sha256 ?? "none", sha256: `entry ${position}` });
  }
  return entries;
};

const append = (store: Store, ...rows: readonly AuditRow[]): Promise<void> =>
  store.transaction(async (tx) => {
    for (const row of rows) await store.appendAudit(row, tx);
  });

async function sealAll(store: Store): Promise<void> {
  while ((await store.audit.seal(3, link)).sealedCount > 0);
}

export function describeAudit(get: GetStore): void {
  it("AUD-01 rows are listed as they were written, in the order of their numbers, narrowed by time, resource, correlation and principal", async () => {
    const { store } = get();
    const rows = [aRow({ atMs: 7_000, correlationId: "list-1" }), aRow({ atMs: 8_000, correlationId: "list-1", principal: "bob", beforeSha256: "ee", afterSha256: null }), aRow({ atMs: 9_000, correlationId: "list-1", resourceId: "/x/Größe" })];
    await append(store, ...rows);
    const ofList = (change: object = {}) => store.audit.list({ correlationId: "list-1", limitMax: LIMIT, ...change });
    const listed = await ofList();
    expect(listed).toEqual(rows.map((row, index) => ({ ...row, seq: listed[index]?.seq, position: null })));
    expect(listed.map(({ seq }) => seq)).toEqual(listed.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect((await ofList({ fromMs: 8_000 })).map(({ atMs }) => atMs)).toEqual([8_000, 9_000]);
    expect((await ofList({ fromMs: 8_000, toMs: 8_000 })).map(({ atMs }) => atMs)).toEqual([8_000]);
    expect((await ofList({ principal: "bob" })).map(({ atMs }) => atMs)).toEqual([8_000]);
    expect((await ofList({ resourceId: "/X/audited" })).map(({ atMs }) => atMs)).toEqual([7_000, 8_000]);
    expect((await ofList({ limitMax: 1, afterSeq: listed[0]?.seq ?? 0 })).map(({ atMs }) => atMs)).toEqual([8_000]);
  });

  it("AUD-02 each committed row gets one place in the chain, without a gap; an undone one gets none", async () => {
    const { store } = get();
    await append(store, aRow({ correlationId: "seal-1" }), aRow({ correlationId: "seal-2" }));
    const undone = store.transaction(async (tx) => {
      await store.appendAudit(aRow({ correlationId: "undone" }), tx);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    await sealAll(store);
    await append(store, ...Array.from({ length: 8 }, () => aRow()));
    await sealAll(store);
    const [chain, rows] = [await store.audit.listChain({ limitMax: LIMIT }), await store.audit.list({ limitMax: LIMIT })];
    expect(chain.map(({ position }) => position)).toEqual(chain.map((_, index) => index + 1));
    expect(chain.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(rows.map(({ seq }) => seq));
    expect(rows.map(({ seq, position }) => chain[(position ?? 0) - 1]?.seq === seq)).toEqual(rows.map(() => true));
    expect(await store.audit.chainHead()).toEqual(chain.at(-1));
    expect(await store.audit.listChain({ afterPosition: 2, limitMax: 2 })).toEqual(chain.slice(2, 4));
    expect(await store.audit.seal(3, link)).toEqual({ sealedCount: 0, hasTurn: true });
  });

  it("AUD-03 several sealers at once make one chain, and one whose digests fail leaves it as it was", async () => {
    const { store, openAgain } = get();
    const others = [store, await openAgain(), await openAgain()];
    await append(store, ...Array.from({ length: 20 }, () => aRow()));
    const failing = store.audit.seal(3, () => {
      throw new Error("no digest");
    });
    await expect(failing).rejects.toThrow("no digest");
    await Promise.all(others.map(sealAll));
    await sealAll(store);
    const chain = await store.audit.listChain({ limitMax: LIMIT });
    expect(chain.map(({ previousSha256 }) => previousSha256)).toEqual(["none", ...chain.slice(0, -1).map(({ sha256 }) => sha256)]);
    expect(new Set(chain.map(({ seq }) => seq)).size).toBe((await store.audit.list({ limitMax: LIMIT })).length);
  });

  it("AUD-04 an anchor is kept once for a position, and only when the chain agrees with it", async () => {
    const { store } = get();
    await append(store, aRow(), aRow());
    await sealAll(store);
    const head = await store.audit.chainHead();
    const anchor = anAnchor(head?.position ?? 0, head?.sha256 ?? "");
    expect(await store.audit.putAnchor({ ...anchor, sha256: "another chain" })).toBe(false);
    expect(await store.audit.putAnchor({ ...anchor, position: anchor.position + 1 })).toBe(false);
    expect(await store.audit.putAnchor(anAnchor(1, "entry 1"))).toBe(true);
    expect(await store.audit.putAnchor(anchor)).toBe(true);
    expect(await store.audit.putAnchor({ ...anchor, atMs: 1 })).toBe(false);
    expect(await store.audit.listAnchors({ limitMax: LIMIT })).toEqual([anAnchor(1, "entry 1"), anchor]);
    expect(await store.audit.listAnchors({ afterPosition: 1, limitMax: 1 })).toEqual([anchor]);
    expect(await store.audit.lastAnchor()).toEqual(anchor);
  });
}
