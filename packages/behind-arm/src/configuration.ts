// What an operator tells a control plane that stands behind Azure Resource Manager: one JSON file. Pure: text in,
// one checked value out. A key that is not known is refused, so that a slip of the pen never turns trust off.
import { isAbsolute, resolve } from "node:path";

export interface ClientCertificateTrust {
  /** ARM's own list of the certificates it calls with. */
  readonly metadataUrl: string;
  /** The only authorities the server of the list may be signed by; null: the system's. */
  readonly caFile: string | null;
}

export interface SignedTokenTrust {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Null: found through the issuer's OpenID configuration. */
  readonly keysUrl: string | null;
  readonly caFile: string | null;
}

export interface BehindArmConfig {
  /** Base of links for a request that names no URL of its own (H7); no trailing slash. */
  readonly publicBaseUrl: string;
  readonly listen: { readonly address: string; readonly port: number };
  /** Null: a certificate of the installation's own authority. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null;
  readonly clientCertificates: ClientCertificateTrust | null;
  readonly signedTokens: SignedTokenTrust | null;
  readonly deletedGraceMs: number;
}

/** ARM says Deleted once and means it; a day leaves room to take back what was said by mistake. */
export const DELETED_GRACE_HOURS_DEFAULT = 24;
export const DELETED_GRACE_HOURS_MAX = 90 * 24;
const HOUR_MS = 3_600_000;

export class BehindArmConfigError extends Error {}

type Members = Readonly<Record<string, unknown>>;

/** `dir` is what file names in it are relative to. */
export function parseBehindArmConfig(text: string, dir: string): BehindArmConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BehindArmConfigError(`it is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  const root = new Section(value, "", dir);
  const known = root.only(["publicBaseUrl", "listen", "tls", "clientCertificates", "signedTokens", "deletedGraceHours"]);
  const listen = known.section("listen")?.only(["address", "port"]) ?? known.missing("listen");
  const tls = known.section("tls")?.only(["certificateFile", "keyFile"]);
  const certificates = known.section("clientCertificates")?.only(["metadataUrl", "caFile"]);
  const tokens = known.section("signedTokens")?.only(["issuer", "audiences", "keysUrl", "caFile"]);
  if (certificates === undefined && tokens === undefined) throw new BehindArmConfigError("it trusts nobody: give clientCertificates, signedTokens or both");
  return {
    publicBaseUrl: known.url("publicBaseUrl").replace(/\/+$/, ""),
    listen: { address: listen.text("address"), port: listen.number("port", 0, 65_535) },
    tls: tls === undefined ? null : { certificateFile: tls.file("certificateFile"), keyFile: tls.file("keyFile") },
    clientCertificates: certificates === undefined ? null : { metadataUrl: certificates.url("metadataUrl"), caFile: certificates.has("caFile") ? certificates.file("caFile") : null },
    signedTokens:
      tokens === undefined
        ? null
        : { issuer: tokens.url("issuer"), audiences: tokens.texts("audiences"), keysUrl: tokens.has("keysUrl") ? tokens.url("keysUrl") : null, caFile: tokens.has("caFile") ? tokens.file("caFile") : null },
    deletedGraceMs: (known.has("deletedGraceHours") ? known.number("deletedGraceHours", 0, DELETED_GRACE_HOURS_MAX) : DELETED_GRACE_HOURS_DEFAULT) * HOUR_MS,
  };
}

/** One object of the file; errors name the member by its path. */
class Section {
  readonly #members: Members;
  readonly #path: string;
  readonly #dir: string;

  constructor(value: unknown, path: string, dir: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BehindArmConfigError(`${path === "" ? "the file" : path} must be an object`);
    this.#members = { ...value };
    this.#path = path;
    this.#dir = dir;
  }

  only(known: readonly string[]): this {
    const stranger = Object.keys(this.#members).find((name) => !known.includes(name));
    if (stranger !== undefined) throw new BehindArmConfigError(`${this.#at(stranger)} is not known; known here: ${known.join(", ")}`);
    return this;
  }

  has(name: string): boolean {
    return this.#members[name] !== undefined;
  }

  section(name: string): Section | undefined {
    return this.has(name) ? new Section(this.#members[name], this.#at(name), this.#dir) : undefined;
  }

  missing(name: string): never {
    throw new BehindArmConfigError(`${this.#at(name)} is missing`);
  }

  text(name: string): string {
    const value = this.has(name) ? this.#members[name] : this.missing(name);
    if (typeof value !== "string" || value === "") throw new BehindArmConfigError(`${this.#at(name)} must be a text that is not empty`);
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.has(name) ? this.#members[name] : this.missing(name);
    if (!Array.isArray(value) || value.length === 0 || !value.every((each): each is string => typeof each === "string" && each !== "")) throw new BehindArmConfigError(`${this.#at(name)} must be a list of texts that is not empty`);
    return value;
  }

  number(name: string, min: number, max: number): number {
    const value = this.has(name) ? this.#members[name] : this.missing(name);
    if (typeof value !== "number" || !(value >= min && value <= max)) throw new BehindArmConfigError(`${this.#at(name)} must be a number from ${min} to ${max}`);
    return value;
  }

  url(name: string): string {
    const text = this.text(name);
    if (!URL.canParse(text) || new URL(text).protocol !== "https:") throw new BehindArmConfigError(`${this.#at(name)} must be a URL that starts with https://`);
    return text;
  }

  file(name: string): string {
    const text = this.text(name);
    return isAbsolute(text) ? text : resolve(this.#dir, text);
  }

  #at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }
}
