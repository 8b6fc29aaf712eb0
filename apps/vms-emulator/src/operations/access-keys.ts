// Keys that sign a user's requests to buckets: the secret is told once, two keys a user at most.
import { badField, noContent, notFound, ok, Refusal } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import type { Store, StoredRow } from "../state/store.ts";
import type { Handlers } from "./handlers.ts";
import { validate } from "./validate.ts";
import { requireParents } from "./collections.ts";

interface AccessKey {
  access_key: string;
  status: "enabled" | "disabled";
  creation_time: string;
}

const KEYS_PER_USER_MAX = 2;
const ACCESS_KEY_DIGITS = 20;
const SECRET_KEY_DIGITS = 40;

export const accessKeyHandlers: Handlers = {
  "POST /users/{id}/access_keys": (call) => {
    const { row, keys } = userOf(call);
    if (keys.length >= KEYS_PER_USER_MAX) throw new Refusal(400, { detail: `A user has ${KEYS_PER_USER_MAX} access keys at most: remove one first.` });
    const access_key = call.store.random.hex(ACCESS_KEY_DIGITS).toUpperCase();
    row["access_keys"] = [...keys, { access_key, status: "enabled", creation_time: nowIso(call) } satisfies AccessKey];
    call.store.touch();
    return ok({ access_key, secret_key: call.store.random.hex(SECRET_KEY_DIGITS) });
  },
  "PATCH /users/{id}/access_keys": (call) => {
    validate(call.facts.body?.fields ?? [], call.body, false);
    const { key } = keyOf(call);
    key.status = call.body["enabled"] === true || call.body["enabled"] === "true" ? "enabled" : "disabled";
    call.store.touch();
    return noContent;
  },
  "DELETE /users/{id}/access_keys": (call) => {
    validate(call.facts.body?.fields ?? [], call.body, false);
    const { row, keys, key } = keyOf(call);
    row["access_keys"] = keys.filter((each) => each !== key);
    call.store.touch();
    return noContent;
  },
  "GET /locals3keys": (call): Answer => ok(allKeys(call.store)),
};

const keysOf = (row: StoredRow): readonly AccessKey[] => (Array.isArray(row["access_keys"]) ? (row["access_keys"] as AccessKey[]) : []); // written by this file alone

const allKeys = (store: Store): readonly unknown[] => store.rows("users").flatMap((row) => keysOf(row).map((key) => ({ ...key, user: row["name"], uid: row["uid"] })));

function userOf(call: DocumentedCall): { row: StoredRow; keys: readonly AccessKey[] } {
  requireParents(call);
  const row = call.store.find("users", call.params["id"] ?? "");
  if (row === null) throw notFound();
  return { row, keys: keysOf(row) };
}

function keyOf(call: DocumentedCall): { row: StoredRow; keys: readonly AccessKey[]; key: AccessKey } {
  const { row, keys } = userOf(call);
  const key = keys.find((each) => each.access_key === call.body["access_key"]);
  if (key === undefined) throw badField("access_key", "The user has no such access key.");
  return { row, keys, key };
}
