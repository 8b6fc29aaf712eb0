// The mock's engine API: a few types as `getParity` tells them, and their objects. What the contract does not list is answered here.
import type { NativeField, NativeParity, NativeType } from "@cynosure/contract";
import { MockError } from "./mock-handlers.ts";
import { clusterIdOf } from "./mock-fleet.ts";

const field = (name: string, type: NativeField["type"], isRequired = false): NativeField => ({ name, type, isRequired });

const types: readonly NativeType[] = [
  { type: "cephPool", naming: "name", verbs: ["list", "get", "create", "update", "delete"], idField: "pool_name", nameField: "pool_name", isTenantScoped: false, fields: [field("pool", "integer"), field("pool_name", "string", true), field("pg_num", "integer", true), field("pool_type", "string", true), field("size", "integer"), field("application_metadata", "array")], createOnlyFields: ["pool_type"], writeOnlyFields: [], actions: [{ name: "configuration", on: "item" }] },
  { type: "cephOsd", naming: "id", verbs: ["list", "get", "update", "delete"], idField: "id", isTenantScoped: false, fields: [field("id", "integer"), field("up", "boolean"), field("in", "boolean"), field("host", "string")], createOnlyFields: [], writeOnlyFields: [], actions: [{ name: "mark", on: "item" }, { name: "scrub", on: "item" }, { name: "flags", on: "collection" }] },
  { type: "cephRgwUser/capability", naming: "alias", verbs: ["create", "delete"], idField: "id", isTenantScoped: false, fields: [field("type", "string", true), field("perm", "string", true)], createOnlyFields: [], writeOnlyFields: [], actions: [] },
];

const parity: NativeParity = {
  engine: "ceph",
  documentHash: "8c8685a50d65c6be30f02d651ffc889ab49fb51ffec8883d01d0920dfb00e901",
  totals: { operations: 0, unmapped: 0, fallback: 0, classes: { typed: 0, action: 0, keyed: 0, transfer: 0, gatewayOnly: 0, unmapped: 0 }, types: types.length, actions: 4 },
  types,
  operations: [],
};

const objects: Readonly<Record<string, readonly { readonly name: string; readonly properties: object }[]>> = {
  cephpool: ["cephfs.meta", "cephfs.data", "rgw.data"].map((name, at) => ({ name, properties: { pool: at + 2, pool_name: name, pg_num: 32, pool_type: "replicated", size: at === 2 ? 3 : 2, application_metadata: [name.startsWith("rgw") ? "rgw" : "cephfs"] } })),
  cephosd: Array.from({ length: 8 }, (_, at) => ({ name: `id-${at}`, properties: { id: at, up: at !== 5, in: true, host: `host-${at + 1}` } })),
};

/** `words`: below the cluster. Undefined when they are none of the engine's. */
export function mockEngineAnswer(method: string, cluster: string, words: readonly string[]): unknown {
  const [first = "", name] = words;
  if (method === "POST" && first.toLowerCase() === "getparity") return parity;
  if (!/^ceph/i.test(first)) return undefined;
  const type = types.find((each) => each.type.toLowerCase() === first.toLowerCase());
  const value = (objects[first.toLowerCase()] ?? []).map((each) => ({ id: `${clusterIdOf(cluster)}/${type?.type ?? first}/${each.name}`, type: `Cynosure.Storage/clusters/${type?.type ?? first}`, ...each }));
  if (method !== "GET" || type === undefined) throw new MockError(501, "NotImplemented", `The mock does not know ${method} ${words.join("/")}.`);
  if (name === undefined) return { value };
  const found = value.find((each) => each.name === name);
  if (found === undefined) throw new MockError(404, "ResourceNotFound", `The engine has no ${type.type} '${name}'.`);
  return found;
}
