// The audit log as the API shows it: every page once, the filters, and a refusal for what is none.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditRecord } from "@cynosure/contract";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { LinkRows } from "@cynosure/resource-store";
import { openTestStore } from "@cynosure/resource-store/testkit";
import type { TestStore } from "@cynosure/resource-store/testkit";
import { auditLogHandlers } from "./audit-log.ts";

const START = "2026-12-01T00:00:00.000Z";
const START_MS = Date.parse(START);
const context: RequestContext = { principal: { id: "p1", type: "User", displayName: "ada", tenantId: "t" }, requestId: "r", correlationId: "c", apiVersion: "", condition: { kind: "none" }, baseUrl: "https://x" };
const plainLink: LinkRows = (last, rows) => rows.map((row, index) => ({ position: (last?.position ?? 0) + index + 1, seq: row.seq, atMs: row.atMs, rowSha256: "r", previousSha256: "p", sha256: `s${row.seq}` }));

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
  const { store } = opened;
  await store.transaction(async (tx) => {
    for (let index = 0; index < 7; index += 1) {
      await store.appendAudit({ atMs: START_MS + index * 1000, principal: index === 3 ? "bob" : "ada", correlationId: `c-${index}`, action: "a/write", resourceId: `/x/It's and ${index}`, beforeSha256: null, afterSha256: "ff" }, tx);
    }
  });
  await store.audit.seal(5, plainLink);
  await store.audit.putAnchor({ installationId: "0badcafe", position: 5, sha256: "s5", count: 5, atMs: START_MS, publicKey: "k", signature: "s" });
});
afterAll(() => opened.close());

const ask = (id: "AuditLog_List" | "AuditChain_List" | "AuditAnchors_List", query: Readonly<Record<string, string>>) => auditLogHandlers(opened.store)[id]({ params: {}, query, body: undefined, context });
const records = async (filter: string): Promise<readonly number[]> => ((await ask("AuditLog_List", { $filter: filter })).body.value as readonly AuditRecord[]).map(({ seq }) => seq); // the items of this list

describe("the audit log", () => {
  it("shows every record once, page by page, with its place in the chain once it has one", async () => {
    const seen: AuditRecord[] = [];
    let skipToken: string | undefined;
    do {
      const answer = await ask("AuditLog_List", { $top: "3", ...(skipToken === undefined ? {} : { $skiptoken: skipToken }) });
      seen.push(...(answer.body.value as readonly AuditRecord[])); // as above
      skipToken = answer.skipToken;
    } while (skipToken !== undefined);
    expect(seen.map(({ seq, position }) => [seq, position])).toEqual([[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [6, undefined], [7, undefined]]);
    expect(seen[0]).toEqual({ seq: 1, atMs: START_MS, eventTimestamp: START, action: "a/write", resourceId: "/x/It's and 0", principalId: "ada", correlationId: "c-0", afterSha256: "ff", position: 1 });
  });

  it("shows chain and anchors in the order of positions", async () => {
    const first = await ask("AuditChain_List", { $top: "2" });
    expect(first.body.value).toMatchObject([{ position: 1, seq: 1 }, { position: 2, seq: 2 }]);
    expect((await ask("AuditChain_List", { $top: "2", $skiptoken: first.skipToken ?? "" })).body.value).toMatchObject([{ position: 3 }, { position: 4 }]);
    expect((await ask("AuditAnchors_List", {})).body).toEqual({ value: [{ installationId: "0badcafe", position: 5, sha256: "s5", count: 5, atMs: START_MS, publicKey: "k", signature: "s" }] });
  });

  it("is narrowed by time, resource, correlation and principal, also where the value holds quotes and words", async () => {
    expect(await records("eventTimestamp ge '2026-12-01T00:00:05Z'")).toEqual([6, 7]);
    expect(await records("eventTimestamp ge '2026-12-01T00:00:01Z' and eventTimestamp le '2026-12-01T00:00:02Z'")).toEqual([2, 3]);
    expect(await records("resourceId eq '/X/it''s AND 4'")).toEqual([5]);
    expect(await records("principalId eq 'bob' AND correlationId eq 'c-3'")).toEqual([4]);
    expect(await records("principalId eq 'bob' and correlationId eq 'c-2'")).toEqual([]);
    expect(await records("  ")).toHaveLength(7);
  });

  it.each(["principalId", "principalId ne 'bob'", "caller eq 'bob'", "eventTimestamp ge 'yesterday'", "eventTimestamp eq '2026-12-01'", "principalId eq 'bob' or 1 eq 1", "principalId eq 'bob' and ", "principalId eq 'b\0b'"])("refuses the filter %j by name", async (filter) => {
    await expect(ask("AuditLog_List", { $filter: filter })).rejects.toMatchObject({ code: "InvalidParameter", target: "$filter" });
  });

  it("refuses a skip token of another list", async () => {
    const { skipToken } = await ask("AuditChain_List", { $top: "1" });
    expect(skipToken).toBeDefined();
    const foreign = Buffer.from("/subscriptions/x").toString("base64url");
    await expect(ask("AuditChain_List", { $skiptoken: foreign })).rejects.toMatchObject({ code: "InvalidSkipToken" });
  });
});
