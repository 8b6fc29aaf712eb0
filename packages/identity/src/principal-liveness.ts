// Whether an object id is a principal of the built-in issuer now. Asked of the store at most once in
// LIVENESS_MS_MAX for each: that long a removed principal's tokens may still be accepted by this process.
import type { Clock } from "@cynosure/model";
import type { PrincipalStore } from "@cynosure/resource-store";

export const LIVENESS_MS_MAX = 5_000;
const PRINCIPALS_COUNT_MAX = 10_000;

export interface PrincipalLivenessOptions {
  readonly principals: Pick<PrincipalStore, "findByObjectId">;
  /** The installation's own client: not in the store, and never removed. */
  readonly builtInObjectId: string;
  readonly clock: Clock;
}

export type IsLivingPrincipal = (objectId: string) => Promise<boolean>;

export function createPrincipalLiveness({ principals, builtInObjectId, clock }: PrincipalLivenessOptions): IsLivingPrincipal {
  const asked = new Map<string, { readonly answer: Promise<boolean>; readonly atMs: number }>();
  const ask = (objectId: string, nowMs: number): Promise<boolean> => {
    const answer = principals.findByObjectId(objectId).then((found) => found !== null);
    const entry = { answer, atMs: nowMs };
    const oldest = asked.size >= PRINCIPALS_COUNT_MAX ? asked.keys().next().value : undefined;
    if (oldest !== undefined) asked.delete(oldest);
    asked.delete(objectId);
    asked.set(objectId, entry);
    // A question that failed is no answer: the next request asks again.
    answer.catch(() => {
      if (asked.get(objectId) === entry) asked.delete(objectId);
    });
    return answer;
  };
  return (objectId) => {
    if (objectId === builtInObjectId) return Promise.resolve(true);
    const nowMs = clock.now();
    const known = asked.get(objectId);
    return known !== undefined && nowMs - known.atMs < LIVENESS_MS_MAX ? known.answer : ask(objectId, nowMs);
  };
}
