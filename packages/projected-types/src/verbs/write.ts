// PUT and PATCH of one object. PUT makes it, or sends what differs; what the engine has no property for is refused, never dropped.
import { ControlPlaneError } from "@cynosure/model";
import type { CatalogueOperation } from "@cynosure/projection";
import type { Context } from "../context.ts";
import { sendOrThrow } from "../context.ts";
import { readKeyName, readName } from "../names/escape.ts";
import type { NativeId } from "../names/native-id.ts";
import { nativeIdOf } from "../names/native-id.ts";
import { isIdChosen, isNamedByProperty, naturalName } from "../names/natural-name.ts";
import { operationOf } from "../places/place.ts";
import type { Place } from "../places/place.ts";
import type { ProjectedAnswer, ProjectedRequest } from "../port.ts";
import { beginOperation, taskIdsOf } from "../tasks/begin.ts";
import { changesOf, readProperties, refuseCommands } from "../wire/changes.ts";
import { isJsonObject } from "../wire/json.ts";
import type { Json } from "../wire/json.ts";
import { readRow } from "../wire/rows.ts";
import { secretValues } from "../wire/secrets.ts";
import { find, keepName, openWhere, readObject, searchByName } from "./find.ts";
import type { Found, Where } from "./find.ts";
import { nativeQuery, sentBody, splitBody } from "./body.ts";
import type { Query } from "./body.ts";
import { keyValues } from "./key-values.ts";
import { shown } from "./read.ts";
import { cannot, notFound } from "./refusals.ts";

type Item = Extract<Place, { readonly kind: "item" }>;

export async function putItem(context: Context, place: Item, request: ProjectedRequest): Promise<ProjectedAnswer> {
  const given = readProperties(request.body);
  refuseCommands(place.type, given);
  const where = await openWhere(context, place.type, place.parents);
  const query = nativeQuery(request.query);
  const found = await findExisting(context, where, place.name);
  if (found !== null && request.mustBe === "absent") throw new ControlPlaneError("PreconditionFailed", `${place.type.armType} '${found.name}' is there already, and 'If-None-Match: *' asks that it is not.`, { target: "If-None-Match" });
  if (found === null && request.mustBe === "present") throw notPresent(place);
  return found === null ? create(context, where, place, { given, query }) : change(context, where, found, { given, query, isPatch: false });
}

export async function patchItem(context: Context, place: Item, request: ProjectedRequest): Promise<ProjectedAnswer> {
  const given = readProperties(request.body);
  const where = await openWhere(context, place.type, place.parents);
  const found = await find(context, where, place.name);
  if (found === null) throw request.mustBe === "present" ? notPresent(place) : notFound(place);
  return change(context, where, found, { given, query: nativeQuery(request.query), isPatch: true });
}

const notPresent = (place: Item): ControlPlaneError => new ControlPlaneError("PreconditionFailed", `${place.type.armType} '${place.name.slice(0, 260)}' is not there, and 'If-Match: *' asks that it is.`, { target: "If-Match" });

/** One that cannot be read is there only if a name was kept for it. */
async function findExisting(context: Context, where: Where, name: string): Promise<Found | null> {
  const found = await find(context, where, name);
  const isKnown = found === null || found.row !== null || found.kept !== null || where.type.naming === "singleton";
  return isKnown ? found : null;
}

interface Written {
  readonly given: Json;
  readonly query: Query;
}

async function create(context: Context, where: Where, place: Item, { given, query }: Written): Promise<ProjectedAnswer> {
  const { type } = where;
  const operation = operationOf(context.catalogue, type, "create");
  if (operation === undefined) throw type.paths.update === undefined && type.paths.replace === undefined ? cannot(context, type, "create") : notFound(place);
  const body = { ...identityFor(where, operation, place.name, given), ...given };
  const sent = splitBody(operation, body);
  const answer = await sendOrThrow(context, operation, { levels: where.levels, query: [...sent.query, ...query], ...sentBody(operation, sent.body) }, secretValues(type, body));
  const taskIds = taskIdsOf(context.catalogue.engine, operation, answer);
  const made = await identify(context, where, operation, body, readRow(type, answer.body));
  const natural = made === null ? null : naturalName(type, where.idNames, made.parts, { ...body, ...made.row });
  const isNatural = natural?.toLowerCase() === place.name.toLowerCase();
  const found = { name: isNatural ? natural : place.name, parts: made?.parts ?? [] };
  if (made !== null && (!isNatural || isNamedByProperty(type))) await keepName(context, where, { ...found, row: made.row, kept: null });
  const answered = isJsonObject(answer.body) ? answer.body : {};
  // Shown once: what the engine made up and nobody has sent.
  const generated = Object.keys(answered).filter((name) => body[name] === undefined);
  const row = { ...(await rowAfter(context, where, operation, made)), ...Object.fromEntries(generated.filter((name) => type.secretFields.includes(name)).map((name) => [name, answered[name]])) };
  const resource = shown(context, where, found, Object.keys(row).length > 0 ? row : body, generated);
  if (taskIds.length === 0) return { status: 201, body: resource };
  const nativeName = type.nameField === null ? "" : String(body[type.nameField] ?? "");
  return { status: 201, body: resource, operation: await beginOperation(context, { kind: "create", resourceId: resource.id, taskIds, name: made !== null || nativeName === "" ? null : { scope: where.scope, name: place.name, nativeName } }) };
}

/** What the name says of the object, where the engine takes it and the body does not say it. */
function identityFor(where: Where, operation: CatalogueOperation, name: string, given: Json): Json {
  const { type, idNames } = where;
  const takes = new Set(operation.bodyFields.map((field) => field.name));
  if (type.key !== null || idNames.length > 1) {
    const parts = readKeyName(idNames, name);
    return parts === null ? {} : Object.fromEntries(Object.entries(keyValues({ ...type, key: type.key ?? { parts: idNames, sentIn: "body" } }, operation, parts)).filter(([part]) => takes.has(part)));
  }
  const read = readName(name);
  if (read === null || type.naming !== "name") return {};
  if (read.kind === "id" && !isIdChosen(type)) throw new ControlPlaneError("InvalidResourceName", `'${name.slice(0, 260)}' names a native id, and the engine has none such. Create it under another name; the engine gives the id.`, { target: "name" });
  const field = createdAs(type.nameField, takes);
  const tenant = read.kind === "name" && read.tenantId !== null ? tenantOf(read.tenantId, given) : {};
  return field === undefined ? tenant : { [field]: read.native, ...tenant };
}

/** `pool_name` and `rule_name` in answers are `pool` and `name` in the creation. */
const createdAs = (nameField: string | null, takes: ReadonlySet<string>): string | undefined => (nameField === null ? undefined : [nameField, nameField.replace(/_(?:name|id)$/, ""), "name"].find((each) => takes.has(each)));

function tenantOf(tenantId: string, given: Json): Json {
  const said = given["tenant_id"];
  if (said !== undefined && String(said) !== tenantId) throw new ControlPlaneError("MismatchingResourceSegments", `The name says tenant ${tenantId}, and 'tenant_id' says '${String(said)}'. Leave one out or make them agree.`, { target: "properties.tenant_id" });
  return { tenant_id: Number(tenantId) };
}

/** What was made: from the answer, else by looking for it. Null while the engine has not made it. */
async function identify(context: Context, where: Where, operation: CatalogueOperation, body: Json, row: Json | null): Promise<{ readonly parts: NativeId; readonly row: Json } | null> {
  const { type, idNames } = where;
  if (type.naming === "singleton") return { parts: [], row: row ?? {} };
  const isKeyed = type.key !== null;
  const told = row === null ? null : nativeIdOf(isKeyed ? { ...body, ...row } : row, idNames, isKeyed);
  if (told !== null) return { parts: told, row: row ?? {} };
  const sent = nativeIdOf({ ...body, ...aliasOf(type.nameField, operation, body) }, idNames, isKeyed);
  if (sent !== null && (isIdChosen(type) || isKeyed || idNames.length > 1)) return { parts: sent, row: row ?? {} };
  if (!isNamedByProperty(type)) return null;
  const native = String(body[type.nameField ?? ""] ?? "");
  const tenant = body["tenant_id"];
  const matches = native === "" ? [] : (await searchByName(context, where, native, null)).filter((each) => tenant === undefined || each["tenant_id"] === undefined || String(each["tenant_id"]) === String(tenant));
  const [only] = matches;
  const parts = only === undefined || matches.length > 1 ? null : nativeIdOf(only, idNames, false);
  return parts === null || only === undefined ? null : { parts, row: only };
}

function aliasOf(nameField: string | null, operation: CatalogueOperation, body: Json): Json {
  const field = createdAs(nameField, new Set(operation.bodyFields.map(({ name }) => name)));
  return nameField === null || field === undefined || body[field] === undefined ? {} : { [nameField]: body[field] };
}

/** As the engine has it now, unless reading it needs a right of its own: then what is known already. */
async function rowAfter(context: Context, where: Where, operation: CatalogueOperation, made: { readonly parts: NativeId; readonly row: Json } | null): Promise<Json> {
  if (made === null || isGuardedRead(context, where)) return {};
  const answersAll = operation.answerFields.length >= where.type.fields.length / 2 && Object.keys(made.row).length > 0;
  return answersAll ? made.row : ((await readObject(context, where, made.parts)) ?? made.row);
}

/** Reading it hands out secrets or the engine's own works: a writer is not thereby a reader. */
function isGuardedRead(context: Context, { type }: Pick<Where, "type">): boolean {
  const get = operationOf(context.catalogue, type, "get") ?? operationOf(context.catalogue, type, "list");
  return get !== undefined && (get.hasSideEffects || !get.permission.endsWith("/read"));
}

/** Engines whose PUT takes what shall change, and not the whole object. */
const PUT_CHANGES: ReadonlySet<string> = new Set(["ceph"]);

async function change(context: Context, where: Where, found: Found, { given, query, isPatch }: Written & { readonly isPatch: boolean }): Promise<ProjectedAnswer> {
  const { type } = where;
  const operation = operationOf(context.catalogue, type, "update") ?? operationOf(context.catalogue, type, "replace") ?? null;
  const changes = changesOf({ type, change: operation, current: found.row, given, isPatch });
  const guarded = isGuardedRead(context, where);
  if (Object.keys(changes).length === 0) return { status: 200, body: shown(context, where, found, guarded || found.row === null ? given : found.row) };
  if (operation === null) throw cannot(context, type, "change");
  if (isNamedByProperty(type)) await keepName(context, where, found);
  const sent = splitBody(operation, { ...keyValues(type, operation, found.parts), ...wholeFor(context, operation, found.row, changes) });
  const answer = await sendOrThrow(context, operation, { levels: [...where.levels, found.parts], query: [...sent.query, ...query], ...sentBody(operation, sent.body) }, secretValues(type, given));
  const taskIds = taskIdsOf(context.catalogue.engine, operation, answer);
  const row = guarded ? null : await readObject(context, where, found.parts);
  const resource = shown(context, where, found, row ?? given);
  if (taskIds.length === 0) return { status: 200, body: resource };
  const begun = await beginOperation(context, { kind: "update", resourceId: resource.id, taskIds, name: null });
  return isPatch ? { status: 202, operation: begun } : { status: 200, body: resource, operation: begun };
}

/** A PUT of the engine replaces: what is not sent would be lost. */
function wholeFor(context: Context, operation: CatalogueOperation, current: Json | null, changes: Json): Json {
  if (operation.method === "PATCH" || current === null) return changes;
  const isPartial = PUT_CHANGES.has(context.catalogue.engine);
  const kept = operation.bodyFields.filter((field) => (field.isRequired || !isPartial) && current[field.name] !== undefined).map(({ name }) => [name, current[name]] as const);
  return { ...Object.fromEntries(kept), ...changes };
}
