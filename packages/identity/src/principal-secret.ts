// Secrets of principals: made here, seen once by whoever asked, kept as a hash. A secret is `<id>.<random>`;
// the id is no secret and says which of the stored hashes it belongs to.
import { randomBytes } from "node:crypto";
import type { StoredPrincipal, StoredSecret } from "@cynosure/resource-store";
import { hashClientSecret, isClientSecret } from "./client-secret.ts";

const ID_BYTES = 6;
const RANDOM_BYTES = 32;

export interface NewPrincipalSecret {
  readonly clear: string;
  readonly id: string;
  readonly hash: string;
}

export async function makePrincipalSecret(): Promise<NewPrincipalSecret> {
  const id = randomBytes(ID_BYTES).toString("hex");
  const clear = `${id}.${randomBytes(RANDOM_BYTES).toString("base64url")}`;
  return { clear, id, hash: await hashClientSecret(clear) };
}

/** One derivation whoever asks: nothing about the principal, or whether there is one, shows in the time. */
export function isPrincipalSecret(clear: string, principal: StoredPrincipal | null, nowMs: number): Promise<boolean> {
  const id = clear.split(".", 1)[0];
  const stored: StoredSecret | undefined = principal?.secrets.find((secret) => secret.id === id && secret.expiresAtMs > nowMs);
  return isClientSecret(clear, stored?.hash ?? null);
}
