// The signing keys of one issuer, found by discovery and kept: asked for when first needed, again when they are
// old, and for a key nobody knows at most once in UNKNOWN_KEY_MS_MIN. An issuer that is away is not asked by
// every request, and what it published before stays good for KEYS_MS_MAX.
import type { Clock } from "@cynosure/model";
import { createLocalJWKSet, errors } from "jose";
import type { JSONWebKeySet, JWK, JWTVerifyGetKey } from "jose";
import { isTrustworthyUrl } from "./fetch-json.ts";
import type { FetchJson } from "./fetch-json.ts";

export const UNKNOWN_KEY_MS_MIN = 60_000;
/** After a failure the issuer is left alone this long. */
export const AWAY_MS_MIN = 10_000;
/** Older keys are asked for anew, while the old ones serve. */
export const KEYS_FRESH_MS_MAX = 3_600_000;
/** A key its issuer took back is refused after this at the latest, even when the issuer is away. */
export const KEYS_MS_MAX = 86_400_000;
const KEYS_COUNT_MAX = 100;

/** No keys are known and none can be had now. */
export class IssuerAwayError extends Error {}

export interface IssuerKeysOptions {
  readonly issuer: string;
  readonly discoveryUrl: URL;
  /** What the discovery document may say the issuer is. */
  readonly isIssuer: (claimed: string) => boolean;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #known: { readonly find: JWTVerifyGetKey; readonly atMs: number } | null = null;
  #failedAtMs = -Infinity;
  #askedForUnknownAtMs = -Infinity;
  #asking: Promise<void> | null = null;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  readonly find: JWTVerifyGetKey = async (header, token) => {
    const nowMs = this.#options.clock.now();
    const known = await this.#current(nowMs);
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.#mayAskForUnknown(nowMs)) throw error;
      await this.#ask();
      return (await this.#current(nowMs))(header, token);
    }
  };

  async #current(nowMs: number): Promise<JWTVerifyGetKey> {
    const ageMs = this.#known === null ? Infinity : nowMs - this.#known.atMs;
    const mayAsk = nowMs - this.#failedAtMs >= AWAY_MS_MIN;
    if (ageMs > KEYS_MS_MAX) {
      this.#known = null;
      if (mayAsk || this.#asking !== null) await this.#ask();
    } else if (ageMs > KEYS_FRESH_MS_MAX && mayAsk) void this.#ask();
    if (this.#known === null) throw new IssuerAwayError(`the keys of ${this.#options.issuer} cannot be had now`);
    return this.#known.find;
  }

  /** The first question about a key nobody knows joins one that is under way. */
  #mayAskForUnknown(nowMs: number): boolean {
    if (this.#asking !== null) return true;
    if (nowMs - this.#askedForUnknownAtMs < UNKNOWN_KEY_MS_MIN || nowMs - this.#failedAtMs < AWAY_MS_MIN) return false;
    this.#askedForUnknownAtMs = nowMs;
    return true;
  }

  /** Never throws: what came of it is in #known. */
  #ask(): Promise<void> {
    this.#asking ??= this.#fetch().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #fetch(): Promise<void> {
    const { clock, fetchJson, issuer, discoveryUrl, isIssuer, onTrouble } = this.#options;
    try {
      const jwksUri = readDiscovery(await fetchJson(discoveryUrl), isIssuer);
      const keys = readKeys(await fetchJson(jwksUri));
      this.#known = { find: createLocalJWKSet({ keys }), atMs: clock.now() };
      this.#failedAtMs = -Infinity;
    } catch (error) {
      this.#failedAtMs = clock.now();
      onTrouble(`keys of the issuer ${issuer}`, error);
    }
  }
}

function readDiscovery(document: unknown, isIssuer: (claimed: string) => boolean): URL {
  if (typeof document !== "object" || document === null || !("issuer" in document) || typeof document.issuer !== "string") throw new Error("the discovery document names no issuer");
  if (!isIssuer(document.issuer)) throw new Error(`the discovery document is of another issuer, ${document.issuer.slice(0, 300)}`);
  if (!("jwks_uri" in document) || typeof document.jwks_uri !== "string" || !URL.canParse(document.jwks_uri)) throw new Error("the discovery document names no jwks_uri");
  const url = new URL(document.jwks_uri);
  if (!isTrustworthyUrl(url)) throw new Error(`the discovery document's jwks_uri ${url.href.slice(0, 300)} is not https`);
  return url;
}

/** Public signing keys only: a shared secret in the list would let everybody who reads it sign. */
function readKeys(document: unknown): JWK[] {
  const keys: unknown = typeof document === "object" && document !== null && "keys" in document ? document.keys : undefined;
  if (!Array.isArray(keys)) throw new Error("the key document has no list of keys");
  const usable = (keys as unknown[]).filter((key): key is JWK => typeof key === "object" && key !== null && "kty" in key && (key.kty === "RSA" || key.kty === "EC") && !("use" in key && key.use !== "sig"));
  if (usable.length === 0 || usable.length > KEYS_COUNT_MAX) throw new Error(`the key document has ${usable.length} signing keys; 1 to ${KEYS_COUNT_MAX} are taken`);
  return usable satisfies JSONWebKeySet["keys"];
}
