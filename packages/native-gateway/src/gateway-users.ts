// Users of one cluster's gateway: made with a secret that is shown once, which is their password and their API token. They
// hold no right by themselves: roles are assigned to the principal they are given.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import type { ClusterKey } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { GatewayUserStore, StoredGatewayUser, Transaction } from "@cynosure/resource-store";

export const GATEWAY_USERS_PER_CLUSTER_MAX = 100;
export const GATEWAY_SECRET_DAYS = 365;
const DAY_MS = 86_400_000;
const ID_BYTES = 6;
/** Nobody guesses it, so a plain digest keeps it as well as a slow one. */
const RANDOM_BYTES = 32;
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

export interface NewGatewayUser {
  readonly user: StoredGatewayUser;
  /** `<name>.<id>.<random>`; kept nowhere. */
  readonly secret: string;
}

export async function putGatewayUser(store: GatewayUserStore, wanted: { readonly clusterKey: ClusterKey; readonly name: string; readonly nowMs: number; newId(): string }, tx: Transaction): Promise<NewGatewayUser> {
  const name = wanted.name.toLowerCase();
  if (!NAME.test(name)) throw new ControlPlaneError("InvalidParameter", `The name '${wanted.name.slice(0, 100)}' is not valid for a gateway user. Use 1 to 64 letters, digits, '.', '_' or '-', beginning and ending with a letter or digit.`, { target: "name" });
  const secretId = randomBytes(ID_BYTES).toString("hex");
  const secret = `${Buffer.from(name).toString("base64url")}.${secretId}.${randomBytes(RANDOM_BYTES).toString("base64url")}`;
  const { clusterKey, nowMs } = wanted;
  const user = await store.put({ clusterKey, name, principalId: wanted.newId(), secretId, secretSha256: digest(secret), createdAtMs: nowMs, expiresAtMs: nowMs + GATEWAY_SECRET_DAYS * DAY_MS }, GATEWAY_USERS_PER_CLUSTER_MAX, tx);
  if (user === null) throw new ControlPlaneError("QuotaExceeded", `The cluster has ${GATEWAY_USERS_PER_CLUSTER_MAX} gateway users, which is the limit. Remove one first.`);
  return { user, secret };
}

const digest = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** The name a secret says it is of, for sign-in with the secret alone. */
export function nameInSecret(secret: string): string | null {
  const [name, id, random, ...rest] = secret.split(".");
  return name === undefined || id === undefined || random === undefined || rest.length > 0 ? null : Buffer.from(name, "base64url").toString("utf8");
}

export function isSecretOf(secret: string, user: StoredGatewayUser | null, nowMs: number): user is StoredGatewayUser {
  const given = Buffer.from(digest(secret), "hex");
  const kept = Buffer.from(user?.secretSha256 ?? "0".repeat(64), "hex");
  return timingSafeEqual(given, kept) && user !== null && user.expiresAtMs > nowMs;
}
