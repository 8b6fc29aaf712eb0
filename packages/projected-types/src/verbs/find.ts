// From a name to the object of the engine. Kept names come first, so that an object that was renamed there is still found; then
// the name an object has by itself, which is kept from then on.
import { ControlPlaneError } from "@cynosure/model";
import { SETTING_NAME } from "@cynosure/projection";
import type { ProjectedType } from "@cynosure/projection";
import { isSameJson } from "@cynosure/arm-protocol";
import type { NativeNameScope, StoredNativeName } from "@cynosure/resource-store";
import type { Context } from "../context.ts";
import { send, sendOrThrow } from "../context.ts";
import { idName, readKeyName, readName } from "../names/escape.ts";
import type { NativeId } from "../names/native-id.ts";
import { formatNativeId, nativeIdOf, parseNativeId, textOf } from "../names/native-id.ts";
import { isIdChosen, isNamedByProperty, naturalName } from "../names/natural-name.ts";
import { idNames } from "../places/native-path.ts";
import { findType, operationOf } from "../places/place.ts";
import type { NamedParent } from "../places/place.ts";
import { isAbsent } from "../wire/absent.ts";
import { nativeError } from "../wire/native-error.ts";
import type { Json } from "../wire/json.ts";
import { readList, readRow } from "../wire/rows.ts";
import { sentBody, splitBody } from "./body.ts";
import type { Query } from "./body.ts";
import { keyValues } from "./key-values.ts";

export interface Where {
  readonly type: ProjectedType;
  readonly parents: readonly NamedParent[];
  /** Native ids of the parents. */
  readonly levels: readonly NativeId[];
  readonly scope: NativeNameScope;
  readonly idNames: readonly string[];
  /** Goes with every read of one object. */
  readonly query?: Query;
}

export interface Found {
  /** As lists show it. */
  readonly name: string;
  readonly parts: NativeId;
  /** Null: the engine has no way to read it; whether it is there shows when something is done to it. */
  readonly row: Json | null;
  /** Its name as the store has it; null where none is kept. */
  readonly kept: StoredNativeName | null;
}

/** Throws when a parent is not there. */
export async function openWhere(context: Context, type: ProjectedType, parents: readonly NamedParent[]): Promise<Where> {
  const levels: NativeId[] = [];
  for (const [at, parent] of parents.entries()) levels.push(await parentId(context, parent, parents.slice(0, at), levels));
  return whereAt(context, type, parents, levels);
}

const whereAt = (context: Context, type: ProjectedType, parents: readonly NamedParent[], levels: readonly NativeId[]): Where => ({
  type,
  parents,
  levels,
  scope: { cluster: context.cluster.key, armType: type.armType, parents: levels.map((level) => encodeURIComponent(formatNativeId(level))).join("/") },
  idNames: idNames(type),
});

async function parentId(context: Context, parent: NamedParent, above: readonly NamedParent[], levels: readonly NativeId[]): Promise<NativeId> {
  const type = findType(context.catalogue, parent.armType);
  const read = readName(parent.name);
  // A parent that is no type of its own, or known by its id: the engine says whether it is there.
  if (read?.kind === "id" && (type === undefined || idNames(type).length === 1)) return [read.native];
  if (type === undefined) return [read?.native ?? parent.name];
  const found = await find(context, whereAt(context, type, above, levels), parent.name);
  if (found !== null) return found.parts;
  throw new ControlPlaneError("ParentResourceNotFound", `There is no ${parent.armType} '${parent.name.slice(0, 260)}' in the engine. Create it first, or check the name.`, { target: parent.armType });
}

export async function find(context: Context, where: Where, name: string): Promise<Found | null> {
  const { type, scope } = where;
  if (type.naming === "singleton") return name.toLowerCase() === SETTING_NAME ? { name: SETTING_NAME, parts: [], row: await readObject(context, where, []), kept: null } : null;
  // A name that says the id may be of an object that is known under another one: one question to the store tells both.
  const said = idSaid(where, name);
  const names = said === null ? [] : await context.options.names.list(scope);
  const kept = said === null ? await context.options.names.find(scope, name) : (names.find((each) => isNamed(each, name)) ?? null);
  if (kept !== null) {
    const parts = parseNativeId(kept.nativeId, where.idNames.length);
    const row = await readObject(context, where, parts);
    if (isStillOf(where, kept, row)) return { name: kept.name, parts, row, kept };
    await context.options.names.remove(scope, kept.name);
  }
  return said === null ? findByName(context, where, name) : whole(context, where, said, names.filter((each) => each !== kept));
}

const isNamed = (kept: StoredNativeName, name: string): boolean => kept.name.toLowerCase() === name.toLowerCase();

/** False: its object is gone from the engine, or the id belongs to another one now. */
export const isStillOf = (where: Where, { guid }: StoredNativeName, row: Json | null): boolean => (row === null ? !canRead(where) : guid === null || row["guid"] === undefined || row["guid"] === guid);

/** The id that a name says by itself; null where the engine is to be asked. */
function idSaid({ type, idNames: names }: Where, name: string): NativeId | null {
  if (type.key !== null || names.length > 1) return readKeyName(names, name);
  const read = readName(name);
  return read !== null && (read.kind === "id" || isIdChosen(type)) ? [read.native] : null;
}

async function findByName(context: Context, where: Where, name: string): Promise<Found | null> {
  const { type, scope, idNames: names } = where;
  const read = readName(name);
  if (read?.kind !== "name" || names.length > 1 || !isNamedByProperty(type)) return null;
  let known: readonly StoredNativeName[] | null = null;
  for (const row of await searchByName(context, where, read.native, read.tenantId)) {
    const parts = nativeIdOf(row, names, false);
    if (parts === null || naturalName(type, names, parts, row).toLowerCase() !== name.toLowerCase()) continue;
    known ??= await context.options.names.list(scope);
    // It is known under another name: this one is free.
    if (known.some((each) => each.nativeId === formatNativeId(parts) && isStillOf(where, each, row))) continue;
    const found = await whole(context, where, parts, known);
    if (found !== null) return { ...found, kept: await keepName(context, where, found) };
  }
  return null;
}

/** `names`: all that are kept there. As in a list: under the name that is kept for it, else under its own unless another has that. */
async function whole(context: Context, where: Where, parts: NativeId, names: readonly StoredNativeName[]): Promise<Found | null> {
  const row = await readObject(context, where, parts);
  const nativeId = formatNativeId(parts);
  const own = names.find((each) => each.nativeId === nativeId);
  const kept = own !== undefined && isStillOf(where, own, row) ? own : null;
  if (own !== undefined && kept === null) await context.options.names.remove(where.scope, own.name);
  if (row === null && canRead(where)) return null;
  return { name: nameOf(where, parts, row ?? {}, kept, (natural) => names.some((each) => each.nativeId !== nativeId && isNamed(each, natural))), parts, row, kept };
}

/** What an object is called: as it was kept, else as it is called by itself, or by its id where that name is another's. */
export function nameOf({ type, idNames: names }: Pick<Where, "type" | "idNames">, parts: NativeId, row: Json, kept: StoredNativeName | null, isTaken: (natural: string) => boolean): string {
  if (kept !== null) return kept.name;
  const natural = naturalName(type, names, parts, row);
  return parts.length === 1 && isTaken(natural) ? idName(parts[0] ?? "") : natural;
}

/** Nothing is written where it is kept as it is. */
export async function keepName(context: Context, where: Where, { name, parts, row, kept }: Found): Promise<StoredNativeName> {
  const wanted: StoredNativeName = { name, nativeId: formatNativeId(parts), guid: textOf(row?.["guid"]) || null };
  if (!isSameJson(wanted, kept)) await context.options.names.put(where.scope, wanted);
  return wanted;
}

export const canRead = ({ type }: Pick<Where, "type">): boolean => type.paths.get !== undefined || type.paths.list !== undefined;

/** Null: it is not there, or cannot be read. */
export async function readObject(context: Context, where: Where, parts: NativeId): Promise<Json | null> {
  const get = operationOf(context.catalogue, where.type, "get");
  if (get !== undefined) {
    const { query, body } = splitBody(get, keyValues(where.type, get, parts));
    const answer = await send(context, get, { levels: [...where.levels, parts], query: [...query, ...(where.query ?? []).filter(([name]) => !query.some(([own]) => own === name))], ...sentBody(get, body) });
    if (isAbsent(context.catalogue.engine, answer)) return null;
    if (answer.status < 200 || answer.status > 299) throw nativeError(context.catalogue.engine, get, answer);
    return readRow(where.type, answer.body);
  }
  const list = operationOf(context.catalogue, where.type, "list");
  if (list === undefined) return null;
  const { rows } = readList(where.type, (await sendOrThrow(context, list, { levels: where.levels })).body);
  return rows.find((row) => where.idNames.every((name, at) => parts[at] === "" || textOf(row[name]) === parts[at])) ?? null;
}

/** Objects of that native name; engines that filter by names answer few, others all. */
export async function searchByName(context: Context, { type, levels }: Where, native: string, tenantId: string | null): Promise<readonly Json[]> {
  const list = operationOf(context.catalogue, type, "list");
  const { nameField } = type;
  if (list === undefined || nameField === null) return [];
  const filters = context.catalogue.engine === "vast" || list.queryParameters.some(({ name }) => name === nameField) ? [[nameField, native] as const, ...(tenantId === null ? [] : [["tenant_id", tenantId] as const])] : [];
  const { rows } = readList(type, (await sendOrThrow(context, list, { levels, query: filters })).body);
  return rows.filter((row) => textOf(row[nameField]).toLowerCase() === native.toLowerCase()).toSorted((a, b) => Number(textOf(b[nameField]) === native) - Number(textOf(a[nameField]) === native));
}
