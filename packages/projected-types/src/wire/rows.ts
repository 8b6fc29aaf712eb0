// What an engine answers as objects: lists come bare or in an envelope, of objects or of bare names, and an object may come in a list of one.
import type { ProjectedType } from "@cynosure/projection";
import { isJsonObject } from "./json.ts";
import type { Json } from "./json.ts";

const LIST_PROPERTY = "value";

export interface NativeList {
  readonly rows: readonly Json[];
  /** Null: all there are. */
  readonly count: number | null;
  /** There is a page after this one; null where the engine does not page. */
  readonly hasMore: boolean | null;
}

export function readList(type: ProjectedType, body: unknown): NativeList {
  if (isJsonObject(body) && Array.isArray(body["results"])) {
    return { rows: body["results"].flatMap((each) => asRow(type, each)), count: typeof body["count"] === "number" ? body["count"] : null, hasMore: body["next"] !== null && body["next"] !== undefined && body["next"] !== "" };
  }
  const list = Array.isArray(body) ? body : isJsonObject(body) ? (onlyList(body) ?? [body]) : [];
  return { rows: list.flatMap((each) => asRow(type, each)), count: null, hasMore: null };
}

/** A list with something said beside it: `{default_info, zones: […]}`. */
function onlyList(body: Json): readonly unknown[] | null {
  const [only, other] = Object.values(body).filter((value): value is unknown[] => Array.isArray(value));
  return only !== undefined && other === undefined ? only : null;
}

/** Null for an answer without an object. */
export function readRow(type: ProjectedType, body: unknown): Json | null {
  // A setting that is a bare list is known by the property it is changed by: Ceph's flags of OSDs.
  if (type.naming === "singleton" && Array.isArray(body)) return { [type.patchOnlyFields.length === 1 ? (type.patchOnlyFields[0] ?? LIST_PROPERTY) : LIST_PROPERTY]: body };
  return (Array.isArray(body) ? asRow(type, body[0]) : asRow(type, body))[0] ?? null;
}

function asRow(type: ProjectedType, value: unknown): readonly Json[] {
  if (isJsonObject(value)) return [value];
  return typeof value === "string" || typeof value === "number" ? [{ [type.idField]: value }] : [];
}
