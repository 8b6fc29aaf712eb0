// Who is calling: a token of ours, a gateway user's name and secret, or his secret alone. Nothing but the Authorization header
// is looked at, so that no cookie of a browser ever speaks for anybody here. Whatever fails is 401, and tells nothing.
import { Buffer } from "node:buffer";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { Authenticate } from "@cynosure/http-server";
import type { ClusterKey } from "@cynosure/model";
import { ControlPlaneError } from "@cynosure/model";
import type { GatewayUserStore, StoredGatewayUser } from "@cynosure/resource-store";
import { isSecretOf, nameInSecret } from "./gateway-users.ts";
import type { GatewayTokenClaims, GatewayTokens } from "./gateway-tokens.ts";

const SECRET_LENGTH_MAX = 512;
/** A user who was removed, or whose secret was renewed, is let in no longer than this. */
const KNOWN_FOR_MS = 5_000;
const KNOWN_COUNT_MAX = 1_000;

export interface CallersOptions {
  readonly users: Pick<GatewayUserStore, "find">;
  readonly tokens: GatewayTokens;
  readonly authenticate: Authenticate;
  readonly tenantId: string;
  nowMs(): number;
}

export interface GatewayCallers {
  /** `clusterKey` null: there is no such cluster; then only tokens of the control plane are looked at. */
  identify(authorization: string | undefined, clusterKey: ClusterKey | null): Promise<RequestPrincipal>;
  signIn(name: string, secret: string, clusterKey: ClusterKey): Promise<StoredGatewayUser>;
  refresh(token: string, clusterKey: ClusterKey): Promise<StoredGatewayUser>;
}

const failed = (): ControlPlaneError => new ControlPlaneError("AuthenticationFailed", "Authentication failed. Send 'Authorization: Bearer' with a token, or the name and secret of a user of this cluster's gateway as Basic or Api-Token.");

export function createCallers(options: CallersOptions): GatewayCallers {
  const known = new Map<string, { readonly user: StoredGatewayUser | null; readonly untilMs: number }>();
  const findUser = async (clusterKey: ClusterKey, name: string): Promise<StoredGatewayUser | null> => {
    const key = `${clusterKey}\n${name}`;
    const kept = known.get(key);
    if (kept !== undefined && kept.untilMs > options.nowMs()) return kept.user;
    const user = await options.users.find(clusterKey, name);
    known.delete(key);
    const oldest = known.size >= KNOWN_COUNT_MAX ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    // Who is not there is asked for each time: he may be made any moment.
    if (user !== null) known.set(key, { user, untilMs: options.nowMs() + KNOWN_FOR_MS });
    return user;
  };
  const signIn = async (name: string, secret: string, clusterKey: ClusterKey | null): Promise<StoredGatewayUser> => {
    if (clusterKey === null || secret.length > SECRET_LENGTH_MAX || name.length > SECRET_LENGTH_MAX) throw failed();
    const user = await findUser(clusterKey, name.toLowerCase());
    if (isSecretOf(secret, user, options.nowMs())) return user;
    // A renewed secret holds at once, not when what is known of the old one has passed.
    known.delete(`${clusterKey}\n${name.toLowerCase()}`);
    const fresh = await findUser(clusterKey, name.toLowerCase());
    if (!isSecretOf(secret, fresh, options.nowMs())) throw failed();
    return fresh;
  };
  const ofToken = async (claims: GatewayTokenClaims, kind: "access" | "refresh", clusterKey: ClusterKey | null): Promise<StoredGatewayUser> => {
    if (claims.kind !== kind || claims.clusterKey !== clusterKey) throw failed();
    const user = await findUser(claims.clusterKey as ClusterKey, claims.userName); // of a token we signed
    if (user === null || user.secretId !== claims.secretId || user.expiresAtMs <= options.nowMs()) throw new ControlPlaneError("ExpiredAuthenticationToken", "The user of the token was removed, or has a new secret. Sign in again.");
    return user;
  };
  const asPrincipal = (user: StoredGatewayUser): RequestPrincipal => ({ id: user.principalId, type: "Application", displayName: user.name, tenantId: options.tenantId });

  return {
    async identify(authorization, clusterKey) {
      // One official client sends its token with a stray quote in front.
      const [, scheme, value] = /^'?([A-Za-z-]+) +(\S+)$/.exec((authorization ?? "").trim()) ?? [];
      if (scheme === undefined || value === undefined) throw failed();
      switch (scheme.toLowerCase()) {
        case "basic": {
          const text = Buffer.from(value, "base64").toString("utf8");
          const colon = text.indexOf(":");
          if (colon < 0) throw failed();
          return asPrincipal(await signIn(text.slice(0, colon), text.slice(colon + 1), clusterKey));
        }
        case "api-token":
          return asPrincipal(await signIn(nameInSecret(value) ?? "", value, clusterKey));
        case "bearer": {
          const claims = options.tokens.read(value);
          if (claims !== null) return asPrincipal(await ofToken(claims, "access", clusterKey));
          return (await options.authenticate({ method: "GET", headers: { authorization: `Bearer ${value}` }, clientCertificate: null, pathAndQuery: "/" })).principal;
        }
        default:
          throw failed();
      }
    },
    signIn,
    refresh: async (token, clusterKey) => {
      const claims = options.tokens.read(token);
      if (claims === null) throw failed();
      return ofToken(claims, "refresh", clusterKey);
    },
  };
}
