// Tokens of the gateway's own sign-in (`/api/token/`): signed with a key of the installation, for one cluster and one user,
// and of no use anywhere else. They end when their user, or the secret they were got with, does.
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { ControlPlaneError } from "@cynosure/model";

export const ACCESS_SECONDS = 3_600;
export const REFRESH_SECONDS = 86_400;
const TOKEN_LENGTH_MAX = 2_048;

export interface GatewayTokenClaims {
  readonly kind: "access" | "refresh";
  readonly clusterKey: string;
  readonly userName: string;
  readonly secretId: string;
}

interface Payload extends GatewayTokenClaims {
  readonly exp: number;
}

export interface GatewayTokens {
  issue(claims: GatewayTokenClaims): string;
  /** Null: no token of ours. Throws where it is one that has ended. */
  read(token: string): GatewayTokenClaims | null;
}

const HEADER = Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT", kid: "native-gateway" })).toString("base64url");

export function createGatewayTokens(options: { readonly key: Uint8Array; nowMs(): number }): GatewayTokens {
  const sign = (text: string): Buffer => createHmac("sha256", options.key).update(text).digest();
  return {
    issue(claims) {
      const exp = Math.floor(options.nowMs() / 1000) + (claims.kind === "access" ? ACCESS_SECONDS : REFRESH_SECONDS);
      const text = `${HEADER}.${Buffer.from(JSON.stringify({ ...claims, exp } satisfies Payload)).toString("base64url")}`;
      return `${text}.${sign(text).toString("base64url")}`;
    },
    read(token) {
      const [header, payload, signature, ...rest] = token.length > TOKEN_LENGTH_MAX ? [] : token.split(".");
      if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0) return null;
      const given = Buffer.from(signature, "base64url");
      const right = sign(`${header}.${payload}`);
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw new ControlPlaneError("InvalidAuthenticationToken", "The token was not issued here, or was changed. Sign in again.");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Payload; // we signed it
      if (claims.exp * 1000 <= options.nowMs()) throw new ControlPlaneError("ExpiredAuthenticationToken", "The token has expired. Sign in again.");
      return claims;
    },
  };
}
