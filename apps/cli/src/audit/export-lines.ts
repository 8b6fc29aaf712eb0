// The audit log of a control plane as the lines of an export, read through the API page by page. Anchors come
// before the chain and the chain before the rows: what is written meanwhile is then only ever too young.
import { anchorLine, endLine, entryLine, headerLine, rowLine } from "@cynosure/audit";
import type { AuditAnchor as AnchorOnTheWire, AuditChainEntry as EntryOnTheWire, AuditRecord } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";

const PAGE_SIZE_MAX = 1_000;

export interface TimeRange {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export async function* exportLines(arm: Arm, range: TimeRange, nowMs: number): AsyncGenerator<string> {
  const counts = { anchors: 0, entries: 0, rows: 0 };
  const anchors: AnchorOnTheWire[] = [];
  // The wire types of a list's items are those of the contract; the server checks its own answers.
  for await (const item of arm.items("AuditAnchors_List", {}, { pageSizeMax: PAGE_SIZE_MAX })) anchors.push(item as AnchorOnTheWire);
  yield headerLine({ takenAtMs: nowMs, ...range, publicKeys: [...new Set(anchors.map(({ publicKey }) => publicKey))] });
  for (const anchor of anchors) {
    counts.anchors += 1;
    yield anchorLine(anchor);
  }
  for await (const item of arm.items("AuditChain_List", {}, { pageSizeMax: PAGE_SIZE_MAX })) {
    counts.entries += 1;
    yield entryLine(item as EntryOnTheWire);
  }
  const filter = filterOf(range);
  for await (const item of arm.items("AuditLog_List", {}, { pageSizeMax: PAGE_SIZE_MAX, ...(filter === "" ? {} : { filter }) })) {
    const { seq, atMs, principalId, correlationId, action, resourceId, beforeSha256 = null, afterSha256 = null } = item as AuditRecord;
    counts.rows += 1;
    yield rowLine({ seq, atMs, principal: principalId, correlationId, action, resourceId, beforeSha256, afterSha256 });
  }
  yield endLine(counts);
}

function filterOf({ fromMs, toMs }: TimeRange): string {
  const clause = (operator: string, atMs: number | null): readonly string[] => (atMs === null ? [] : [`eventTimestamp ${operator} '${new Date(atMs).toISOString()}'`]);
  return [...clause("ge", fromMs), ...clause("le", toMs)].join(" and ");
}
