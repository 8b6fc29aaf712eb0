// Which issuers besides the built-in one are trusted, read from JSON. What is wrong in it is said with the
// name of the member, at the start: a control plane that trusts less than its operator thinks helps nobody.
import { isTrustworthyUrl } from "./fetch-json.ts";

export interface ClaimNames {
  readonly objectId: string;
  /** The first that the token has. */
  readonly displayName: readonly string[];
  readonly groups: string;
}

export interface TrustedIssuerSettings {
  /** What `iss` must be, exactly. */
  readonly issuer: string;
  readonly discoveryUrl: URL;
  /** Tenant its principals belong to here. */
  readonly tenantId: string;
  /** What `tid` must be when the token has one. */
  readonly tokenTenantId: string;
  /** The issuer is one of many made from a template: then `tid` must be there. */
  readonly requiresTenantClaim: boolean;
  readonly audiences: readonly string[];
  readonly claims: ClaimNames;
  readonly caPem: string | null;
}

export interface TrustedIssuerConfig {
  readonly issuers: readonly TrustedIssuerSettings[];
  readonly clockSkewSeconds: number;
}

export const CLOCK_SKEW_SECONDS = 60;
export const CLOCK_SKEW_SECONDS_MAX = 300;
const ISSUERS_COUNT_MAX = 20;
const AUDIENCES_COUNT_MAX = 20;
const TEXT_LENGTH_MAX = 1_000;
const TENANT_PLACE = /\{tenantid\}/gi;
const DEFAULT_CLAIMS: ClaimNames = { objectId: "oid", displayName: ["name", "preferred_username", "upn", "email", "app_displayname"], groups: "groups" };

export class TrustedIssuerConfigError extends Error {}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);

function membersOf(value: unknown, where: string, known: readonly string[]): Members {
  if (!isMembers(value)) throw new TrustedIssuerConfigError(`${where} must be an object`);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TrustedIssuerConfigError(`${where} has the unknown member '${unknown}'; known: ${known.join(", ")}`);
  return value;
}

function textOf(value: unknown, where: string): string {
  if (typeof value !== "string" || value === "" || value.length > TEXT_LENGTH_MAX) throw new TrustedIssuerConfigError(`${where} must be a text of 1 to ${TEXT_LENGTH_MAX} characters`);
  return value;
}

function textsOf(value: unknown, where: string, countMax: number): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > countMax) throw new TrustedIssuerConfigError(`${where} must be a list of 1 to ${countMax} texts`);
  return (value as unknown[]).map((each, index) => textOf(each, `${where}[${index}]`));
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function guidOf(value: unknown, where: string): string {
  const text = textOf(value, where);
  if (!GUID.test(text)) throw new TrustedIssuerConfigError(`${where} must be a GUID`);
  return text.toLowerCase();
}

/** `readFile` reads a certificate named in the configuration. */
export function parseTrustedIssuers(text: string, readFile: (path: string) => string): TrustedIssuerConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TrustedIssuerConfigError("the trusted issuers are not valid JSON", { cause });
  }
  const root = membersOf(value, "the trusted issuers", ["issuers", "clockSkewSeconds"]);
  const { issuers, clockSkewSeconds = CLOCK_SKEW_SECONDS } = root;
  if (!Array.isArray(issuers) || issuers.length === 0 || issuers.length > ISSUERS_COUNT_MAX) throw new TrustedIssuerConfigError(`issuers must be a list of 1 to ${ISSUERS_COUNT_MAX}`);
  if (typeof clockSkewSeconds !== "number" || !Number.isInteger(clockSkewSeconds) || clockSkewSeconds < 0 || clockSkewSeconds > CLOCK_SKEW_SECONDS_MAX) {
    throw new TrustedIssuerConfigError(`clockSkewSeconds must be a whole number from 0 to ${CLOCK_SKEW_SECONDS_MAX}`);
  }
  const read = (issuers as unknown[]).map((each, index) => readIssuer(each, `issuers[${index}]`, readFile));
  const twice = read.find((each, index) => read.findIndex(({ issuer }) => issuer === each.issuer) !== index);
  if (twice !== undefined) throw new TrustedIssuerConfigError(`the issuer ${twice.issuer} is named twice`);
  return { issuers: read, clockSkewSeconds };
}

function readIssuer(value: unknown, where: string, readFile: (path: string) => string): TrustedIssuerSettings {
  const members = membersOf(value, where, ["issuer", "discoveryUrl", "tenantId", "tokenTenantId", "audiences", "claims", "caFile"]);
  const tenantId = guidOf(members["tenantId"], `${where}.tenantId`);
  const tokenTenantId = members["tokenTenantId"] === undefined ? tenantId : guidOf(members["tokenTenantId"], `${where}.tokenTenantId`);
  const written = textOf(members["issuer"], `${where}.issuer`);
  const issuer = written.replace(TENANT_PLACE, tokenTenantId);
  urlOf(issuer, `${where}.issuer`);
  const discovery = members["discoveryUrl"] === undefined ? `${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration` : textOf(members["discoveryUrl"], `${where}.discoveryUrl`).replace(TENANT_PLACE, tokenTenantId);
  const { caFile } = members;
  return {
    issuer,
    discoveryUrl: urlOf(discovery, `${where}.discoveryUrl`),
    tenantId,
    tokenTenantId,
    requiresTenantClaim: issuer !== written,
    audiences: textsOf(members["audiences"], `${where}.audiences`, AUDIENCES_COUNT_MAX),
    claims: readClaims(members["claims"], `${where}.claims`),
    caPem: caFile === undefined ? null : readCertificate(textOf(caFile, `${where}.caFile`), `${where}.caFile`, readFile),
  };
}

function urlOf(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !isTrustworthyUrl(url) || url.username !== "" || url.password !== "") throw new TrustedIssuerConfigError(`${where} must be an https URL without a user; http is taken for this machine's own addresses only`);
  return url;
}

function readClaims(value: unknown, where: string): ClaimNames {
  if (value === undefined) return DEFAULT_CLAIMS;
  const members = membersOf(value, where, ["objectId", "displayName", "groups"]);
  const nameOf = (member: "objectId" | "displayName" | "groups"): string | undefined => (members[member] === undefined ? undefined : textOf(members[member], `${where}.${member}`));
  const displayName = nameOf("displayName");
  return {
    objectId: nameOf("objectId") ?? DEFAULT_CLAIMS.objectId,
    displayName: displayName === undefined ? DEFAULT_CLAIMS.displayName : [displayName],
    groups: nameOf("groups") ?? DEFAULT_CLAIMS.groups,
  };
}

function readCertificate(path: string, where: string, readFile: (path: string) => string): string {
  let pem: string;
  try {
    pem = readFile(path);
  } catch (cause) {
    throw new TrustedIssuerConfigError(`${where}: ${path} cannot be read`, { cause });
  }
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw new TrustedIssuerConfigError(`${where}: ${path} holds no certificate in PEM`);
  return pem;
}
