// Checks of a client's secret, so many at once and no more: each costs tens of milliseconds of processor on
// purpose, and all sign-in paths of a process share them.
import type { RequestPrincipal } from "@cynosure/arm-protocol";

export type ClientPrincipal = Omit<RequestPrincipal, "tenantId">;

/** Answers the client's principal when id and secret are right, else null. Given by the composition root. */
export type VerifyClient = (clientId: string, clientSecret: string) => Promise<ClientPrincipal | null>;

const CHECKING_COUNT_MAX = 8;

export type CheckClient = (clientId: string, clientSecret: string) => Promise<ClientPrincipal | null | "busy">;

export function createCheckClient(verifyClient: VerifyClient): CheckClient {
  let checkingCount = 0;
  return async (clientId, clientSecret) => {
    if (checkingCount >= CHECKING_COUNT_MAX) return "busy";
    checkingCount += 1;
    try {
      return await verifyClient(clientId, clientSecret);
    } finally {
      checkingCount -= 1;
    }
  };
}
