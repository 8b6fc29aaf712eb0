// From the claims of a proven token of a trusted issuer to the principal of a request. Text of another's making
// ends up in answers and rows: it is bounded and cleaned here.
import { createHash } from "node:crypto";
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import type { JWTPayload } from "jose";
import { refuse } from "./token-claims.ts";
import type { TrustedIssuerSettings } from "./trusted-issuer-config.ts";

export const GROUPS_COUNT_MAX = 200;
const GROUP_LENGTH_MAX = 200;
const SUBJECT_LENGTH_MAX = 1_000;
const NAME_LENGTH_MAX = 200;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function principalOf(claims: JWTPayload, settings: TrustedIssuerSettings): RequestPrincipal {
  const id = objectIdOf(claims, settings);
  const groups = groupsOf(claims, settings.claims.groups);
  return { id, type: isApplication(claims) ? "Application" : "User", displayName: displayNameOf(claims, settings.claims.displayName) ?? id, tenantId: settings.tenantId, ...(groups.length === 0 ? {} : { groups }) };
}

/** Only a GUID is taken as it is; any other subject is told apart from those of other issuers by what it is hashed with. */
function objectIdOf(claims: JWTPayload, settings: TrustedIssuerSettings): string {
  const given = claims[settings.claims.objectId];
  if (typeof given === "string" && GUID.test(given)) return given.toLowerCase();
  const sub: unknown = claims.sub;
  if (typeof sub !== "string" || sub === "" || sub.length > SUBJECT_LENGTH_MAX) throw refuse(`The access token names nobody: it has neither '${settings.claims.objectId}' with a GUID nor a usable 'sub'.`);
  return guidOfName(`${settings.issuer}\n${sub}`);
}

/** Namespace of our subjects (RFC 9562 §5.5); any fixed GUID. */
const NAMESPACE = Buffer.from("6f1d7c52a8d94a539d0c0f1a6e5b3c27", "hex");

/** A name-based GUID, version 5: the same for the same name, for ever. */
export function guidOfName(name: string): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name, "utf8").digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Issuers that say it are believed; else a token whose subject is the program itself is the program's. */
function isApplication(claims: JWTPayload): boolean {
  const kind: unknown = claims["idtyp"];
  if (kind === "app" || kind === "user") return kind === "app";
  return claims.sub !== undefined && ["client_id", "azp", "appid"].some((name) => claims[name] === claims.sub);
}

function displayNameOf(claims: JWTPayload, names: readonly string[]): string | null {
  for (const name of names) {
    const value = claims[name];
    if (typeof value !== "string") continue;
    const clean = value.toWellFormed().replace(/\p{C}+/gu, " ").trim().slice(0, NAME_LENGTH_MAX).toWellFormed();
    if (clean !== "") return clean;
  }
  return null;
}

/** All of them or none: a deny assignment of a group that was left out would not hold. */
function groupsOf(claims: JWTPayload, name: string): readonly string[] {
  const value = claims[name];
  const elsewhere: unknown = claims["_claim_names"];
  if (claims["hasgroups"] === true || (typeof elsewhere === "object" && elsewhere !== null && name in elsewhere)) throw tooManyGroups();
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((each): each is string => typeof each === "string" && each !== "" && each.length <= GROUP_LENGTH_MAX)) throw refuse(`The claim '${name}' of the access token is not a list of group ids.`);
  if (value.length > GROUPS_COUNT_MAX) throw tooManyGroups();
  return value.map((each) => (GUID.test(each) ? each.toLowerCase() : each));
}

const tooManyGroups = (): Error => refuse(`The access token is of a member of more than ${GROUPS_COUNT_MAX} groups. Let the issuer send only the groups that matter to this service.`);
