// What every write of this room has in common: one lock for all of them (they are few, and their rules look at
// each other's rows), preconditions, the audit row in the same transaction, and the snapshot read again before
// the answer goes out.
import { decideWrite, isSameJson, stampSystemData } from "@cynosure/arm-protocol";
import type { RequestContext } from "@cynosure/arm-protocol";
import { auditRow, cutPage, groupNotFound, keyOf, notFound, pageAnswer, raise, readPageRequest } from "@cynosure/arm-store";
import type { QueryParameters } from "@cynosure/contract";
import type { Authorize } from "@cynosure/http-server";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { StoredResource, Transaction } from "@cynosure/resource-store";
import { parseResourceId } from "@cynosure/arm-protocol";
import { DENIAL_TYPE, ROLE_TYPE, ROWS_COUNT_MAX, accessId, accessKey, parentKeyOf, readRows } from "./access-rows.ts";
import type { AccessType } from "./access-rows.ts";
import type { LiveSnapshot } from "./live-snapshot.ts";
import type { AccessOptions } from "./options.ts";
import { TENANT_SCOPE, scopeKey } from "./scope.ts";

export interface AccessRoom {
  readonly options: AccessOptions;
  readonly live: LiveSnapshot;
  readonly authorize: Authorize;
}

/** Locks by name, whatever the name is of: no cluster has this one. */
const LOCK = clusterKey("/providers/microsoft.authorization");

export interface AccessAddress {
  readonly type: AccessType;
  /** Where the row's id hangs; the tenant for roles. */
  readonly scope: string;
  readonly name: string;
}

export interface Written {
  readonly row: StoredResource;
  readonly created: boolean;
}

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** `decide` looks at what there is and answers the properties to store. */
export async function putAccessRow(room: AccessRoom, context: RequestContext, address: AccessAddress, decide: (current: StoredResource | null, tx: Transaction) => Promise<Readonly<Record<string, unknown>>>): Promise<Written> {
  const { store, clock } = room.options;
  const { type, scope, name } = address;
  if (!GUID.test(name)) throw new ControlPlaneError("InvalidResourceName", `The name '${name.slice(0, 100)}' of a ${type} is not valid: it must be a GUID. Make a new one.`, { target: "name" });
  const written = await store.transaction(async (tx): Promise<Written & { isChanged: boolean }> => {
    await store.lockCluster(LOCK, tx);
    await requireScope(room, scope, tx);
    const key = accessKey(scope, type, name);
    const current = await store.resources.get(key, tx);
    checkCondition("PUT", context, current, accessId(scope, type, name));
    const properties = await decide(current, tx);
    if (current !== null && isSameJson(current.properties, properties)) return { row: current, created: false, isChanged: false };
    if (current === null && (await readRows(store, type, tx)).length >= ROWS_COUNT_MAX) throw new ControlPlaneError("QuotaExceeded", `There are ${ROWS_COUNT_MAX} of ${type} here, which is the most there can be. Remove some that are not needed.`);
    const nowMs = clock.now();
    const row: Omit<StoredResource, "etag"> = {
      key,
      id: current?.id ?? accessId(scope, type, name),
      type,
      name: current?.name ?? name,
      parentKey: parentKeyOf(scope),
      subscriptionId: subscriptionIn(scope),
      location: null,
      tags: {},
      properties,
      systemData: stampSystemData(current?.systemData ?? null, context.principal.displayName, context.principal.type, new Date(nowMs).toISOString()),
      provisioningState: "Succeeded",
    };
    const outcome = await store.resources.put(row, { kind: "none" }, tx);
    if (!outcome.ok) throw new ControlPlaneError("PreconditionFailed", `'${row.id}' was changed by another request at the same time. Try again.`);
    await store.appendAudit(auditRow({ context, atMs: nowMs, action: `${type}/write`, resourceId: row.id, before: current, after: row }), tx);
    return { row: outcome.resource, created: current === null, isChanged: true };
  });
  if (written.isChanged) await bringIntoForce(room);
  return written;
}

/** Null when there was nothing. */
export async function removeAccessRow(room: AccessRoom, context: RequestContext, address: AccessAddress, check: (current: StoredResource, tx: Transaction) => Promise<void> = () => Promise.resolve()): Promise<StoredResource | null> {
  const { store, clock } = room.options;
  const { type, scope, name } = address;
  const removed = await store.transaction(async (tx) => {
    await store.lockCluster(LOCK, tx);
    const key = accessKey(scope, type, name);
    const current = await store.resources.get(key, tx);
    if (current === null) return null;
    checkCondition("DELETE", context, current, current.id);
    await check(current, tx);
    await store.resources.remove(key, tx);
    await store.appendAudit(auditRow({ context, atMs: clock.now(), action: `${type}/delete`, resourceId: current.id, before: current, after: null }), tx);
    return current;
  });
  if (removed !== null) await bringIntoForce(room);
  return removed;
}

/** The write is done whether or not it can be read back now: the watch of the snapshot tries again. */
const bringIntoForce = ({ live, options }: AccessRoom): Promise<void> => live.refresh().catch((error: unknown) => options.onError(error));

function checkCondition(method: "PUT" | "DELETE", context: RequestContext, current: StoredResource | null, id: string): void {
  if (decideWrite(method, context.condition, current?.etag ?? null) !== "preconditionFailed") return;
  throw new ControlPlaneError("PreconditionFailed", `The condition of the request does not hold for '${id}', which ${current === null ? "does not exist" : "exists"}. Read it again and decide.`, { target: "If-Match" });
}

const subscriptionIn = (scope: string): string => /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1] ?? "";

/** Rights at what is not there, or goes meanwhile, would be found by whoever makes it later. Subscriptions were looked up on the way in. */
async function requireScope({ options }: AccessRoom, scope: string, tx: Transaction): Promise<void> {
  if (scope === TENANT_SCOPE) return;
  const id = parseResourceId(scope);
  if (!id.ok) throw raise(id.problem);
  if (id.value.resourceGroup === null || (await options.store.resources.hold(keyOf(id.value), tx)) !== null) return;
  throw id.value.namespace === null ? groupNotFound(id.value.resourceGroup) : notFound(id.value);
}

/** What the body repeats of the URL must agree with it (U3). */
export function checkRepeated(body: { readonly id?: string; readonly name?: string; readonly type?: string }, address: AccessAddress): void {
  const differs = (key: string, expected: string): ControlPlaneError => new ControlPlaneError("MismatchingResourceSegments", `The body's '${key}' differs from the request URL, which says '${expected}'. Leave '${key}' out or make it agree.`, { target: key });
  const { type, scope, name } = address;
  const id = accessId(scope, type, name);
  const isSameId = (given: string): boolean => (type === ROLE_TYPE ? given.toLowerCase().endsWith(id.toLowerCase()) : scopeKey(given) === scopeKey(id));
  if (body.id !== undefined && !isSameId(body.id)) throw differs("id", id);
  if (body.name !== undefined && body.name.toLowerCase() !== name.toLowerCase()) throw differs("name", name);
  if (body.type !== undefined && body.type.toLowerCase() !== type.toLowerCase()) throw differs("type", type);
}

export function checkBodyScope(bodyScope: string | undefined, scope: string): void {
  if (bodyScope === undefined || scopeKey(bodyScope) === scopeKey(scope)) return;
  throw new ControlPlaneError("InvalidRequestContent", `The body's scope '${bodyScope.slice(0, 500)}' differs from the request URL, which says '${scope}'. Leave it out or make it agree.`, { target: "properties.scope" });
}

export async function accessPage<R, T>(rows: readonly R[], query: QueryParameters, keyOfRow: (row: R) => string, show: (row: R) => T): Promise<ReturnType<typeof pageAnswer<T>>> {
  const { top, afterKey } = readPageRequest(query);
  const rest = rows.toSorted((a, b) => (keyOfRow(a) < keyOfRow(b) ? -1 : 1)).filter((row) => afterKey === null || keyOfRow(row) > afterKey);
  return pageAnswer(await cutPage(rest.slice(0, top + 1), top, keyOfRow, (row) => Promise.resolve(show(row))));
}

const shown = { "Microsoft.Authorization/roleDefinitions": "role", "Microsoft.Authorization/roleAssignments": "role assignment", "Microsoft.Authorization/denyAssignments": "deny assignment" } as const;

export function accessNotFound({ type, name, scope }: AccessAddress): ControlPlaneError {
  const code = type === ROLE_TYPE ? "RoleDefinitionNotFound" : type === DENIAL_TYPE ? "DenyAssignmentNotFound" : "RoleAssignmentNotFound";
  return new ControlPlaneError(code, `The ${shown[type]} '${name.slice(0, 60)}' was not found at scope '${scope.slice(0, 500)}'. List those of the scope to see which there are.`);
}
