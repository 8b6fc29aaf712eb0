// Whether a client id and secret belong together: the installation's own client, else a principal of the store.
// Among the store's principals the same questions are asked and the same work is done whoever the client is; the
// installation's own signs in also while the database is away, and that there is one is no secret.
import type { Clock } from "@cynosure/model";
import type { PrincipalStore } from "@cynosure/resource-store";
import { isClientSecret } from "./client-secret.ts";
import { isPrincipalSecret } from "./principal-secret.ts";
import type { VerifyClient } from "./client-check.ts";

export interface BuiltInClient {
  readonly clientId: string;
  readonly secretHash: string;
  readonly displayName: string;
}

export interface ClientVerificationOptions {
  readonly builtIn: BuiltInClient;
  readonly principals: Pick<PrincipalStore, "findByClientId">;
  readonly clock: Clock;
}

const CLIENT_ID_LENGTH_MAX = 200;

export function createVerifyClient({ builtIn, principals, clock }: ClientVerificationOptions): VerifyClient {
  return async (clientId, clientSecret) => {
    if (clientId === builtIn.clientId) {
      return (await isClientSecret(clientSecret, builtIn.secretHash)) ? { id: builtIn.clientId, type: "Application", displayName: builtIn.displayName } : null;
    }
    const stored = isStorableId(clientId) ? await principals.findByClientId(clientId.toLowerCase()) : null;
    const isRight = await isPrincipalSecret(clientSecret, stored, clock.now());
    return isRight && stored !== null ? { id: stored.objectId, type: stored.kind, displayName: stored.displayName } : null;
  };
}

/** Anything else is no client of ours, and some of it no text a database takes. */
const isStorableId = (clientId: string): boolean => clientId.length <= CLIENT_ID_LENGTH_MAX && /^[\w-]+$/.test(clientId);
