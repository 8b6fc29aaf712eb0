// A principal as the contract shows it: never a secret, nor its hash.
import type { ServicePrincipal } from "@cynosure/contract";
import type { StoredPrincipal } from "@cynosure/resource-store";

export const PRINCIPAL_TYPE = "Cynosure.Identity/servicePrincipals";

export const principalId = (name: string): string => `/providers/${PRINCIPAL_TYPE}/${name}`;

const time = (ms: number): string => new Date(ms).toISOString();

export const toWire = (principal: StoredPrincipal, nowMs: number): ServicePrincipal => ({
  id: principalId(principal.name),
  name: principal.name,
  type: PRINCIPAL_TYPE,
  properties: {
    displayName: principal.displayName,
    kind: principal.kind,
    principalId: principal.objectId,
    clientId: principal.clientId,
    createdOn: time(principal.createdAtMs),
    secretsExpireOn: principal.secrets.filter((secret) => secret.expiresAtMs > nowMs).map((secret) => time(secret.expiresAtMs)),
  },
});

/** What audit rows digest: the answer to a read, whatever the time. */
export const toDigestible = (principal: StoredPrincipal): { readonly location: null; readonly tags: Readonly<Record<string, string>>; readonly properties: Readonly<Record<string, unknown>> } => ({
  location: null,
  tags: {},
  properties: { ...toWire(principal, 0).properties },
});
