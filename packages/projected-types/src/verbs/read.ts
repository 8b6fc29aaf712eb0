// GET of a collection and of one object.
import { ControlPlaneError } from "@cynosure/model";
import { decodeSkipToken, encodeSkipToken, parseTop } from "@cynosure/arm-protocol";
import { SETTING_NAME } from "@cynosure/projection";
import type { Context } from "../context.ts";
import { formatNativeId, nativeIdOf } from "../names/native-id.ts";
import { operationOf } from "../places/place.ts";
import type { Place } from "../places/place.ts";
import type { AnsweredList, ListText, ProjectedAnswer, ProjectedRequest } from "../port.ts";
import { collectionOf, toResource } from "../wire/envelope.ts";
import type { ProjectedResource } from "../wire/envelope.ts";
import type { Json } from "../wire/json.ts";
import { nativeQuery, unknownParameter } from "./body.ts";
import type { NamedRow } from "./listed.ts";
import { firstPage, isPage, openPage, releasePart } from "./read-pages.ts";
import type { AskedPage, ComingPart, PagePart } from "./read-pages.ts";
import { canRead, find, isStillOf, nameOf, openWhere, readObject } from "./find.ts";
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
  const page = readToken(query);
  const unknown = unknownParameter(query);
  if (unknown !== undefined) throw new ControlPlaneError("InvalidParameter", `The parameter '${unknown}' is not served for objects of the engine. Its own filters are: write '<property>=<value>'.`, { target: unknown });
  const [{ first, rest }, nameAll] = await Promise.all([openPage(context, where, list, nativeQuery(query), page), namerOf(context, where)]);
  const collection = collectionOf({ cluster: context.cluster, type, parents });
  const textOf = ({ page: read, from, to }: PagePart): ListText => read.text(collection, nameAll(read.rows, from, to));
  const text = textOf(first);
  if (rest !== null) return { status: 200, list: { first: text, rest: partsOf(first, rest, textOf) } };
  return { status: 200, list: { first: text, rest: null }, ...(first.next === null ? {} : { skipToken: tokenOf(first.next) }) };
}

async function* partsOf(first: PagePart, coming: AsyncIterable<ComingPart>, textOf: (part: PagePart) => ListText): NonNullable<AnsweredList["rest"]> {
  let next: AskedPage | null = null;
  releasePart(first);
  for await (const { asPage, part } of coming) {
    const skipToken = tokenOf(asPage);
    // The answer has begun: whoever goes on with this part is told what became of it.
    if (part === null) return skipToken;
    yield { text: textOf(part), skipToken };
    releasePart(part);
    ({ next } = part);
  }
  return next === null ? undefined : tokenOf(next);
}

/** Longer pages than elsewhere: whoever lists an engine has tens of thousands of objects. */
function readToken(query: Readonly<Record<string, string>>): AskedPage {
  const top = query["$top"] === undefined ? { ok: true as const, value: undefined } : parseTop(query["$top"]);
  if (!top.ok) throw new ControlPlaneError(top.problem.code, top.problem.message, { target: "$top" });
  const token = query["$skiptoken"];
  if (token === undefined) return firstPage(top.value);
  const decoded = decodeSkipToken(token);
  const match = decoded.ok ? /^([1-9]\d{0,8})\/([1-9]\d{0,3})\/([1-9]\d?)\/(\d{0,12})$/.exec(decoded.value) : null;
  const page = { part: Number(match?.[1]), rows: Number(match?.[2]), parts: Number(match?.[3]), count: match?.[4] === "" ? null : Number(match?.[4]) };
  if (match === null || !isPage(page)) throw new ControlPlaneError("InvalidSkipToken", "The $skipToken is not one this list gave out. Follow nextLink as it is, or start the list again without $skipToken.", { target: "$skipToken" });
  return page;
}

const tokenOf = ({ part, rows, parts, count }: AskedPage): string => encodeSkipToken([part, rows, parts, count ?? ""].join("/"));

/** Names for the rows of one page, part by part: what was listed before is remembered. */
async function namerOf(context: Context, where: Where): Promise<(rows: readonly Json[], from: number, to: number) => readonly NamedRow[]> {
  const kept = await context.options.names.list(where.scope);
  const byId = new Map(kept.map((each) => [each.nativeId, each]));
  const byName = new Set(kept.map((each) => each.name.toLowerCase()));
  const seen = new Set<string>();
  const isTaken = (natural: string): boolean => byName.has(natural.toLowerCase()) || seen.has(natural.toLowerCase());
  return (rows, from, to) => {
    const named: NamedRow[] = [];
    for (let at = from; at < to && at < rows.length; at += 1) {
      const row = rows[at] ?? {};
      const parts = nativeIdOf(row, where.idNames, where.type.key !== null);
      if (parts === null) continue;
      const nativeId = formatNativeId(parts);
      const own = byId.get(nativeId);
      const name = nameOf(where, parts, row, own !== undefined && isStillOf(where, own, row) ? own : null, isTaken);
      seen.add(name.toLowerCase());
      named.push({ at, name, nativeId });
    }
    return named;
  };
}
