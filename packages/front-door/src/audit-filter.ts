// The `$filter` of the list of audit records: a span of time and equality of three fields, joined by `and`.
// Anything else is refused by name; a filter that is silently ignored would answer with other people's rows.
import { ControlPlaneError } from "@cynosure/model";
import type { AuditListRequest } from "@cynosure/resource-store";

type AuditFilter = Omit<AuditListRequest, "afterSeq" | "limitMax">;

const FILTER_LENGTH_MAX = 2_000;
const CLAUSE = /^([a-z]+)\s+(ge|le|eq)\s+'((?:[^']|'')*)'$/i;

const refuse = (text: string): ControlPlaneError =>
  new ControlPlaneError(
    "InvalidParameter",
    `The $filter '${text.slice(0, 200)}' is not supported. Use eventTimestamp with ge or le, and resourceId, correlationId or principalId with eq, joined by 'and', for example: eventTimestamp ge '2026-12-01T00:00:00Z'.`,
    { target: "$filter" },
  );

export function parseAuditFilter(text: string | undefined): AuditFilter {
  if (text === undefined || text.trim() === "") return {};
  if (text.length > FILTER_LENGTH_MAX) throw refuse(text);
  return Object.assign({}, ...splitClauses(text).map((clause) => parseClause(clause, text))) as AuditFilter; // each part is a part of it
}

/** At `and` outside of quotes. */
function splitClauses(text: string): readonly string[] {
  const clauses = [""];
  for (const part of text.split(/('(?:[^']|'')*')/)) {
    if (part.startsWith("'")) clauses.push(`${clauses.pop() ?? ""}${part}`);
    else {
      const [first = "", ...more] = part.split(/\s+and\s+/i);
      clauses.push(`${clauses.pop() ?? ""}${first}`, ...more);
    }
  }
  return clauses.map((clause) => clause.trim());
}

function parseClause(clause: string, whole: string): AuditFilter {
  const [, field = "", operator = "", quoted = ""] = CLAUSE.exec(clause) ?? [];
  const value = quoted.replaceAll("''", "'");
  switch (`${field} ${operator}`.toLowerCase()) {
    case "eventtimestamp ge":
      return { fromMs: parseTime(value, whole) };
    case "eventtimestamp le":
      return { toMs: parseTime(value, whole) };
    case "resourceid eq":
      return { resourceId: parseText(value, whole) };
    case "correlationid eq":
      return { correlationId: parseText(value, whole) };
    case "principalid eq":
      return { principal: parseText(value, whole) };
    default:
      throw refuse(whole);
  }
}

function parseTime(value: string, whole: string): number {
  const atMs = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/i.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(atMs)) throw refuse(whole);
  return atMs;
}

/** No stored text holds a NUL, and PostgreSQL takes none. */
function parseText(value: string, whole: string): string {
  if (value.includes("\0")) throw refuse(whole);
  return value;
}
