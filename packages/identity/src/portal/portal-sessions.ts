// Signing in to the portal: whoever holds a token gets a code for it, the code opens one session, the session's
// cookie stands for the same principal. All of it is in the store, as digests, so that any control plane of the
// database may make, redeem and know it. What the principal may do is decided anew for each request, elsewhere.
import { createHash, randomBytes } from "node:crypto";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { Caller } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import type { PortalSession, SignedInPrincipal, Store, Transaction } from "@cynosure/resource-store";
import type { IsLivingPrincipal } from "../principal-liveness.ts";
import { PRINCIPAL_TYPE, principalId } from "../principal-wire.ts";

export const CODE_MS_MAX = 5 * 60_000;
export const SESSION_MS_MAX = 8 * 3_600_000;
/** Nobody here can tell whether another issuer has removed its principal: as long as a token of ours. */
export const FOREIGN_SESSION_MS_MAX = 3_600_000;
export const IDLE_MS_MAX = 3_600_000;
/** Of one principal; the oldest beyond it end. */
export const CODES_COUNT_MAX = 20;
export const SESSIONS_COUNT_MAX = 20;
/** The last use is written down no more often. */
const NOTE_USE_EVERY_MS = 60_000;
const SECRET_BYTES = 32;

export interface PortalSessionsOptions {
  readonly store: Pick<Store, "portalSessions" | "principals" | "appendAudit" | "transaction">;
  readonly isLiving: IsLivingPrincipal;
  readonly clock: Clock;
}

export interface PortalSessions {
  /** For a caller who has proven who he is by a token. */
  mintCode(principal: RequestPrincipal, correlationId: string): Promise<{ readonly code: string; readonly expiresAtMs: number }>;
  /** The secret of the cookie; null when the code is unknown, spent or late. */
  redeem(code: string, correlationId: string): Promise<{ readonly secret: string } | null>;
  /** Throws InvalidAuthenticationToken or ExpiredAuthenticationToken. */
  resolve(secret: string): Promise<Caller>;
  end(secret: string, correlationId: string): Promise<void>;
}

const sha256 = (secret: string): string => createHash("sha256").update(secret).digest("hex");
const newSecret = (): string => randomBytes(SECRET_BYTES).toString("base64url");

const toRequest = ({ id, type, displayName, tenantId, groups }: SignedInPrincipal): RequestPrincipal => ({ id, type, displayName, tenantId, ...(groups.length === 0 ? {} : { groups }) });

export function createPortalSessions(options: PortalSessionsOptions): PortalSessions {
  const { store, isLiving, clock } = options;
  return {
    mintCode: async ({ id, type, displayName, tenantId, groups = [] }, correlationId) => {
      const nowMs = clock.now();
      const [code, expiresAtMs] = [newSecret(), nowMs + CODE_MS_MAX];
      const principal = { id, type, displayName, tenantId, groups, name: (await store.principals.findByObjectId(id))?.name ?? id, isOurs: await isLiving(id) };
      await store.transaction(async (tx) => {
        await store.portalSessions.insertCode({ codeSha256: sha256(code), principal, expiresAtMs }, { nowMs, countMax: CODES_COUNT_MAX }, tx);
        await audit(options, tx, principal, { action: "newPortalCode", correlationId });
      });
      return { code, expiresAtMs };
    },
    redeem: async (code, correlationId) => {
      const nowMs = clock.now();
      const secret = newSecret();
      const isDone = await store.transaction(async (tx) => {
        const principal = await store.portalSessions.takeCode(sha256(code), nowMs, tx);
        if (principal === null) return false;
        const expiresAtMs = nowMs + (principal.isOurs ? SESSION_MS_MAX : FOREIGN_SESSION_MS_MAX);
        await store.portalSessions.insert({ sessionSha256: sha256(secret), principal, createdAtMs: nowMs, usedAtMs: nowMs, expiresAtMs }, { nowMs, countMax: SESSIONS_COUNT_MAX }, tx);
        await audit(options, tx, principal, { action: "portalSignIn", correlationId });
        return true;
      });
      return isDone ? { secret } : null;
    },
    resolve: async (secret) => {
      const digest = sha256(secret);
      const session = await requireLiving(options, digest);
      const nowMs = clock.now();
      if (nowMs - session.usedAtMs >= NOTE_USE_EVERY_MS) await store.portalSessions.noteUse(digest, nowMs);
      return { principal: toRequest(session.principal), session: { expiresAtMs: session.expiresAtMs }, isStillValid: () => requireLiving(options, digest).then(() => true, () => false) };
    },
    end: async (secret, correlationId) => {
      const session = await store.portalSessions.find(sha256(secret));
      if (session === null || !(await store.portalSessions.remove(session.sessionSha256))) return;
      await store.transaction((tx) => audit(options, tx, session.principal, { action: "portalSignOut", correlationId }));
    },
  };
}

async function requireLiving({ store, isLiving, clock }: PortalSessionsOptions, digest: string): Promise<PortalSession> {
  const session = await store.portalSessions.find(digest);
  if (session === null) throw new ControlPlaneError("InvalidAuthenticationToken", "The session of the portal is not known: it was signed out, or others have taken its place. Sign in again with 'cynosure portal'.", { target: "Cookie" });
  const nowMs = clock.now();
  if (nowMs >= session.expiresAtMs || nowMs - session.usedAtMs >= IDLE_MS_MAX) throw new ControlPlaneError("ExpiredAuthenticationToken", "The session of the portal is over. Sign in again with 'cynosure portal'.", { target: "Cookie" });
  if (session.principal.isOurs && !(await isLiving(session.principal.id))) throw new ControlPlaneError("InvalidAuthenticationToken", "The principal of the session was removed. Sign in as another one.", { target: "Cookie" });
  return session;
}

interface AuditedAct {
  readonly action: "newPortalCode" | "portalSignIn" | "portalSignOut";
  readonly correlationId: string;
}

const audit = ({ store, clock }: PortalSessionsOptions, tx: Transaction, { id, name }: SignedInPrincipal, { action, correlationId }: AuditedAct): Promise<void> =>
  store.appendAudit({ atMs: clock.now(), principal: id, correlationId, action: `${PRINCIPAL_TYPE}/${action}/action`, resourceId: principalId(name), beforeSha256: null, afterSha256: null }, tx);
