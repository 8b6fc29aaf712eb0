// Upgrades: a bundle becomes the available version, then the nodes go over to it in batches, and a stop takes effect between two.
import { badField, conflict, ok } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall, System } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import type { Handlers } from "../operations/handlers.ts";
import { insertRow } from "../operations/rows.ts";
import { validate } from "../operations/validate.ts";
import type { Row, StoredRow } from "../state/store.ts";
import { DONE } from "../state/tasks.ts";
import type { StepResult, TaskWork } from "../state/tasks.ts";
import { clusterOf } from "./cluster.ts";
import { raiseAlarm } from "./hardware.ts";
import { failureOf } from "./nodes.ts";

const CNODES_PERCENT_MAX = 50;
const DNODES_PERCENT_MAX = 37.5;
const VERSION_OF_UPLOAD = "5.4.1.0";

export const upgradeHandlers: Handlers = {
  "POST /clusters/{id}/upload_bundle": (call) => upload(call, VERSION_OF_UPLOAD),
  "POST /clusters/{id}/upload_from_s3": (call) => {
    validate(call.facts.body?.fields ?? [], call.body, false);
    return upload(call, /(\d+\.\d+\.\d+(?:\.\d+)?)/.exec(String(call.body["s3_url"] ?? ""))?.[1] ?? VERSION_OF_UPLOAD);
  },
  "PATCH /clusters/{id}/upgrade": (call) => start(call, String(call.body["build"] ?? "")),
  "POST /clusters/{id}/upgrade_without_file": (call) => {
    const available = clusterOf(call)["available_upgrade_version"];
    validate(call.facts.body?.fields ?? [], call.body, false);
    if (typeof available !== "object" || available === null || !("build" in available)) throw conflict("no_bundle", "No bundle was uploaded: upload one first.");
    return start(call, String(available.build));
  },
  "POST /clusters/{id}/stop_upgrade": (call) => {
    const cluster = clusterOf(call);
    if (cluster["upgrade_state"] !== "IN_PROGRESS") throw conflict("no_upgrade", "No upgrade is running.");
    Object.assign(cluster, { upgrade_state: "STOPPING" });
    return ok({ async_task: call.tasks.start({ name: "stop_upgrade", steps: [{ message: "stop asked for", run: () => DONE }] }) });
  },
};

function upload(call: DocumentedCall, version: string): Answer {
  const cluster = clusterOf(call);
  return ok({ async_task: call.tasks.start({ name: "upload_bundle", steps: [{ message: "bundle ready", run: () => (Object.assign(cluster, { available_upgrade_version: { build: `release-${version}`, version } }), DONE) }] }) });
}

function start(call: DocumentedCall, build: string): Answer {
  validate(call.facts.body?.fields ?? [], call.body, false);
  const cluster = clusterOf(call);
  if (build === "") throw badField("build", "This field may not be blank.");
  if (cluster["state"] !== "ONLINE") throw conflict("not_online", `The cluster is ${String(cluster["state"])}: only one that is ONLINE can be upgraded.`);
  if (["IN_PROGRESS", "STOPPING"].includes(String(cluster["upgrade_state"]))) throw conflict("upgrade_running", "An upgrade is already running.");
  if (build === cluster["build"] && call.body["force"] !== true) throw badField("build", "The cluster already runs this build.");
  const cnodes = batches(call.store.rows("cnodes"), percent(call.body, "cnodes_batch_size_percentage", CNODES_PERCENT_MAX));
  const dnodes = batches(call.store.rows("dnodes"), percent(call.body, "dnodes_batch_size_percentage", DNODES_PERCENT_MAX));
  Object.assign(cluster, { upgrade_state: "IN_PROGRESS", upgrade_phase: "PREPARE", upgrade_progress: { done: 0, total: cnodes.length + dnodes.length } });
  return ok({ async_task: call.tasks.start(work(call, cluster, build, [...cnodes, ...dnodes])) });
}

function percent(body: Row, field: string, max: number): number {
  const value = Number(body[field] ?? max);
  if (!(value > 0 && value <= max)) throw badField(field, `Ensure this value is above 0 and at most ${max}.`);
  return value;
}

function batches(rows: readonly StoredRow[], percentage: number): readonly (readonly StoredRow[])[] {
  const size = Math.max(1, Math.floor((rows.length * percentage) / 100));
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}

function work(system: System, cluster: StoredRow, build: string, all: readonly (readonly StoredRow[])[]): TaskWork {
  const batch = (rows: readonly StoredRow[], at: number) => (): StepResult => {
    if (cluster["upgrade_state"] === "STOPPING") return { kind: "failed", reason: "stopped on request" };
    const reason = failureOf(system, rows.map((row) => String(row["ip"])), "upgrade");
    if (reason !== null) return { kind: "failed", reason };
    for (const row of rows) Object.assign(row, { build, upgrade_state: "DONE" });
    for (const host of system.store.rows("hosts")) if (rows.some((row) => row["ip"] === host["ip"])) Object.assign(host, { build, upgrade_state: "DONE" });
    Object.assign(cluster, { upgrade_phase: `BATCH ${at + 1} OF ${all.length}`, upgrade_progress: { done: at + 1, total: all.length } });
    return DONE;
  };
  return {
    name: "cluster_upgrade",
    steps: [...all.map((rows, at) => ({ message: `batch ${at + 1} of ${all.length}`, run: batch(rows, at) })), { message: "cluster upgraded", run: () => finish(system, cluster, build) }],
    onFailed: (reason) => {
      const isStopped = cluster["upgrade_state"] === "STOPPING";
      Object.assign(cluster, { upgrade_state: isStopped ? "STOPPED" : "FAILED", upgrade_phase: reason });
      if (!isStopped) raiseAlarm(system, { severity: "MAJOR", objectType: "CLUSTER", object: cluster, message: reason });
    },
  };
}

function finish(system: System, cluster: StoredRow, build: string): StepResult {
  if (cluster["upgrade_state"] === "STOPPING") return { kind: "failed", reason: "stopped on request" };
  const version = /(\d+[.-]\d+[.-]\d+(?:[.-](?:sp)?\d+)?)/.exec(build)?.[1]?.replaceAll("-", ".").replace("sp", "") ?? build;
  Object.assign(cluster, { build, sw_version: version, upgrade_state: "DONE", upgrade_phase: "", available_upgrade_version: null });
  recordVersion(system, { version, build, cluster: cluster["name"] });
  return DONE;
}

export function recordVersion(system: System, { version, build, cluster }: { readonly version: string; readonly build: string; readonly cluster: unknown }): void {
  insertRow(system, "versions", { name: version, sys_version: version, build, status: "success", created: nowIso(system), cluster });
}
