// Principals of the built-in token issuer and the device codes people sign in with, as the store keeps them.
// Of a secret and of a device code only a hash ever comes here.
import type { Transaction } from "./port.ts";

export type PrincipalKind = "Application" | "User";

/** More may not live at once: the oldest ends when another is made. */
export const SECRETS_PER_PRINCIPAL_MAX = 2;

export interface StoredSecret {
  /** Public part of the secret: says which hash to compare with, so that a check costs one comparison whoever asks. */
  readonly id: string;
  readonly hash: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface StoredPrincipal {
  /** What roles and audit rows name; made once, never given to another. */
  readonly objectId: string;
  readonly clientId: string;
  /** Lower case. */
  readonly name: string;
  readonly displayName: string;
  readonly kind: PrincipalKind;
  readonly createdAtMs: number;
  /** Oldest first; expired ones stay until another takes their place. */
  readonly secrets: readonly StoredSecret[];
}

export interface PrincipalStore {
  get(name: string, tx?: Transaction): Promise<StoredPrincipal | null>;
  findByClientId(clientId: string): Promise<StoredPrincipal | null>;
  findByObjectId(objectId: string): Promise<StoredPrincipal | null>;
  /** By name, keyset. */
  list(request: { readonly afterName?: string; readonly limitMax: number }): Promise<readonly StoredPrincipal[]>;
  /** Makes it, or answers what has the name already and leaves it as it is; what it answers is held until `tx` ends. */
  ensure(principal: Omit<StoredPrincipal, "secrets">, tx: Transaction): Promise<{ readonly principal: StoredPrincipal; readonly created: boolean }>;
  rename(objectId: string, displayName: string, tx: Transaction): Promise<void>;
  /** Adds the secret and removes the oldest beyond SECRETS_PER_PRINCIPAL_MAX; answers the principal as it is then, null when there is none. */
  addSecret(name: string, secret: StoredSecret, tx: Transaction): Promise<StoredPrincipal | null>;
  /** With its secrets and the device codes it has signed in for; answers what it was. */
  remove(name: string, tx: Transaction): Promise<StoredPrincipal | null>;
}

/** One sign-in with a device code (RFC 8628) that has not ended. */
export interface PendingDeviceCode {
  readonly deviceCodeSha256: string;
  readonly userCode: string;
  /** Program that asked; the same must poll. */
  readonly clientId: string;
  readonly audience: string;
  readonly expiresAtMs: number;
  readonly intervalMs: number;
}

export type DeviceCodePoll =
  | { readonly kind: "pending" }
  /** Polled before its interval was over: the interval is longer from here on. */
  | { readonly kind: "tooSoon"; readonly intervalMs: number }
  | { readonly kind: "denied" }
  | { readonly kind: "expired" }
  /** Handed out once: the code is spent. */
  | { readonly kind: "granted"; readonly objectId: string; readonly audience: string };

export type DeviceCodeState = "pending" | "denied" | "granted" | "expired";

export interface DeviceCodeStore {
  /** False when `countMax` codes wait already, or the user code is in use. Removes what has expired. */
  insert(code: PendingDeviceCode, limits: { readonly nowMs: number; readonly countMax: number }): Promise<boolean>;
  /** Null when there is no such code of this client. */
  poll(deviceCodeSha256: string, clientId: string, step: { readonly nowMs: number; readonly slowDownMs: number }): Promise<DeviceCodePoll | null>;
  findByUserCode(userCode: string, nowMs: number): Promise<{ readonly clientId: string; readonly state: DeviceCodeState } | null>;
  /** Counts an attempt before its secret is looked at; false when the code does not wait. One more than `attemptsMax` ends it as denied. */
  beginAttempt(userCode: string, limits: { readonly nowMs: number; readonly attemptsMax: number }): Promise<boolean>;
  /** False when the code does not wait any more, or nobody has the object id. */
  decide(userCode: string, decision: { readonly objectId: string } | "denied", nowMs: number, tx: Transaction): Promise<boolean>;
}
