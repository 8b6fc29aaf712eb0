// Passwords, API tokens and JSON Web Tokens of the emulated system. Good enough to be refused by, and for nothing real.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "../state/store.ts";

const hash = (store: Store, text: string): string => createHmac("sha256", store.secrets.signingKey).update(text).digest("hex");

const isSame = (one: string, other: string): boolean => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

export function setPassword(store: Store, username: string, password: string): void {
  store.secrets.passwords[username] = hash(store, `${username}\n${password}`);
  store.touch();
}

export function forgetPassword(store: Store, username: string): void {
  delete store.secrets.passwords[username];
  store.touch();
}

export function isPassword(store: Store, username: string, password: string): boolean {
  const known = Object.hasOwn(store.secrets.passwords, username) ? store.secrets.passwords[username] : undefined;
  return known !== undefined && isSame(known, hash(store, `${username}\n${password}`));
}

/** Handed out once. */
export function mintApiToken(store: Store, id: string, owner: string): string {
  const token = `${id}.${randomBytes(24).toString("base64url")}`;
  store.secrets.apiTokens[createHash("sha256").update(token).digest("hex")] = { id, owner, isRevoked: false };
  store.touch();
  return token;
}

export const findApiToken = (store: Store, token: string): { id: string; owner: string; isRevoked: boolean } | null => store.secrets.apiTokens[createHash("sha256").update(token).digest("hex")] ?? null;

export function revokeApiToken(store: Store, id: string): void {
  for (const token of Object.values(store.secrets.apiTokens)) if (token.id === id) token.isRevoked = true;
  store.touch();
}

export type JwtUse = "access" | "refresh";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function mintJwt(store: Store, claims: { readonly username: string; readonly use: JwtUse; readonly expiresAtMs: number }): string {
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ token_type: claims.use, exp: claims.expiresAtMs / 1_000, username: claims.username, jti: randomBytes(8).toString("hex") })}`;
  return `${content}.${createHmac("sha256", store.secrets.signingKey).update(content).digest("base64url")}`;
}

/** Null for one that is not ours, is for another use, or is over. */
export function readJwt(store: Store, token: string, use: JwtUse, nowMs: number): string | null {
  const [head, claims, signature] = token.split(".");
  if (head === undefined || claims === undefined || signature === undefined) return null;
  if (!isSame(createHmac("sha256", store.secrets.signingKey).update(`${head}.${claims}`).digest("base64url"), signature)) return null;
  const content: unknown = JSON.parse(Buffer.from(claims, "base64url").toString());
  if (typeof content !== "object" || content === null || !("exp" in content) || !("username" in content) || !("token_type" in content)) return null;
  if (content.token_type !== use || Number(content.exp) * 1_000 <= nowMs) return null;
  return String(content.username);
}
