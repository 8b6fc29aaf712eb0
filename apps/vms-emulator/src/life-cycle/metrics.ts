// What the system says of itself: health, capacity, counters and their time series, and the text that Prometheus reads. All
// numbers are made of the seed, the object and the time: they look like load and measure nothing.
import { badField, notFound, ok } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall, System } from "../serve/call.ts";
import type { Handlers } from "../operations/handlers.ts";
import { hashOf } from "../state/random.ts";
import type { Row, StoredRow } from "../state/store.ts";
import { METRICS, PROPERTIES_DEFAULT } from "./metric-catalogue.ts";

/** Rows of one answer; a longer range is answered in coarser steps. */
const SAMPLES_MAX = 1_000;
const GRANULARITY_MS: Readonly<Record<string, number>> = { seconds: 10_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
const FRAME_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const FRAME_DEFAULT = "5m";
const PROPERTY_MAX = 10_000;

const COLLECTIONS: Readonly<Record<string, string>> = { cluster: "clusters", cnode: "cnodes", dnode: "dnodes", host: "hosts", nvram: "nvrams", ssd: "ssds", replicationstream: "replicationstreams", view: "views", user: "users", tenant: "tenants", quota: "quotas", vippool: "vippools" };

export const metricsHandlers: Handlers = {
  "GET /health": health,
  "GET /monitors/ad_hoc_query": (call) => query(call, Object.fromEntries([...new Set(call.query.keys())].map((name) => [name, call.query.getAll(name).length > 1 ? call.query.getAll(name) : call.query.get(name)]))),
  "GET /monitors/{id}/query": (call) => {
    const row = call.store.find("monitors", call.params["id"] ?? "");
    if (row === null) throw notFound();
    return query(call, { ...row, ...Object.fromEntries(call.query) });
  },
  "GET /monitors/topn": (call) => ok({ data: { [call.query.get("key") ?? "user"]: { bw: [], iops: [], md_iops: [] } } }),
  "GET /iodata": (call) => ok(Object.fromEntries(["bw", "iops", "latency", "rd_bw", "wr_bw", "rd_iops", "wr_iops"].map((name) => [name, valueOf(call, name, "cluster", call.settings.nowMs())]))),
  "GET /capacity": (call) => {
    const [cluster] = call.store.rows("clusters");
    const root = [Number(cluster?.["usable_capacity_bytes"] ?? 0), 0, 0];
    return ok({ keys: ["usable", "unique", "logical"], sort_key: "logical", time: new Date(call.settings.nowMs()).toISOString(), root_data: root, details: call.store.rows("views").map((row) => [row["path"], { data: [0, 0, 0], parent: "/", percent: 0 }]), small_folders: [] });
  },
  "GET /metrics": (call) => ok(catalogue(call)),
  "GET /analytics": (call) => ok(catalogue(call)),
  "PATCH /alarms/clear": (call) => {
    for (const row of call.store.rows("alarms")) call.store.remove("alarms", row.id);
    return ok({});
  },
};

const catalogue = ({ query }: DocumentedCall): readonly Row[] => METRICS.filter(({ object_types: types }) => !query.has("object_type") || types.includes(query.get("object_type") ?? "")).map((metric) => ({ ...metric }));

/** 503 with the same body when it is an error. */
function health({ store }: DocumentedCall): Answer {
  const isFailed = [...store.rows("clusters"), ...store.rows("cnodes"), ...store.rows("dnodes")].some((row) => row["state"] === "FAILED");
  const status = isFailed ? "error" : store.rows("alarms").some((row) => row["acknowledged"] !== true) ? "warning" : "ok";
  return { status: isFailed ? 503 : 200, body: { status, cache: "ok", db: "ok" } };
}

/** The names of properties have commas in them: each is a parameter of its own, or one text parted by `|`. */
function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === undefined || value === null || value === "" ? [] : String(value).split("|");
}

function query(call: DocumentedCall, asked: Row): Answer {
  const type = String(asked["object_type"] ?? "");
  const collection = Object.hasOwn(COLLECTIONS, type) ? COLLECTIONS[type] : undefined;
  if (collection === undefined) throw badField("object_type", `"${type}" is not a valid choice.`);
  const given = listOf(asked["prop_list"] ?? asked["prop_list[]"]);
  const properties = given.length > 0 ? given : PROPERTIES_DEFAULT;
  const ids = listOf(asked["object_ids"]).flatMap((each) => each.split(","));
  const objects = ids.length > 0 ? ids.map(Number) : call.store.rows(collection).map((row) => Number(row.id));
  const toMs = timeOf(asked["to_time"]) ?? call.settings.nowMs();
  const fromMs = timeOf(asked["from_time"]) ?? toMs - frameOf(asked["time_frame"]);
  const granularityMs = GRANULARITY_MS[String(asked["granularity"] ?? "seconds").toLowerCase()] ?? GRANULARITY_MS["seconds"] ?? 0;
  const stepMs = Math.max(granularityMs, Math.ceil(((toMs - fromMs) * Math.max(1, objects.length)) / SAMPLES_MAX));
  const data: unknown[] = [];
  for (let atMs = Math.floor(toMs / stepMs) * stepMs; atMs > fromMs && data.length < SAMPLES_MAX; atMs -= stepMs) {
    for (const object of objects) data.push([new Date(atMs).toISOString(), object, ...properties.map((property) => valueOf(call, property, `${type} ${object}`, atMs))]);
  }
  return ok({ object_ids: objects, prop_list: ["timestamp", "object_id", ...properties], data, granularity: asked["granularity"] ?? "seconds" });
}

function timeOf(value: unknown): number | null {
  if (value === undefined || value === null || value === "") return null;
  const atMs = Date.parse(String(value));
  if (Number.isNaN(atMs)) throw badField("from_time", "Datetime has wrong format.");
  return atMs;
}

function frameOf(value: unknown): number {
  const [, count, unit] = /^(\d{1,4})([smhdw])$/.exec(String(value ?? FRAME_DEFAULT) || FRAME_DEFAULT) ?? [];
  if (count === undefined || unit === undefined) throw badField("time_frame", "Give a number with s, m, h, d or w.");
  return Number(count) * (FRAME_MS[unit] ?? 0);
}

const valueOf = ({ settings }: System, property: string, object: string, atMs: number): number => hashOf(`${settings.seed} ${property} ${object} ${Math.floor(atMs / 10_000)}`) % PROPERTY_MAX;

/** What a scrape of one path shows, by its last word. */
const SCRAPED: Readonly<Record<string, readonly string[]>> = { prometheusmetrics: ["clusters", "cnodes", "dnodes"], all: ["clusters", "cnodes", "dnodes", "ssds", "views", "quotas", "tenants", "users"], alarms: ["alarms"], devices: ["ssds", "nvrams"], nics: ["nics"], quotas: ["quotas"], replications: ["replicationstreams"], switches: ["switches"], tenants: ["tenants"], user_connections: ["users"], user_view: ["users"], users: ["users"], views: ["views"], vips: ["vips"], vms_state: ["vms"], volumes: ["volumes"], defrag: ["clusters"] };

export function prometheusText(call: DocumentedCall): Answer {
  const collections = SCRAPED[call.words.at(-1) ?? ""] ?? [];
  const lines = collections.flatMap((collection) => {
    const name = `vast_${collection.replace(/s$/, "")}_up`;
    return [`# HELP ${name} 1 when the object serves.`, `# TYPE ${name} gauge`, ...call.store.rows(collection).map((row) => `${name}{id="${row.id}",name="${labelOf(row)}"} ${["FAILED", "OFFLINE", "INACTIVE"].includes(String(row["state"])) ? 0 : 1}`)];
  });
  return { status: 200, body: `${lines.join("\n")}\n`, contentType: "text/plain; version=0.0.4; charset=utf-8" };
}

/** Rates that a cluster tells of itself, in the fields and units of the document; none before it serves. */
export function refreshRates(call: DocumentedCall, row: StoredRow): void {
  const isServing = row["state"] === "ONLINE";
  const rate = (name: string, share: number): number => (isServing ? Math.round(valueOf(call, name, "cluster", call.settings.nowMs()) * share) : 0);
  const [rd_bw_mb, wr_bw_mb, rd_iops, wr_iops] = [rate("rd_bw", 1), rate("wr_bw", 0.4), rate("rd_iops", 10), rate("wr_iops", 4)];
  Object.assign(row, { rd_bw_mb, wr_bw_mb, bw_mb: rd_bw_mb + wr_bw_mb, rd_iops, wr_iops, iops: rd_iops + wr_iops, rd_latency_ms: rate("rd_latency", 0.001) / 10, wr_latency_ms: rate("wr_latency", 0.001) / 10 });
}

const labelOf = (row: StoredRow): string => String(row["name"] ?? row.id).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
