// What the audit commands say and read: at most 80 columns, each finding with its place, and an export whose
// parts come in the order in which nothing written meanwhile can look like tampering.
import { describe, expect, it } from "vitest";
import { generateAnchorKeyPem, linkRows, openAnchorSigner, verifyExport } from "@cynosure/audit";
import type { AuditRow, Verdict } from "@cynosure/audit";
import type { Arm } from "../arm.ts";
import { describeRecords } from "./describe-records.ts";
import { describeVerdict } from "./describe-verdict.ts";
import { exportLines } from "./export-lines.ts";

const NOW_MS = Date.parse("2026-12-01T12:00:00Z");
const signer = openAnchorSigner(generateAnchorKeyPem());
const rows: AuditRow[] = Array.from({ length: 4 }, (_, index) => ({ seq: index + 1, atMs: NOW_MS - 7_200_000 + index, principal: "p", correlationId: "c", action: "a", resourceId: "/x", beforeSha256: null, afterSha256: "ff" }));
const entries = linkRows(null, rows);
const anchor = signer.sign({ installationId: "0badcafe", position: 4, sha256: entries[3]?.sha256 ?? "", count: 4, atMs: NOW_MS - 3_600_000 });

function anArm(served: readonly AuditRow[]): { arm: Arm; asked: unknown[] } {
  const asked: unknown[] = [];
  const lists: Readonly<Record<string, readonly unknown[]>> = {
    AuditAnchors_List: [anchor],
    AuditChain_List: entries,
    AuditLog_List: served.map(({ principal, beforeSha256, ...row }) => ({ ...row, principalId: principal, ...(beforeSha256 === null ? {} : { beforeSha256 }), position: row.seq })),
  };
  async function* items(id: string, _params: unknown, options: { readonly filter?: string }): AsyncGenerator<unknown> {
    asked.push([id, options.filter]);
    yield* await Promise.resolve(lists[id] ?? []);
  }
  return { arm: { items } as unknown as Arm, asked }; // nothing else of it is called
}

const verdictOf = (served: readonly AuditRow[]): Promise<Verdict> => verifyExport(exportLines(anArm(served).arm, { fromMs: null, toMs: null }, NOW_MS), { trustedPublicKeys: [signer.publicKey], outsideAnchors: [anchor] });

describe("an export through the API", () => {
  it("verifies as the log does, and reads anchors before the chain and the chain before the rows", async () => {
    expect(await verdictOf(rows)).toMatchObject({ isSound: true, rowCount: 4, sealedCount: 4 });
    const { arm, asked } = anArm(rows);
    for await (const line of exportLines(arm, { fromMs: NOW_MS - 1, toMs: NOW_MS }, NOW_MS)) expect(line.endsWith("\n")).toBe(true);
    expect(asked).toEqual([["AuditAnchors_List", undefined], ["AuditChain_List", undefined], ["AuditLog_List", "eventTimestamp ge '2026-12-01T11:59:59.999Z' and eventTimestamp le '2026-12-01T12:00:00.000Z'"]]);
  });
});

describe("a list of records", () => {
  it("says when, who, what and to which resource, one record a line", () => {
    const record = { seq: 7, atMs: NOW_MS, eventTimestamp: "2026-12-01T12:00:00.000Z", action: "Cynosure.Storage/clusters/write", resourceId: "/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/c", principalId: "p", correlationId: "c", position: 3 };
    expect(describeRecords([record])).toEqual([
      "seq  time                      principal  action                           resource",
      `7    2026-12-01T12:00:00.000Z  p          Cynosure.Storage/clusters/write  ${record.resourceId}`,
    ]);
    expect(describeRecords([])).toEqual(["none"]);
  });
});

describe("a verdict in words", () => {
  it("says how far it is signed", async () => {
    const lines = describeVerdict(await verdictOf(rows), []);
    expect(lines).toEqual(["rows      4", "sealed    4", "anchors   1, the last of 2026-12-01T11:00:00.000Z, position 4", "verified: whole and unchanged, signed up to position 4"]);
  });

  it("names each finding with position and row, in 80 columns", async () => {
    const lines = describeVerdict(await verdictOf(rows.slice(0, 3).map((row) => (row.seq === 2 ? { ...row, principal: "eve" } : row))), ["a long remark ".repeat(12).trim()]);
    expect(lines).toContain("does NOT verify: 2 findings");
    expect(lines).toContain("  position 2, row 2: rowChanged");
    expect(lines).toContain("  position 4, row 4: rowRemoved");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
