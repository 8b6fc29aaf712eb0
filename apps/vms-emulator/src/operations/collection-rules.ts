// What single collections check beyond the document: the portable core (views, users, snapshots, quotas) and what refers to it.
// Which names must be unique, and what cannot go while something needs it.
import { badField, conflict, Refusal } from "../serve/answer.ts";
import { refreshRates } from "../life-cycle/metrics.ts";
import type { DocumentedCall } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import type { Row, StoredRow } from "../state/store.ts";
import type { CollectionRules } from "./handlers.ts";

/** Fields that together are found once; beyond a name, which is unique in its tenant everywhere but here. */
const UNIQUE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  views: [["path", "tenant_id"], ["bucket"], ["share", "tenant_id"]],
  users: [["name", "local_provider_id"], ["uid", "local_provider_id"]],
  snapshots: [["name", "path", "tenant_id"]],
  quotas: [["path", "tenant_id"], ["name", "tenant_id"]],
  tenants: [["name"]],
  roles: [["name"]],
};
const NAME_ONLY = [["name", "tenant_id"]] as const;
const NAMES_MAY_REPEAT = new Set(["events", "alarms", "vtasks", "versions", "issues", "hosts", "licenses", "apitokens"]);

export function checkUnique({ store }: DocumentedCall, collection: string, change: Row, own: StoredRow | null): void {
  if (NAMES_MAY_REPEAT.has(collection)) return;
  const next: Row = { ...own, ...change };
  for (const fields of UNIQUE[collection] ?? NAME_ONLY) {
    const [first = ""] = fields;
    const value = next[first];
    if (change[first] === undefined || value === undefined || value === null || value === "") continue;
    const taken = store.rows(collection).some((row) => row !== own && fields.every((field) => String(row[field] ?? "") === String(next[field] ?? "")));
    if (taken) throw badField(first, `${collection} with this ${first} already exists.`);
  }
}

const requireRow = ({ store }: DocumentedCall, collection: string, field: string, id: unknown): void => {
  if (id !== undefined && id !== null && store.find(collection, String(id)) === null) throw badField(field, `Invalid pk "${String(id)}" - object does not exist.`);
};

const requirePath = (body: Row, field = "path"): void => {
  if (body[field] !== undefined && !String(body[field]).startsWith("/")) throw badField(field, "The path must begin with /.");
};

const refuseIfUsed = ({ store }: DocumentedCall, collection: string, field: string, row: StoredRow): void => {
  const user = store.rows(collection).find((each) => each[field] === row.id);
  if (user !== undefined) throw conflict("in_use", `It is used by ${collection} ${String(user["name"] ?? user.id)}.`);
};

const BUCKET_PROTOCOLS = ["S3", "DATABASE", "KAFKA"];

const needsBucket = (row: Row): boolean => Array.isArray(row["protocols"]) && row["protocols"].some((each) => BUCKET_PROTOCOLS.includes(String(each)));

const views: CollectionRules = {
  onCreate(call, body) {
    requirePath(body);
    requireRow(call, "viewpolicies", "policy_id", body["policy_id"]);
    requireRow(call, "tenants", "tenant_id", body["tenant_id"]);
    if (needsBucket(body) && !body["bucket"]) throw badField("bucket", "A bucket name is needed for these protocols.");
    return { ...body, name: body["name"] ?? body["path"], protocols: body["protocols"] ?? ["NFS"], created: nowIso(call) };
  },
  onChange(call, row, change) {
    requirePath(change);
    requireRow(call, "viewpolicies", "policy_id", change["policy_id"]);
    if (needsBucket({ ...row, ...change }) && !(change["bucket"] ?? row["bucket"])) throw badField("bucket", "A bucket name is needed for these protocols.");
  },
};

const UID_FIRST = 1_000;

const users: CollectionRules = {
  onCreate(call, body) {
    requireRow(call, "localproviders", "local_provider_id", body["local_provider_id"]);
    const taken = call.store.rows("users").map((row) => Number(row["uid"]));
    return { ...body, uid: body["uid"] ?? Math.max(UID_FIRST, ...taken) + 1, gids: body["gids"] ?? [], access_keys: [] };
  },
};

const snapshots: CollectionRules = {
  onCreate(call, body) {
    requirePath(body);
    requireRow(call, "tenants", "tenant_id", body["tenant_id"]);
    requireFuture(call, body);
    return { ...body, created: nowIso(call), state: "COMPLETED", type: "ON_DEMAND" };
  },
  onChange: (call, _, change) => requireFuture(call, change),
  onRead({ store, settings }, row) {
    const expires = row["expiration_time"];
    if (typeof expires === "string" && expires !== "" && Date.parse(expires) <= settings.nowMs()) store.remove("snapshots", row.id);
  },
  onDelete(_, row) {
    if (row["indestructible"] === true || row["locked"] === true) throw new Refusal(400, { detail: "An indestructible or locked snapshot cannot be removed before it expires." });
  },
};

function requireFuture({ settings }: DocumentedCall, body: Row): void {
  const expires = body["expiration_time"];
  if (expires === undefined || expires === null || expires === "") return;
  const atMs = Date.parse(String(expires));
  if (Number.isNaN(atMs)) throw badField("expiration_time", "Datetime has wrong format.");
  if (atMs <= settings.nowMs()) throw badField("expiration_time", "The expiration time has passed.");
}

const quotas: CollectionRules = {
  onCreate(call, body) {
    requirePath(body);
    requireRow(call, "tenants", "tenant_id", body["tenant_id"]);
    requireLimits(body);
    return { ...body, state: "OK", pretty_state: "OK", used_capacity: 0, used_inodes: 0 };
  },
  onChange: (_, row, change) => requireLimits({ ...row, ...change }),
  onRead(_, row) {
    const used = Number(row["used_capacity"] ?? 0);
    const isOver = (limit: unknown): boolean => Number(limit) > 0 && used >= Number(limit);
    const state = isOver(row["hard_limit"]) ? "HARD_EXCEEDED" : isOver(row["soft_limit"]) ? "SOFT_EXCEEDED" : "OK";
    Object.assign(row, { state, pretty_state: state, percent_capacity: Number(row["hard_limit"]) > 0 ? Math.round((used / Number(row["hard_limit"])) * 100) : 0 });
  },
};

function requireLimits(row: Row): void {
  for (const suffix of ["", "_inodes"]) {
    const [soft, hard] = [row[`soft_limit${suffix}`], row[`hard_limit${suffix}`]].map(Number);
    if (soft !== undefined && hard !== undefined && soft > 0 && hard > 0 && soft > hard) throw badField(`soft_limit${suffix}`, "The soft limit is above the hard limit.");
    if ((soft ?? 0) < 0 || (hard ?? 0) < 0) throw badField((soft ?? 0) < 0 ? `soft_limit${suffix}` : `hard_limit${suffix}`, "Ensure this value is greater than or equal to 0.");
  }
}

const licenses: CollectionRules = {
  onCreate: (call, body) => ({ ...body, state: String(body["license_key"] ?? "").startsWith("EXPIRED") ? "EXPIRED" : "ACTIVE", start_date: nowIso(call), name: body["name"] ?? "licence" }),
};

const tenants: CollectionRules = {
  onCreate: (_, body) => ({ ...body, local_provider_id: body["local_provider_id"] ?? 1 }),
  onDelete(call, row) {
    if (row.id === 1) throw conflict("default_tenant", "The default tenant cannot be removed.");
    for (const collection of ["views", "quotas", "snapshots"]) refuseIfUsed(call, collection, "tenant_id", row);
  },
};

/** Sent as a list, answered as `permissions`. */
const withPermissions = (body: Row): Row => ({ ...body, permissions: body["permissions_list"] ?? body["permissions"] ?? [] });

const roles: CollectionRules = {
  onCreate: (_, body) => withPermissions(body),
  onChange(_, _row, change) {
    if (change["permissions_list"] !== undefined) change["permissions"] = change["permissions_list"];
  },
};

const clusters: CollectionRules = { onRead: refreshRates };

const RULES: Readonly<Record<string, CollectionRules>> = {
  clusters,
  views,
  users,
  snapshots,
  quotas,
  roles,
  licenses,
  tenants,
  viewpolicies: { onDelete: (call, row) => refuseIfUsed(call, "views", "policy_id", row) },
};

const NO_RULES: CollectionRules = {};

export const rulesOf = (collection: string): CollectionRules => (Object.hasOwn(RULES, collection) ? (RULES[collection] ?? NO_RULES) : NO_RULES);
