// Who is signed in to the portal: codes that open a session once, and the sessions themselves, as the store keeps
// them. Of a code and of a session's cookie only a digest ever comes here.
import type { Transaction } from "./port.ts";

/** Whom a code and its session stand for, as the token that made the code said it. */
export interface SignedInPrincipal {
  readonly id: string;
  readonly type: "User" | "Application";
  readonly displayName: string;
  readonly tenantId: string;
  readonly groups: readonly string[];
  /** What audit rows call it: the name of its principal where it is kept here, else its id. */
  readonly name: string;
  /** Of the built-in issuer: lives as long as its principal is kept. */
  readonly isOurs: boolean;
}

export interface PortalCode {
  readonly codeSha256: string;
  readonly principal: SignedInPrincipal;
  readonly expiresAtMs: number;
}

export interface PortalSession {
  readonly sessionSha256: string;
  readonly principal: SignedInPrincipal;
  readonly createdAtMs: number;
  readonly usedAtMs: number;
  readonly expiresAtMs: number;
}

export interface PortalLimits {
  readonly nowMs: number;
  /** Of one principal: the oldest beyond it end. */
  readonly countMax: number;
}

export interface PortalSessionStore {
  /** Removes what has expired, of whomever it is. */
  insertCode(code: PortalCode, limits: PortalLimits, tx: Transaction): Promise<void>;
  /** Whom the code stands for, once: it is spent with the transaction. Null when there is none, or its time is over. */
  takeCode(codeSha256: string, nowMs: number, tx: Transaction): Promise<SignedInPrincipal | null>;
  /** Removes what has expired, of whomever it is. */
  insert(session: PortalSession, limits: PortalLimits, tx: Transaction): Promise<void>;
  /** Also one whose time is over, while it is kept. */
  find(sessionSha256: string): Promise<PortalSession | null>;
  /** Never goes back: the latest use counts. */
  noteUse(sessionSha256: string, usedAtMs: number): Promise<void>;
  /** True when there was one. */
  remove(sessionSha256: string): Promise<boolean>;
}
