// Handlers of the principals of the built-in issuer. Every write, and every secret handed out, is audited in
// its own transaction; the answer to newSecret is the only place where a secret is ever seen.
import type { ServicePrincipal } from "@cynosure/contract";
import { routes } from "@cynosure/contract";
import { decideWrite } from "@cynosure/arm-protocol";
import type { RequestContext, WriteCondition } from "@cynosure/arm-protocol";
import { auditRow, cutPage, pageAnswer, readPageRequest } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import type { Store, StoredPrincipal, Transaction } from "@cynosure/resource-store";
import { makePrincipalSecret } from "./principal-secret.ts";
import { PRINCIPAL_TYPE, principalId, toDigestible, toWire } from "./principal-wire.ts";

export interface ServicePrincipalOptions {
  readonly store: Pick<Store, "principals" | "appendAudit" | "transaction">;
  readonly clock: Clock;
  /** Unguessable. */
  readonly newId: () => string;
  readonly tenantId: string;
}

export type ServicePrincipalHandlers = Pick<OurHandlers, Extract<keyof OurHandlers, `ServicePrincipals_${string}`>>;

const DAY_MS = 86_400_000;
const LIFETIME_DAYS = 180;
const nameRule = routes.find((route) => route.operationId === "ServicePrincipals_CreateOrUpdate")?.pathParameters.find((parameter) => parameter.name === "servicePrincipalName");
const NAME = new RegExp(nameRule?.pattern ?? "^$");

/** U1: names compare without case; ours are lower case. */
const keyOf = (params: { readonly servicePrincipalName: string }): string => params.servicePrincipalName.toLowerCase();

const notFound = (name: string): ControlPlaneError => new ControlPlaneError("ResourceNotFound", `The service principal '${name.slice(0, 100)}' was not found. Check the name, or create it first.`, { target: "servicePrincipalName" });

const badName = (name: string): ControlPlaneError =>
  new ControlPlaneError("InvalidResourceName", `The name '${name.slice(0, 100)}' of a service principal must be 3 to 63 characters that match ${NAME.source}.`, { target: "servicePrincipalName" });

/** U3: what the body says of itself is what the URL says, or nothing. */
function checkBodyIdentity(body: ServicePrincipal, name: string): void {
  const wanted = { id: principalId(name), name, type: PRINCIPAL_TYPE } as const;
  for (const member of ["id", "name", "type"] as const) {
    const given = body[member];
    if (given === undefined || given.toLowerCase() === wanted[member].toLowerCase()) continue;
    throw new ControlPlaneError("MismatchingResourceSegments", `The body's ${member} '${given.slice(0, 300)}' is not that of the URL, '${wanted[member]}'. Leave it out.`, { target: member });
  }
}

function checkCondition(condition: WriteCondition, exists: boolean): void {
  // Principals have no etag: an etag asked for is never theirs.
  if (decideWrite("PUT", condition, exists ? "" : null) !== "preconditionFailed") return;
  throw new ControlPlaneError("PreconditionFailed", `The service principal ${exists ? "exists" : "does not exist"}, which If-Match or If-None-Match forbids.`);
}

export function servicePrincipalHandlers(options: ServicePrincipalOptions): ServicePrincipalHandlers {
  const { store, clock, tenantId } = options;
  return {
    ServicePrincipals_List: async ({ query }) => {
      const page = readPageRequest(query);
      const rows = await store.principals.list({ limitMax: page.top + 1, ...(page.afterKey === null ? {} : { afterName: page.afterKey }) });
      return pageAnswer(await cutPage(rows, page.top, (row) => row.name, (row) => Promise.resolve(toWire(row, clock.now()))));
    },
    ServicePrincipals_Get: async ({ params }) => {
      const found = await store.principals.get(keyOf(params));
      if (found === null) throw notFound(params.servicePrincipalName);
      return { status: 200, body: toWire(found, clock.now()) };
    },
    ServicePrincipals_CreateOrUpdate: async ({ params, body, context }) => {
      checkBodyIdentity(body, params.servicePrincipalName);
      const { principal, created } = await store.transaction((tx) => write(options, context, tx, { given: params.servicePrincipalName, body }));
      return { status: created ? 201 : 200, body: toWire(principal, clock.now()) };
    },
    ServicePrincipals_Delete: async ({ params, context }) => {
      const isRemoved = await store.transaction(async (tx) => {
        const before = await store.principals.remove(keyOf(params), tx);
        if (before !== null) await store.appendAudit(auditRow({ context, atMs: clock.now(), action: `${PRINCIPAL_TYPE}/delete`, resourceId: principalId(before.name), before: toDigestible(before), after: null }), tx);
        return before !== null;
      });
      return { status: isRemoved ? 200 : 204 };
    },
    ServicePrincipals_NewSecret: async ({ params, body, context }) => {
      const name = keyOf(params);
      const before = await store.principals.get(name);
      if (before === null) throw notFound(params.servicePrincipalName);
      const secret = await makePrincipalSecret();
      const nowMs = clock.now();
      const expiresAtMs = nowMs + (body.lifetimeDays ?? LIFETIME_DAYS) * DAY_MS;
      const after = await store.transaction(async (tx) => {
        const principal = await store.principals.addSecret(name, { id: secret.id, hash: secret.hash, createdAtMs: nowMs, expiresAtMs }, tx);
        if (principal === null) throw notFound(params.servicePrincipalName);
        await store.appendAudit(auditRow({ context, atMs: nowMs, action: `${PRINCIPAL_TYPE}/newSecret/action`, resourceId: principalId(name), before: toDigestible(before), after: toDigestible(principal) }), tx);
        return principal;
      });
      return { status: 200, headers: { "cache-control": "no-store" }, body: { clientId: after.clientId, clientSecret: secret.clear, tenantId, expiresOn: new Date(expiresAtMs).toISOString() } };
    },
  };
}

async function write(options: ServicePrincipalOptions, context: RequestContext, tx: Transaction, wish: { readonly given: string; readonly body: ServicePrincipal }): Promise<{ readonly principal: StoredPrincipal; readonly created: boolean }> {
  const { store, clock, newId } = options;
  const { given, body } = wish;
  const name = given.toLowerCase();
  if (!NAME.test(name)) throw badName(given);
  const displayName = body.properties.displayName ?? name;
  const kind = body.properties.kind ?? "Application";
  const nowMs = clock.now();
  const { principal: stored, created } = await store.principals.ensure({ objectId: newId(), clientId: newId(), name, displayName, kind, createdAtMs: nowMs }, tx);
  if (created && given !== name) throw badName(given);
  checkCondition(context.condition, !created);
  if (stored.kind !== kind) {
    throw new ControlPlaneError("PropertyChangeNotAllowed", `The service principal '${name}' is of kind ${stored.kind} and stays so: its tokens say it. Create another one for a principal of kind ${kind}.`, { target: "properties.kind" });
  }
  if (!created && stored.displayName === displayName) return { principal: stored, created };
  const principal = { ...stored, displayName };
  if (!created) await store.principals.rename(stored.objectId, displayName, tx);
  await store.appendAudit(auditRow({ context, atMs: nowMs, action: `${PRINCIPAL_TYPE}/write`, resourceId: principalId(name), before: created ? null : toDigestible(stored), after: toDigestible(principal) }), tx);
  return { principal, created };
}
