// Tokens of the one issuer a front door signs with: its own bearer, and what it says of its caller (H11).
// Signature, issuer, audience and times are checked; a token never reaches a log or a message.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { isCleanText } from "@cynosure/http-server";
import { ControlPlaneError } from "@cynosure/model";
import type { Clock } from "@cynosure/model";
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import type { JSONWebKeySet, JWTPayload } from "jose";
import { KeptDocument } from "./kept-document.ts";

const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
const CLOCK_SKEW_SECONDS_MAX = 60;
const TOKEN_LENGTH_MAX = 16 * 1024;

export interface SignedTokens {
  /** Throws InvalidAuthenticationToken, ExpiredAuthenticationToken, or ServiceUnavailable while no key was ever read. */
  verify(token: string): Promise<RequestPrincipal>;
  trouble(): string | null;
  refreshWhenDue(): Promise<void>;
}

export interface SignedTokensOptions {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly clock: Clock;
  /** The issuer's key set, as a document. */
  loadKeys(): Promise<unknown>;
}

function parseKeys(document: unknown): JSONWebKeySet {
  const keys = typeof document === "object" && document !== null && "keys" in document ? document.keys : undefined;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error("the issuer's key set has no keys");
  return { keys: keys as JSONWebKeySet["keys"] }; // the library checks each key when it is used
}

export function createSignedTokens(options: SignedTokensOptions): SignedTokens {
  const keys = new KeptDocument({ name: "the keys of the token issuer", clock: options.clock, load: async () => parseKeys(await options.loadKeys()) });
  const check = async (token: string, keySet: JSONWebKeySet): Promise<JWTPayload> => {
    const currentDate = new Date(options.clock.now());
    const wanted = { issuer: options.issuer, audience: [...options.audiences], algorithms: ALGORITHMS, currentDate, clockTolerance: CLOCK_SKEW_SECONDS_MAX, requiredClaims: ["exp"] };
    return (await jwtVerify(token, createLocalJWKSet(keySet), wanted)).payload;
  };
  /** A key that is not known may be newer than what is held. */
  const checkTwice = async (token: string): Promise<JWTPayload> => {
    const held = keys.value;
    if (held === null) throw new ControlPlaneError("ServiceUnavailable", "The keys of the token issuer could not be read yet, so no token can be checked. Try again.");
    try {
      return await check(token, held);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await keys.refreshAtMostEachMinute().catch(() => {}); // then the old answer stands
      return check(token, keys.value ?? held);
    }
  };
  return {
    verify: async (token) => {
      if (token.length > TOKEN_LENGTH_MAX) throw new ControlPlaneError("InvalidAuthenticationToken", `The token is longer than ${TOKEN_LENGTH_MAX} characters.`);
      try {
        return principalOf(await checkTwice(token));
      } catch (error) {
        if (error instanceof ControlPlaneError) throw error;
        if (error instanceof errors.JWTExpired) throw new ControlPlaneError("ExpiredAuthenticationToken", "The token has expired. Send a fresh one.", { cause: error });
        throw new ControlPlaneError("InvalidAuthenticationToken", "The token is invalid: it is not signed by the trusted issuer, is for another audience, or was changed.", { cause: error });
      }
    },
    trouble: () => keys.trouble(),
    refreshWhenDue: () => keys.refreshWhenDue(),
  };
}

const textOf = (payload: JWTPayload, ...names: readonly string[]): string | undefined => names.map((name) => payload[name]).find((value): value is string => typeof value === "string" && value !== "" && isCleanText(value));

function principalOf(payload: JWTPayload): RequestPrincipal {
  const id = textOf(payload, "oid", "sub", "appid", "azp") ?? "unknown";
  const userName = textOf(payload, "upn", "unique_name", "preferred_username", "name");
  const isUser = payload["idtyp"] === "user" || (payload["idtyp"] !== "app" && userName !== undefined);
  return { id, type: isUser ? "User" : "Application", displayName: userName ?? textOf(payload, "app_displayname", "appid", "azp") ?? id, tenantId: textOf(payload, "tid") ?? "unknown" };
}
