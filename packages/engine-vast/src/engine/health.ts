// The cluster's own word on its health: the management server's state, the cluster's, its nodes', its alarms and licences.
import { doneVoid, waiting, type EngineHealth, type StepResult } from "@cynosure/model";
import { readCluster } from "./cluster-row.ts";
import type { Context } from "./context.ts";
import { expiredOf } from "./licence.ts";
import { asRow, textOf, type Row } from "./rows.ts";
import type { Vms } from "./vms.ts";

type Check = EngineHealth["checks"][number];

const CHECKS_MAX = 20;
const RECHECK_MS = 300;
/** Free text in the document: what stands for a node that does what it is told to. */
const WELL = new Set(["ACTIVE", "ONLINE", "UP", "INACTIVE", ""]);

const check = (code: string, isError: boolean, summary: string): Check => ({ code, severity: isError ? "HEALTH_ERR" : "HEALTH_WARN", summary });

const nodeChecks = (kind: string, nodes: readonly Row[]): Check[] => nodes.filter((node) => !WELL.has(textOf(node, "state").toUpperCase())).map((node) => check(`VAST_${kind}_STATE`, true, `${textOf(node, "name")} is ${textOf(node, "state")}`));

const alarmChecks = (alarms: readonly Row[]): Check[] =>
  alarms.filter((alarm) => alarm["acknowledged"] !== true).map((alarm) => check(`VAST_ALARM_${textOf(alarm, "object_type") || "OTHER"}`, textOf(alarm, "severity") === "CRITICAL", `${textOf(alarm, "severity").toLowerCase()} alarm: ${textOf(alarm, "alarm_message")}`));

function clusterChecks(cluster: Row): Check[] {
  const state = textOf(cluster, "state");
  const low = ["md_usage_health", "remaining_stripes_health"].filter((field) => ["LOW_RESOURCES", "EMPTY"].includes(textOf(cluster, field)));
  return [...(state === "ONLINE" ? [] : [check("VAST_CLUSTER_STATE", true, `the cluster is ${state}`)]), ...low.map((field) => check(`VAST_${field.toUpperCase()}`, textOf(cluster, field) === "EMPTY", `${field.replaceAll("_", " ")} is ${textOf(cluster, field)}`))];
}

/** 503 with the same body when it is an error. */
async function serverChecks(vms: Vms): Promise<Check[]> {
  const answer = await vms.ask({ method: "GET", path: "/health/" });
  const body = asRow(answer.body);
  const status = textOf(body, "status");
  const parts = ["cache", "db"].filter((part) => !["", "ok"].includes(textOf(body, part))).map((part) => `${part} ${textOf(body, part)}`);
  return status === "error" || parts.length > 0 ? [check("VAST_MANAGEMENT", true, `the management server says ${[status, ...parts].join(", ")}`)] : [];
}

/** Null before there is a cluster. */
export async function readHealth(vms: Vms, nowMs: number): Promise<EngineHealth | null> {
  const cluster = await readCluster(vms);
  if (cluster === null) return null;
  const [server, cnodes, dnodes, alarms, licences] = await Promise.all([serverChecks(vms), vms.list("/cnodes/"), vms.list("/dnodes/"), vms.list("/alarms/"), vms.list("/licenses/")]);
  const checks = [...clusterChecks(cluster), ...server, ...nodeChecks("CNODE", cnodes), ...nodeChecks("DNODE", dnodes), ...alarmChecks(alarms), ...expiredOf(licences).map((licence) => check("VAST_LICENCE", true, `licence ${textOf(licence, "name")} has expired`))].slice(0, CHECKS_MAX);
  const status = checks.length === 0 ? "HEALTH_OK" : checks.some(({ severity }) => severity === "HEALTH_ERR") ? "HEALTH_ERR" : "HEALTH_WARN";
  return { status, ok: checks.length === 0, checks, observedAtMs: nowMs };
}

export async function awaitHealth({ vms, options }: Context): Promise<StepResult> {
  const health = await readHealth(vms, (options.nowMs ?? Date.now)());
  if (health?.ok === true) return doneVoid;
  return waiting(`health: ${health?.checks[0]?.summary ?? "there is no cluster yet"}`, RECHECK_MS);
}
