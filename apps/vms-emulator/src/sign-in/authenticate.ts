// Who asks, by Basic, `Api-Token` or Bearer; refused with 401. And what they may do: codenames VERB-REALM; refused with 403.
import { denied, notSignedIn } from "../serve/answer.ts";
import type { Principal } from "../serve/call.ts";
import type { Row, Store } from "../state/store.ts";
import { findApiToken, isPassword, readJwt } from "./secrets.ts";

export function authenticate(store: Store, authorization: string | undefined, nowMs: number): Principal {
  const [scheme = "", ...rest] = (authorization ?? "").trim().split(/\s+/);
  const value = rest.join(" ");
  // One client writes a stray quotation mark in front.
  switch (scheme.replace(/^'/, "").toLowerCase()) {
    case "basic":
      return byPassword(store, Buffer.from(value, "base64").toString());
    case "api-token":
      return byApiToken(store, value, nowMs);
    case "bearer": {
      const username = readJwt(store, value, "access", nowMs);
      if (username === null) throw notSignedIn("Given token not valid for any token type", "token_not_valid");
      return principalOf(store, username);
    }
    default:
      throw notSignedIn("Authentication credentials were not provided.", "not_authenticated");
  }
}

function byPassword(store: Store, pair: string): Principal {
  const colon = pair.indexOf(":");
  const username = pair.slice(0, Math.max(0, colon));
  if (colon < 0 || !isPassword(store, username, pair.slice(colon + 1))) throw notSignedIn("Invalid username/password.", "authentication_failed");
  return principalOf(store, username);
}

function byApiToken(store: Store, token: string, nowMs: number): Principal {
  const found = findApiToken(store, token);
  const row = found === null ? null : store.find("apitokens", found.id);
  if (found === null || row === null || found.isRevoked) throw notSignedIn("Invalid API token.", "authentication_failed");
  const expiry = row["expiry_date"];
  if (typeof expiry === "string" && expiry !== "" && Date.parse(expiry) <= nowMs) throw notSignedIn("API token has expired.", "authentication_failed");
  return principalOf(store, found.owner);
}

export const findManager = (store: Store, username: string): ReturnType<Store["find"]> => store.rows("managers").find((row) => row["username"] === username) ?? null;

export function principalOf(store: Store, username: string): Principal {
  const row = findManager(store, username);
  if (row === null || row["is_active"] === false) throw notSignedIn("User is inactive or deleted.", "authentication_failed");
  const roles = listOf(row["roles"]).map((role) => (typeof role === "object" && role !== null && "id" in role ? String(role.id) : String(role)));
  const permissions = [...codenames(row), ...store.rows("roles").filter((role) => roles.includes(String(role.id)) || roles.includes(String(role["name"]))).flatMap(codenames)];
  return { username, userType: String(row["user_type"] || "TENANT_ADMIN"), permissions };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const codenames = (row: Row): readonly string[] => listOf(row["permissions"]).filter((each): each is string => typeof each === "string");

/** Realms by the first word of the path; what is not named here is hardware and system. */
const REALMS: Readonly<Record<string, readonly string[]>> = {
  logical: ["views", "viewpolicies", "quotas", "snapshots", "protectedpaths", "protectionpolicies", "qospolicies", "folders", "globalsnapstreams", "volumes", "blockhosts", "blockmappings", "vippools", "tenants", "userquotas", "quotagroups"],
  database: ["schemas", "tables", "columns", "projections", "projectioncolumns", "topics", "blobexpansions", "vastdb", "kafkabrokers", "eventbrokers"],
  security: ["users", "groups", "managers", "roles", "realms", "permissions", "apitokens", "localproviders", "activedirectory", "ldaps", "nis", "kerberos", "s3policies", "s3keys", "iamroles", "locals3keys", "tlscertificates", "certificatesets"],
  events: ["alarms", "events", "eventdefinitions", "eventdefinitionconfigs", "webhooks"],
  monitoring: ["monitors", "metrics", "analytics", "prometheusmetrics", "iodata", "capacity", "health", "dashboard", "monitoredusers"],
  support: ["supportbundles", "callhomeconfigs", "issues"],
};

const VERBS: Readonly<Record<string, string>> = { GET: "view", HEAD: "view", POST: "create", PUT: "edit", PATCH: "edit", DELETE: "delete" };

/** What everybody who is signed in may ask: themselves and the work they started. */
const OPEN_TO_ALL = new Set(["login", "logout", "token", "vtasks", "versions"]);

export function authorise(principal: Principal, method: string, root: string): void {
  if (principal.userType === "SUPER_ADMIN" || OPEN_TO_ALL.has(root)) return;
  const realm = Object.keys(REALMS).find((each) => REALMS[each]?.includes(root)) ?? "hardware";
  if (!principal.permissions.includes(`${VERBS[method] ?? "edit"}-${realm}`)) throw denied();
}
