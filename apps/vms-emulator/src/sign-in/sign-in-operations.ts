// The operations that give and take sign-in: tokens, API tokens, managers' passwords.
import { conflict, noContent, notFound, notSignedIn, ok, Refusal, created, badField } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall, System } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import type { Handlers } from "../operations/handlers.ts";
import { insertRow, presented, readable } from "../operations/rows.ts";
import type { StoredRow } from "../state/store.ts";
import { findManager, principalOf } from "./authenticate.ts";
import { forgetPassword, isPassword, mintApiToken, mintJwt, readJwt, revokeApiToken, setPassword } from "./secrets.ts";

const ACCESS_SECONDS_DEFAULT = 3_600;
const REFRESH_SECONDS_DEFAULT = 86_400;
const API_TOKENS_PER_USER_DEFAULT = 5;

export const signInHandlers: Handlers = {
  "POST /token": ({ body, ...call }) => {
    const username = String(body["username"] ?? "");
    if (!isPassword(call.store, username, String(body["password"] ?? ""))) throw notSignedIn("No active account found with the given credentials", "no_active_account");
    principalOf(call.store, username);
    return ok(tokensFor(call, username));
  },
  "POST /token/refresh": ({ body, ...call }) => {
    const username = readJwt(call.store, String(body["refresh"] ?? ""), "refresh", call.settings.nowMs());
    if (username === null) throw notSignedIn("Token is invalid or expired", "token_not_valid");
    principalOf(call.store, username);
    return ok(tokensFor(call, username));
  },
  "GET /login": (call) => ok(presented(call, "managers", ownRow(call))),
  "POST /logout": (call) => created(presented(call, "managers", ownRow(call))),
  "POST /apitokens": createApiToken,
  "PATCH /apitokens/{id}/revoke": (call) => {
    const row = call.store.find("apitokens", call.params["id"] ?? "");
    if (row === null) throw notFound();
    row["revoked"] = true;
    revokeApiToken(call.store, String(row.id));
    return ok(presented(call, "apitokens", row));
  },
  "PATCH /vms/{id}/set_max_api_tokens_per_user": (call) => {
    const row = call.store.find("vms", call.params["id"] ?? "");
    if (row === null) throw notFound();
    const [limit] = Object.values(call.body).map(Number).filter(Number.isInteger);
    row["max_api_tokens_per_user"] = limit ?? API_TOKENS_PER_USER_DEFAULT;
    call.store.touch();
    return ok(presented(call, "vms", row));
  },
  "POST /managers": (call) => {
    const username = String(call.body["username"]);
    if (findManager(call.store, username) !== null) throw badField("username", "A user with that username already exists.");
    const row = insertManager(call, username, call.body);
    setPassword(call.store, username, String(call.body["password"]));
    return created(presented(call, "managers", row));
  },
  "PATCH /managers/{id}": (call) => {
    const row = managerOf(call);
    const { password, ...rest } = call.body;
    const renamed = typeof rest["username"] === "string" && rest["username"] !== row["username"] ? rest["username"] : null;
    if (renamed !== null && findManager(call.store, renamed) !== null) throw badField("username", "A user with that username already exists.");
    if (renamed !== null && password === undefined) throw badField("password", "A new name needs the password with it.");
    if (renamed !== null) forgetPassword(call.store, String(row["username"]));
    delete rest["id"];
    Object.assign(row, readable(call, "managers", rest), rest["permissions_list"] === undefined ? {} : { permissions: rest["permissions_list"] });
    if (typeof password === "string") setPassword(call.store, String(row["username"]), password);
    call.store.touch();
    return ok(presented(call, "managers", row));
  },
  "DELETE /managers/{id}": (call) => {
    const row = managerOf(call);
    if (row["username"] === call.principal.username) throw conflict("self_delete", "A manager cannot remove itself.");
    forgetPassword(call.store, String(row["username"]));
    call.store.remove("managers", row.id);
    return noContent;
  },
  "PATCH /managers/password": (call) => {
    setPassword(call.store, call.principal.username, String(call.body["password"]));
    return noContent;
  },
  "PATCH /managers/{id}/unlock": (call) => {
    const row = managerOf(call);
    Object.assign(row, { is_active: true, failed_logins: 0 });
    if (typeof call.body["password"] === "string") setPassword(call.store, String(row["username"]), call.body["password"]);
    return noContent;
  },
};

function tokensFor(system: System, username: string): { access: string; refresh: string } {
  const [vms] = system.store.rows("vms");
  const nowMs = system.settings.nowMs();
  const mint = (use: "access" | "refresh", seconds: number): string => mintJwt(system.store, { username, use, expiresAtMs: nowMs + seconds * 1_000 });
  return { access: mint("access", secondsOf(vms?.["access_token_lifetime"], ACCESS_SECONDS_DEFAULT)), refresh: mint("refresh", secondsOf(vms?.["refresh_token_lifetime"], REFRESH_SECONDS_DEFAULT)) };
}

/** `3600`, `01:00:00` or `1 00:00:00`. */
function secondsOf(value: unknown, otherwise: number): number {
  if (value === undefined || value === null || value === "") return otherwise;
  const [days, time] = String(value).includes(" ") ? String(value).split(" ") : ["0", String(value)];
  const seconds = (time ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : otherwise;
}

function createApiToken(call: DocumentedCall): Answer {
  const owner = String(call.body["owner"] ?? call.principal.username);
  if (findManager(call.store, owner) === null) throw new Refusal(400, `No manager is named ${owner}.`);
  const limit = Number(call.store.rows("vms")[0]?.["max_api_tokens_per_user"] || API_TOKENS_PER_USER_DEFAULT);
  const own = call.store.rows("apitokens").filter((row) => row["owner"] === owner && row["revoked"] !== true);
  if (own.length >= limit) throw new Refusal(503, "Max allowed API tokens reached");
  const id = call.store.random.hex(12);
  insertRow(call, "apitokens", { ...call.body, id, owner, revoked: false, created: nowIso(call) });
  return created({ id, token: mintApiToken(call.store, id, owner) });
}

export function insertManager(system: System, username: string, body: Readonly<Record<string, unknown>>): StoredRow {
  return insertRow(system, "managers", { user_type: "SUPER_ADMIN", ...body, permissions: body["permissions_list"] ?? body["permissions"] ?? [], username, is_active: true });
}

function managerOf(call: DocumentedCall): StoredRow {
  const row = call.store.find("managers", call.params["id"] ?? "");
  if (row === null) throw notFound();
  return row;
}

function ownRow(call: DocumentedCall): StoredRow {
  const row = findManager(call.store, call.principal.username);
  if (row === null) throw notFound();
  return row;
}
