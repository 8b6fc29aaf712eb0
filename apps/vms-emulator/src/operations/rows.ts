// How an object of a collection comes to be: the document's fields with a value each, then what was sent, then what the system
// itself gives (id, guid, url, title). What is written and never read back is left out of it.
import type { ApiField } from "@cynosure/projection";
import { isSecretName } from "@cynosure/projection";
import type { Call, System } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import type { Row, StoredRow } from "../state/store.ts";

/** The value of a field nobody has set. */
export function defaultOf(field: ApiField, nowText: string): unknown {
  if (field.isNullable === true || /_id$|_time$|expiration|^end_|_ip$/.test(field.name)) return /^(start_time|created|creation_time|timestamp|last_updated)$/.test(field.name) ? nowText : null;
  if (/^(created|creation_time|timestamp|last_updated)$/.test(field.name)) return nowText;
  if (field.enum !== undefined && field.type !== "array") return field.enum[0];
  switch (field.type) {
    case "boolean":
      return false;
    case "integer":
    case "number":
      return 0;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return "";
  }
}

export const sampleOf = (fields: readonly ApiField[], nowText: string): Row => Object.fromEntries(fields.filter((field) => !isHidden(field)).map((field) => [field.name, defaultOf(field, nowText)]));

const isHidden = (field: ApiField): boolean => field.isSecret === true || /^password|_retype$|private_key$/.test(field.name);

/** What of a body is read back: not what the document never answers. */
export function readable(system: System, collection: string, body: Row): Row {
  const answered = new Set(system.document.itemFields(collection).filter((field) => !isHidden(field)).map(({ name }) => name));
  const writeOnly = new Set(system.document.typeOf(collection)?.writeOnlyFields ?? []);
  return Object.fromEntries(Object.entries(body).filter(([name]) => answered.has(name) || (!writeOnly.has(name) && !isSecretName(name) && !/^password|private_key$/.test(name))));
}

export function insertRow(system: System, collection: string, body: Row): StoredRow {
  const { store, document } = system;
  const fields = document.itemFields(collection);
  const row = store.insert(collection, { ...sampleOf(fields.filter(({ name }) => name !== "id"), nowIso(system)), ...readable(system, collection, body) });
  const has = (name: string): boolean => fields.length === 0 || fields.some((field) => field.name === name);
  if (has("guid")) row["guid"] = typeof body["guid"] === "string" ? body["guid"] : store.random.guid();
  if (has("name") && (row["name"] === undefined || row["name"] === null || row["name"] === "")) row["name"] = `${collection.split("/").at(-1) ?? collection}-${row.id}`;
  refreshDerived(system, row);
  return row;
}

/** Names of what an object belongs to, after a change of the ids. */
export function refreshDerived({ store }: Pick<System, "store">, row: Row): void {
  if ("title" in row && row["name"] !== undefined) row["title"] = row["name"];
  for (const [name, from] of Object.entries({ tenant: "tenants", policy: "viewpolicies", cluster: "clusters", protection_policy: "protectionpolicies", local_provider: "localproviders" })) {
    const id = row[`${name}_id`];
    if (id === undefined || id === null) continue;
    const target = store.find(from, String(id));
    if (target === null) continue;
    if (`${name}_name` in row) row[`${name}_name`] = target["name"];
    else if (name in row && typeof row[name] === "string") row[name] = target["name"];
  }
}

/** As a client gets it: with the address of where it asked. */
export function presented(call: Pick<Call, "base" | "document">, collection: string, row: StoredRow): Row {
  const isLinked = call.document.itemFields(collection).some(({ name }) => name === "url");
  return isLinked ? { ...row, url: `${call.base}/${collection}/${row.id}/` } : { ...row };
}
