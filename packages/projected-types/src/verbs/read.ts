// GET of a collection and of one object.
import { ControlPlaneError } from "@cynosure/model";
import { PAGE_SIZE_MAX, decodeSkipToken, encodeSkipToken, parseTop } from "@cynosure/arm-protocol";
import { SETTING_NAME } from "@cynosure/projection";
import type { Context } from "../context.ts";
import { idName } from "../names/escape.ts";
import { formatNativeId, nativeIdOf } from "../names/native-id.ts";
import { naturalName } from "../names/natural-name.ts";
import { operationOf } from "../places/place.ts";
import type { Place } from "../places/place.ts";
import type { ProjectedAnswer, ProjectedRequest } from "../port.ts";
import { collectionOf, toResource } from "../wire/envelope.ts";
import type { ProjectedResource } from "../wire/envelope.ts";
import type { Json } from "../wire/json.ts";
import { nativeQuery, unknownParameter } from "./body.ts";
import type { ListedRow, NamedRow } from "./listed.ts";
import { readPages } from "./read-pages.ts";
import { canRead, find, openWhere, readObject } from "./find.ts";
import type { Found, Where } from "./find.ts";
import { cannot, notFound } from "./refusals.ts";

type Collection = Extract<Place, { readonly kind: "collection" }>;
type Item = Extract<Place, { readonly kind: "item" }>;

export async function getItem(context: Context, place: Item, { query }: Pick<ProjectedRequest, "query">): Promise<ProjectedAnswer> {
  const where = { ...(await openWhere(context, place.type, place.parents)), query: nativeQuery(query) };
  if (!canRead(where)) throw cannot(context, place.type, "read");
  const found = await find(context, where, place.name);
  if (found === null || found.row === null) throw notFound(place);
  return { status: 200, body: shown(context, where, found, found.row) };
}

export const shown = (context: Context, where: Where, found: Pick<Found, "name" | "parts">, row: Json, secrets: readonly string[] = []): ProjectedResource =>
  toResource({ cluster: context.cluster, type: where.type, parents: where.parents }, found.name, formatNativeId(found.parts), row, secrets);

export async function getCollection(context: Context, { type, parents }: Collection, { query }: Pick<ProjectedRequest, "query">): Promise<ProjectedAnswer> {
  const where = await openWhere(context, type, parents);
  if (type.naming === "singleton") {
    const row = await readObject(context, where, []);
    return { status: 200, body: { value: row === null ? [] : [shown(context, where, { name: SETTING_NAME, parts: [] }, row)] } };
  }
  const list = operationOf(context.catalogue, type, "list");
  if (list === undefined) throw cannot(context, type, "list");
  const page = readPage(query);
  const unknown = unknownParameter(query);
  if (unknown !== undefined) throw new ControlPlaneError("InvalidParameter", `The parameter '${unknown}' is not served for objects of the engine. Its own filters are: write '<property>=<value>'.`, { target: unknown });
  const { rows, hasMore } = await readPages(context, where, list, nativeQuery(query), page);
  const collection = collectionOf({ cluster: context.cluster, type, parents });
  const named = await namesOf(context, where, rows);
  const pieces = named.flatMap(({ listed, ...name }, at) => [...(at === 0 ? [] : [COMMA]), ...listed.pieces(collection, name)]);
  return { status: 200, listPieces: pieces, ...(hasMore ? { skipToken: encodeSkipToken(`${page.number + 1}/${page.size}`) } : {}) };
}

const COMMA = new TextEncoder().encode(",");

/** Longer pages than elsewhere: whoever lists an engine has tens of thousands of objects. */
function readPage(query: Readonly<Record<string, string>>): { readonly number: number; readonly size: number } {
  const top = query["$top"] === undefined ? { ok: true as const, value: PAGE_SIZE_MAX } : parseTop(query["$top"]);
  if (!top.ok) throw new ControlPlaneError(top.problem.code, top.problem.message, { target: "$top" });
  const token = query["$skiptoken"];
  if (token === undefined) return { number: 1, size: top.value };
  const decoded = decodeSkipToken(token);
  const match = decoded.ok ? /^(\d{1,9})\/(\d{1,4})$/.exec(decoded.value) : null;
  if (match === null) throw new ControlPlaneError("InvalidSkipToken", "The $skipToken is not one this list gave out. Follow nextLink as it is, or start the list again without $skipToken.", { target: "$skipToken" });
  return { number: Number(match[1]), size: Number(match[2]) };
}

async function namesOf(context: Context, where: Where, rows: readonly ListedRow[]): Promise<readonly (NamedRow & { readonly listed: ListedRow })[]> {
  const kept = await context.options.names.list(where.scope);
  const byId = new Map(kept.map((each) => [each.nativeId, each]));
  const byName = new Map(kept.map((each) => [each.name.toLowerCase(), each]));
  const seen = new Set<string>();
  return rows.flatMap((listed) => {
    const { row } = listed;
    const parts = nativeIdOf(row, where.idNames, where.type.key !== null);
    if (parts === null) return [];
    const nativeId = formatNativeId(parts);
    const own = byId.get(nativeId);
    const isOwn = own !== undefined && (own.guid === null || row["guid"] === undefined || own.guid === row["guid"]);
    const natural = isOwn ? own.name : naturalName(where.type, where.idNames, parts, row);
    // Somebody else is known by it, or was listed before.
    const isTaken = !isOwn && (byName.has(natural.toLowerCase()) || seen.has(natural.toLowerCase())) && parts.length === 1;
    const name = isTaken ? idName(parts[0] ?? "") : natural;
    seen.add(name.toLowerCase());
    return [{ listed, name, nativeId }];
  });
}
