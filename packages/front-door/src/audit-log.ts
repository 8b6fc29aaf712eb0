// The audit log as it is read: records, the chain that seals them, the anchors that were signed. Nothing here
// writes: rows come from the requests themselves, chain and anchors from the sealer of the leader.
import type { AuditRecord } from "@cynosure/contract";
import { cutPage, pageAnswer, readPageRequest } from "@cynosure/arm-store";
import type { OurHandlers, PageRequest } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import type { ListedAuditRow, Store } from "@cynosure/resource-store";
import { parseAuditFilter } from "./audit-filter.ts";

export type AuditLogHandlers = Pick<OurHandlers, "AuditLog_List" | "AuditChain_List" | "AuditAnchors_List">;

/** The latest time that a date of ours can say. */
const TIME_MS_MAX = 8.64e15;

const toRecord = (row: ListedAuditRow): AuditRecord => ({
  seq: row.seq,
  atMs: row.atMs,
  // A changed row may hold anything; the list shows it all the same.
  eventTimestamp: new Date(Math.min(Math.max(row.atMs, -TIME_MS_MAX), TIME_MS_MAX)).toISOString(),
  action: row.action,
  resourceId: row.resourceId,
  principalId: row.principal,
  correlationId: row.correlationId,
  ...(row.beforeSha256 === null ? {} : { beforeSha256: row.beforeSha256 }),
  ...(row.afterSha256 === null ? {} : { afterSha256: row.afterSha256 }),
  ...(row.position === null ? {} : { position: row.position }),
});

export function auditLogHandlers({ audit }: Pick<Store, "audit">): AuditLogHandlers {
  return {
    AuditLog_List: async ({ query }) => {
      const filter = parseAuditFilter(query["$filter"]);
      const page = readPageRequest(query);
      const rows = await audit.list({ ...filter, ...afterNumber(page, "afterSeq"), limitMax: page.top + 1 });
      return pageAnswer(await cutPage(rows, page.top, (row) => String(row.seq), (row) => Promise.resolve(toRecord(row))));
    },
    AuditChain_List: async ({ query }) => {
      const page = readPageRequest(query);
      const entries = await audit.listChain({ ...afterNumber(page, "afterPosition"), limitMax: page.top + 1 });
      return pageAnswer(await cutPage(entries, page.top, (entry) => String(entry.position), (entry) => Promise.resolve({ ...entry })));
    },
    AuditAnchors_List: async ({ query }) => {
      const page = readPageRequest(query);
      const anchors = await audit.listAnchors({ ...afterNumber(page, "afterPosition"), limitMax: page.top + 1 });
      return pageAnswer(await cutPage(anchors, page.top, (anchor) => String(anchor.position), (anchor) => Promise.resolve({ ...anchor })));
    },
  };
}

function afterNumber<Name extends string>({ afterKey }: PageRequest, name: Name): { readonly [key in Name]?: number } {
  if (afterKey === null) return {};
  const after = /^-?\d{1,16}$/.test(afterKey) ? Number(afterKey) : NaN;
  if (!Number.isSafeInteger(after)) throw new ControlPlaneError("InvalidSkipToken", "The $skipToken is not one that this list gave out. Follow nextLink as it is, or start the list again without $skipToken.", { target: "$skipToken" });
  return { [name]: after } as { readonly [key in Name]: number }; // the one member it has
}
