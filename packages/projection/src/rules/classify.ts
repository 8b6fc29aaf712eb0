// One operation with everything the catalogue says of it. Names of actions that several methods share at one path are
// told apart by their method; a path written twice, with and without its last slash, is one thing.
import type { CatalogueOperation, Danger, OperationClass } from "../catalogue.ts";
import type { ApiOperation } from "../document/api-document.ts";
import type { EngineOverrides } from "../overrides/overrides.ts";
import { ENGINE_INTERNALS, PERMISSIONS, checkPrefix, projectedTypeName } from "./naming.ts";
import { camel, pascal, readPath } from "./paths.ts";
import type { PathShape } from "./paths.ts";
import { placeOf } from "./place.ts";
import type { Place } from "./place.ts";

/** Properties of an answer that name work the engine goes on with. */
export const TASK_FIELDS: readonly string[] = ["async_task", "async_tasks", "async_task_id", "async_task_ids", "task_id"];

const VERB_PERMISSION = { list: "read", get: "read", create: "write", update: "write", replace: "write", delete: "delete" } as const;

/** Where several methods make orders at one path: which of them keeps the bare name. */
const BARE_FIRST: readonly string[] = ["POST", "PATCH", "PUT", "GET", "DELETE"];
const METHOD_WORD: Readonly<Record<string, string>> = { GET: "get", PUT: "replace", PATCH: "update", POST: "create", DELETE: "delete" };

export function classify(operation: ApiOperation, shape: PathShape, overrides: EngineOverrides): CatalogueOperation {
  const place = placeOf(operation, shape, overrides);
  const path = readPath(operation.path, overrides.basePath);
  const id = `${operation.method} ${path.key}`;
  const armType = place === null || place.typeKey === null ? null : projectedTypeName(overrides.engine, place.typeKey);
  if (armType !== null) checkPrefix(overrides.engine, armType);
  const action = place?.verb === "action" ? nameOfAction(place, operation, path.key, shape, overrides) : null;
  const danger = overrides.danger[id] ?? "none";
  const isSecretRead = overrides.secretReads.includes(id);
  const isAsynchronous = overrides.tasks.includes(id) || (operation.method !== "GET" && operation.answer.fields.some(({ name }) => TASK_FIELDS.includes(name)));
  return {
    method: operation.method,
    path: operation.path,
    class: classOf(place, operation, overrides.downloads.includes(id)),
    rule: place?.rule ?? "R00",
    isFallback: place?.isFallback === true,
    armType,
    armVerb: place?.verb ?? null,
    action,
    actionOn: place?.on ?? null,
    pathParameters: path.parameters,
    queryParameters: operation.query,
    bodyKind: operation.body?.kind ?? null,
    bodyFields: operation.body?.fields ?? [],
    answerFields: operation.answer.fields,
    answersList: operation.answer.isList,
    key: place?.key ?? null,
    isAsynchronous,
    hasSideEffects: overrides.sideEffects.includes(id),
    danger,
    permission: permissionOf({ armType, place, action, danger, isSecretRead }),
  };
}

function classOf(place: Place | null, operation: ApiOperation, isDownload: boolean): OperationClass {
  if (place === null) return "unmapped";
  if (place.isGatewayOnly === true) return "gatewayOnly";
  if (isDownload || (operation.body !== null && operation.body.kind !== "json")) return "transfer";
  if (place.isKeyed === true) return "keyed";
  return place.verb === "action" ? "action" : "typed";
}

function nameOfAction(place: Place, { method }: ApiOperation, key: string, shape: PathShape, overrides: EngineOverrides): string {
  const name = camel(place.actionWords);
  const others = [...(shape.methods.get(key) ?? [])].filter((other) => BARE_FIRST.indexOf(other) < BARE_FIRST.indexOf(method));
  const isShared = place.isFallback !== true && place.rule !== "N01" && others.length > 0;
  const told = isShared ? `${METHOD_WORD[method] ?? "do"}${pascal([name])}` : name;
  return place.on === "cluster" ? `${overrides.engine}${pascal([told])}` : told;
}

function permissionOf({ armType, place, action, danger, isSecretRead }: { armType: string | null; place: Place | null; action: string | null; danger: Danger; isSecretRead: boolean }): string {
  const verb = place?.verb ?? null;
  if (verb === null) return `${PERMISSIONS}/invokeNative/action`;
  const word = verb === "action" ? `${action ?? ""}/action` : VERB_PERMISSION[verb];
  if (danger === "none" && !isSecretRead) return armType === null ? `${PERMISSIONS}/${word}` : `${PERMISSIONS}/${armType}/${word}`;
  return `${ENGINE_INTERNALS}/${armType ?? "cluster"}/${verb === "action" ? (action ?? "") : VERB_PERMISSION[verb]}/action`;
}
