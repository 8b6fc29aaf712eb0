// How a cluster is born: hosts are discovered, a cluster is made of them and goes from INIT to ONLINE, or fails at a node and
// can be resumed; and how it goes.
import { badField, conflict, noContent, notFound, ok, created } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall, System } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import type { Handlers } from "../operations/handlers.ts";
import { listAnswer } from "../operations/list-rows.ts";
import { insertRow, presented } from "../operations/rows.ts";
import { validate } from "../operations/validate.ts";
import type { Row, StoredRow } from "../state/store.ts";
import { DONE } from "../state/tasks.ts";
import type { TaskWork } from "../state/tasks.ts";
import { addNode, freeHost, raiseAlarm, removeBox, removeCnode } from "./hardware.ts";
import { discoverHosts, failureOf, hostByIp, ipsOf } from "./nodes.ts";

export const SW_VERSION = "5.4.0.17";
export const BUILD = "release-5-4-0-sp17-1000017";

/** Kept beside the cluster, never answered. */
const membersKey = (cluster: StoredRow): string => ` members ${cluster.id}`;

export const clusterHandlers: Handlers = {
  "GET /hosts/discover": (call) => ok({ async_task: call.tasks.start({ name: "discover_hosts", steps: [{ message: "hosts discovered", run: () => (discoverHosts(call), DONE) }] }) }),
  "GET /hosts/discovered_hosts": (call) => {
    const kind = call.query.get("host_type");
    const rows = call.store.rows("hosts").filter((row) => row["cluster_id"] === null && (kind === null || String(row["node_type"]).startsWith(kind.toLowerCase().replace(/s$/, ""))));
    return listAnswer(call, rows.map((row) => presented(call, "hosts", row)));
  },
  "POST /clusters": createCluster,
  "PATCH /clusters/{id}/resume_deploy": (call) => {
    const cluster = clusterOf(call);
    if (cluster["state"] !== "FAILED") throw conflict("not_failed", `The cluster is ${String(cluster["state"])}: there is no deployment to resume.`);
    return created({ ...presented(call, "clusters", cluster), async_task: call.tasks.start(deployment(call, cluster)) });
  },
  "DELETE /clusters/{id}": (call) => {
    removeCluster(call, clusterOf(call));
    return noContent;
  },
  "POST /clusters/wipe": (call) => {
    validate(call.facts.body?.fields ?? [], call.body, false);
    return ok({ async_task: call.tasks.start({ name: "wipe", steps: [{ message: "wiped", run: () => (wipe(call), DONE) }] }) });
  },
};

export function clusterOf(call: DocumentedCall): StoredRow {
  const row = call.store.find("clusters", call.params["id"] ?? "");
  if (row === null) throw notFound();
  return row;
}

function createCluster(call: DocumentedCall): Answer {
  validate(call.facts.body?.fields ?? [], call.body, false);
  if (call.store.rows("clusters").length > 0) throw conflict("cluster_exists", "A management server has one cluster.");
  const ips = [...ipsOf(call.body["cnode_ips"]), ...ipsOf(call.body["dnode_ips"])];
  for (const [field, list] of Object.entries({ cnode_ips: ipsOf(call.body["cnode_ips"]), dnode_ips: ipsOf(call.body["dnode_ips"]) })) {
    const unknown = list.find((ip) => hostByIp(call, ip) === null);
    if (unknown !== undefined) throw badField(field, `${unknown} was not discovered.`);
  }
  const members = ips.length > 0 ? ips : call.store.rows("hosts").map((row) => String(row["ip"]));
  const cluster = newCluster(call, call.body, members);
  return created({ ...presented(call, "clusters", cluster), async_task: call.tasks.start(deployment(call, cluster)) });
}

export function newCluster(system: System, body: Row, members: readonly string[]): StoredRow {
  const cluster = insertRow(system, "clusters", { ...body, state: "INIT", leader_state: "UNKNOWN", sw_version: SW_VERSION, build: BUILD, upgrade_state: "", upgrade_phase: "", upgrade_progress: {}, expansion_state: "", available_upgrade_version: null });
  system.store.setSingleton(membersKey(cluster), { ips: members });
  return cluster;
}

function deployment(system: System, cluster: StoredRow): TaskWork {
  const members = (): readonly string[] => ipsOf(system.store.singleton(membersKey(cluster))?.["ips"]);
  const enter = (state: string) => (): typeof DONE => {
    Object.assign(cluster, { state });
    return DONE;
  };
  return {
    name: "cluster_deploy",
    steps: [
      {
        message: "nodes prepared",
        run: () => {
          const hosts = members().map((ip) => hostByIp(system, ip)?.["node_type"]);
          if (!hosts.some((kind) => kind !== "dnode") || !hosts.some((kind) => kind !== "cnode")) return { kind: "failed", reason: "a cluster needs cnodes and dnodes: none was discovered or given" };
          return enter("PREPARE")();
        },
      },
      { message: "installing nodes", run: enter("INSTALLING") },
      {
        message: "nodes installed",
        run: () => {
          const reason = failureOf(system, members(), "deploy");
          return reason === null ? enter("BOOTSTRAP")() : { kind: "failed", reason };
        },
      },
      { message: "bootstrapped", run: enter("ACTIVATING") },
      { message: "cluster online", run: () => (bringOnline(system, cluster), DONE) },
    ],
    onFailed: (reason) => {
      Object.assign(cluster, { state: "FAILED" });
      raiseAlarm(system, { severity: "CRITICAL", objectType: "CLUSTER", object: cluster, message: reason });
      insertRow(system, "issues", { name: "deploy", description: reason, stage: "install", severity: "CRITICAL" });
    },
  };
}

export function bringOnline(system: System, cluster: StoredRow): void {
  for (const ip of ipsOf(system.store.singleton(membersKey(cluster))?.["ips"])) {
    const host = hostByIp(system, ip);
    if (host !== null && host["cluster_id"] === null) addNode(system, cluster, host);
  }
  Object.assign(cluster, { state: "ONLINE", leader_state: "UP", enabled: true, online_start_time: nowIso(system), md_usage_health: "HEALTHY", remaining_stripes_health: "HEALTHY" });
  for (const alarm of system.store.rows("alarms")) if (alarm["object_type"] === "CLUSTER") system.store.remove("alarms", alarm.id);
  system.store.touch();
}

function removeCluster(system: System, cluster: StoredRow): void {
  const { store } = system;
  const ofCluster = (collection: string): readonly StoredRow[] => store.rows(collection).filter((row) => row["cluster_id"] === cluster.id);
  for (const box of ofCluster("dboxes")) removeBox(system, box);
  for (const node of ofCluster("cnodes")) removeCnode(system, node);
  for (const ebox of ofCluster("eboxes")) store.remove("eboxes", ebox.id);
  for (const host of ofCluster("hosts")) freeHost(system, String(host["ip"]));
  store.remove("clusters", cluster.id);
}

function wipe(system: System): void {
  for (const cluster of system.store.rows("clusters")) removeCluster(system, cluster);
  for (const collection of ["views", "quotas", "snapshots", "alarms"]) for (const row of system.store.rows(collection)) system.store.remove(collection, row.id);
}
