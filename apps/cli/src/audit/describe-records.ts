// Audit records as lines for people: when, who, what, to which resource. A line may be long, so that each record
// stays one and can be searched for. Pure.
import type { AuditRecord } from "@cynosure/sdk";
import { formatTable } from "../output.ts";

export function describeRecords(records: readonly AuditRecord[]): string[] {
  if (records.length === 0) return ["none"];
  return formatTable(
    ["seq", "time", "principal", "action", "resource"],
    records.map(({ seq, eventTimestamp, principalId, action, resourceId }) => [String(seq), eventTimestamp, principalId, action, resourceId]),
  );
}
