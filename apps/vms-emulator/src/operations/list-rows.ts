// A list as the vendor's clients ask for it: Django's filters, order, fields, and pages. Without a word of pages it is a bare
// array; with `page` or `page_size` it is the envelope {count, next, previous, results}.
import type { Call } from "../serve/call.ts";
import { ok, Refusal } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { Row } from "../state/store.ts";

const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 10_000;
/** Ask for how the answer looks, and not for what is in it. */
const OWN_PARAMETERS = new Set(["page", "page_size", "fields", "ordering", "order_by", "format", "tenant_id__all", "search"]);
const OPERATORS = ["exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "gt", "gte", "lt", "lte", "in", "isnull"];

/** `present`: what is told of a row; only of those that are told, where nothing is asked of the others. */
export function listAnswer<R extends Row>(call: Pick<Call, "query" | "base" | "words" | "tenant">, rows: readonly R[], present: (row: R) => Row = (row) => row): Answer {
  const { query } = call;
  const isPlain = call.tenant === null && [...query.keys()].every((name) => name !== "ordering" && name !== "order_by" && OWN_PARAMETERS.has(name));
  const filtered: readonly Row[] = isPlain ? rows : ordered(rows.map(present).filter((row) => isOfTenant(call, row) && matches(query, row)), query);
  const shown = (some: readonly Row[]): readonly Row[] => (isPlain ? (some as readonly R[]).map(present) : some).map((row) => withFields(row, query)); // the rows that came
  if (!query.has("page") && !query.has("page_size")) return ok(shown(filtered));
  const size = positive(query.get("page_size"), PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX);
  const page = positive(query.get("page"), 1, Number.MAX_SAFE_INTEGER);
  const pages = Math.max(1, Math.ceil(filtered.length / size));
  if (page > pages) throw new Refusal(404, { detail: "Invalid page." });
  return ok({ count: filtered.length, next: page < pages ? pageUrl(call, page + 1) : null, previous: page > 1 ? pageUrl(call, page - 1) : null, results: shown(filtered.slice((page - 1) * size, page * size)) });
}

function positive(text: string | null, otherwise: number, max: number): number {
  if (text === null || text === "") return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Refusal(404, { detail: "Invalid page." });
  return Math.min(value, max);
}

function pageUrl({ base, words, query }: Pick<Call, "query" | "base" | "words">, page: number): string {
  const next = new URLSearchParams(query);
  next.set("page", String(page));
  return `${base}/${words.map(encodeURIComponent).join("/")}/?${next}`;
}

const isOfTenant = ({ tenant }: Pick<Call, "tenant">, row: Row): boolean => tenant === null || row["tenant_id"] === undefined || row["tenant_id"] === null || row["tenant_id"] === tenant.id;

export function withFields(row: Row, query: URLSearchParams): Row {
  const names = query.getAll("fields").flatMap((each) => each.split(",")).map((each) => each.trim()).filter((each) => each !== "");
  return names.length === 0 ? row : Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]]));
}

function ordered(rows: readonly Row[], query: URLSearchParams): readonly Row[] {
  const by = query.get("ordering") ?? query.get("order_by");
  if (by === null || by === "") return rows;
  const field = by.replace(/^-/, "");
  const sign = by.startsWith("-") ? -1 : 1;
  return rows.toSorted((one, other) => sign * compare(one[field], other[field]));
}

function compare(one: unknown, other: unknown): number {
  const numbers = [Number(one), Number(other)];
  const [a = 0, b = 0] = numbers;
  if (one !== null && one !== "" && other !== null && other !== "" && numbers.every(Number.isFinite)) return a - b;
  return String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0;
}

const matches = (query: URLSearchParams, row: Row): boolean => [...new Set(query.keys())].filter((name) => !OWN_PARAMETERS.has(name)).every((name) => isMatch(row, name, query.getAll(name)));

function isMatch(row: Row, name: string, values: readonly string[]): boolean {
  const parts = name.split("__");
  const last = parts.at(-1) ?? "";
  const operator = parts.length > 1 && OPERATORS.includes(last) ? last : "exact";
  const value = valueAt(row, operator === last && parts.length > 1 ? parts.slice(0, -1) : parts);
  // A filter the object knows nothing of is none.
  if (value === undefined) return true;
  if (operator === "in") return values.flatMap((each) => each.split(",")).some((each) => isEqual(value, each));
  if (values.some((wanted) => compareBy(operator, value, wanted))) return true;
  // One client joins a list by commas instead of repeating the name.
  return operator === "exact" && values.flatMap((each) => each.split(",")).some((each) => isEqual(value, each));
}

/** `tenant__id` is `tenant_id`, or `id` of the object `tenant`. */
function valueAt(row: Row, parts: readonly string[]): unknown {
  const joined = row[parts.join("_")];
  if (joined !== undefined) return joined;
  return parts.reduce<unknown>((at, part) => (typeof at === "object" && at !== null && part in at ? (at as Row)[part] : undefined), row); // an object, just looked at
}

function isEqual(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((each) => isEqual(each, wanted));
  if (typeof value === "boolean") return String(value) === wanted.toLowerCase() || (value ? "1" : "0") === wanted;
  return value === null ? wanted === "" || wanted === "null" : String(value) === wanted;
}

function compareBy(operator: string, value: unknown, wanted: string): boolean {
  const text = String(value);
  switch (operator) {
    case "iexact":
      return text.toLowerCase() === wanted.toLowerCase();
    case "contains":
      return Array.isArray(value) ? isEqual(value, wanted) : text.includes(wanted);
    case "icontains":
      return text.toLowerCase().includes(wanted.toLowerCase());
    case "startswith":
      return text.startsWith(wanted);
    case "istartswith":
      return text.toLowerCase().startsWith(wanted.toLowerCase());
    case "endswith":
      return text.endsWith(wanted);
    case "gt":
      return value !== null && compare(value, wanted) > 0;
    case "gte":
      return value !== null && compare(value, wanted) >= 0;
    case "lt":
      return value !== null && compare(value, wanted) < 0;
    case "lte":
      return value !== null && compare(value, wanted) <= 0;
    case "isnull":
      return (value === null) === (wanted.toLowerCase() === "true");
    default:
      return isEqual(value, wanted);
  }
}
