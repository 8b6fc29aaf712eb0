// Nodes and boxes that come later, and those that go: add, expand, decommission with its rehearsal, remove.
import { badField, conflict, created, notFound, ok, Refusal } from "../serve/answer.ts";
import type { Answer } from "../serve/answer.ts";
import type { DocumentedCall, System } from "../serve/call.ts";
import type { Handlers } from "../operations/handlers.ts";
import { validate } from "../operations/validate.ts";
import type { Row, StoredRow } from "../state/store.ts";
import { DONE } from "../state/tasks.ts";
import { clusterOf } from "./cluster.ts";
import { addNode, raiseAlarm, removeBox, removeCnode, removeEbox } from "./hardware.ts";
import { discoverHosts, failureOf, hostByIp, ipsOf } from "./nodes.ts";

/** A cluster without one of these serves nothing. */
const BOXES_MIN = 1;

export const boxHandlers: Handlers = {
  "POST /cnodes": (call) => add(call, "ip", "cnode"),
  "POST /cnodes/add_cnodes": (call) => add(call, call.body["ips"] === undefined ? "dpu_ips" : "ips", "cnode"),
  "POST /dboxes/add": (call) => add(call, "dnode_ips", "dnode"),
  "POST /eboxes/add": (call) => add(call, "enode_ip", "ebox"),
  "PATCH /clusters/add_boxes": (call) => {
    validate(call.facts.body?.fields ?? [], call.body, false);
    discoverHosts(call);
    const free = call.store.rows("hosts").filter((row) => row["cluster_id"] === null).map((row) => String(row["ip"]));
    return ok({ async_task: addTask(call, onlyCluster(call, call.body), free) });
  },
  "POST /clusters/{id}/expand": (call) => {
    validate(call.facts.body?.fields ?? [], call.body, false);
    const cluster = clusterOf(call);
    if (cluster["state"] !== "ONLINE") throw conflict("not_online", `The cluster is ${String(cluster["state"])}: only one that is ONLINE can be expanded.`);
    if (cluster["expansion_state"] === "IN_PROGRESS") throw conflict("expansion_running", "An expansion is already running.");
    Object.assign(cluster, { expansion_state: "IN_PROGRESS", expansion_phase: 1, expansion_phase_description: "adding new drives to the layout" });
    return ok({ async_task: call.tasks.start({ name: "cluster_expand", steps: [{ message: "layout expanded", run: () => (Object.assign(cluster, { expansion_state: "DONE", expansion_phase: 0, expansion_phase_description: "" }), DONE) }], onFailed: () => Object.assign(cluster, { expansion_state: "FAILED" }) }) });
  },
  "DELETE /cnodes/{id}": (call) => {
    const row = call.store.find("cnodes", call.params["id"] ?? "");
    if (row === null) throw notFound();
    if (call.store.rows("cnodes").length <= BOXES_MIN && call.query.get("force") !== "true") throw conflict("last_cnode", "The last cnode of a cluster cannot be removed without force.");
    return ok({ async_task: removal(call, "cnode_remove", [row], removeCnode) });
  },
  ...decommissionOf("dboxes", removeBox),
  ...decommissionOf("eboxes", removeEbox),
};

function onlyCluster({ store }: System, body: Row): StoredRow {
  const [first] = store.rows("clusters");
  const cluster = body["cluster_id"] === undefined || body["cluster_id"] === null ? first : store.find("clusters", String(body["cluster_id"]));
  if (cluster === undefined || cluster === null) throw body["cluster_id"] === undefined ? conflict("no_cluster", "There is no cluster yet.") : badField("cluster_id", "There is no such cluster.");
  return cluster;
}

function add(call: DocumentedCall, field: string, kind: string): Answer {
  validate(call.facts.body?.fields ?? [], call.body, false);
  const cluster = onlyCluster(call, call.body);
  discoverHosts(call);
  const ips = ipsOf(call.body[field]);
  for (const ip of ips) {
    const host = hostByIp(call, ip);
    if (host === null) throw badField(field, `${ip} was not discovered.`);
    if (host["cluster_id"] !== null) throw badField(field, `${ip} is already in a cluster.`);
    if (host["node_type"] !== kind) throw badField(field, `${ip} is a ${String(host["node_type"])} and no ${kind}.`);
  }
  const task = addTask(call, cluster, ips);
  return created({ id: null, name: null, ip: ips[0] ?? null, state: "ADDING", async_task: task });
}

function addTask(system: System, cluster: StoredRow, ips: readonly string[]): Row {
  return system.tasks.start({
    name: "add_nodes",
    steps: [
      {
        message: "nodes installed",
        run: () => {
          const reason = failureOf(system, ips, "add");
          return reason === null ? DONE : { kind: "failed", reason };
        },
      },
      {
        message: "nodes active",
        run: () => {
          for (const ip of ips) {
            const host = hostByIp(system, ip);
            if (host !== null && host["cluster_id"] === null) addNode(system, cluster, host);
          }
          return DONE;
        },
      },
    ],
    onFailed: (reason) => raiseAlarm(system, { severity: "MAJOR", objectType: "CLUSTER", object: cluster, message: reason }),
  });
}

function removal(system: System, name: string, rows: readonly StoredRow[], remove: (system: System, row: StoredRow) => void): Row {
  for (const row of rows) Object.assign(row, { state: "DECOMMISSIONING" });
  return system.tasks.start({
    name,
    steps: [
      { message: "data moved away", run: () => DONE },
      { message: "removed", run: () => (rows.forEach((row) => remove(system, row)), DONE) },
    ],
  });
}

function decommissionOf(collection: "dboxes" | "eboxes", remove: (system: System, row: StoredRow) => void): Handlers {
  const objection = ({ store, body }: DocumentedCall): string | null => {
    const ids = ipsOf(body["ids"]);
    const missing = ids.find((id) => store.find(collection, id) === null);
    if (missing !== undefined) return `${collection}: there is no ${missing}.`;
    if (ids.length === 0) return "ids: give at least one.";
    return store.rows(collection).length - ids.length < BOXES_MIN ? `At least ${BOXES_MIN} must be left.` : null;
  };
  const rowsOf = ({ store, body }: DocumentedCall): readonly StoredRow[] => ipsOf(body["ids"]).flatMap((id) => store.find(collection, id) ?? []);
  return {
    [`POST /${collection}/decommission/dry-run`]: (call) => {
      validate(call.facts.body?.fields ?? [], call.body, false);
      const reason = objection(call);
      if (reason !== null) throw new Refusal(409, { success: false, message: reason });
      return ok({ success: true, message: "The boxes can be decommissioned." });
    },
    [`POST /${collection}/decommission`]: (call) => {
      validate(call.facts.body?.fields ?? [], call.body, false);
      const reason = objection(call);
      if (reason !== null) throw new Refusal(400, { error: reason, success: false });
      return ok({ async_task: removal(call, `${collection}_decommission`, rowsOf(call), remove) });
    },
    [`POST /${collection}/decommission/resume`]: (call) => {
      const rows = call.store.rows(collection).filter((row) => row["state"] === "DECOMMISSIONING");
      if (rows.length === 0) throw new Refusal(400, { error: "No decommission is to be resumed.", success: false });
      return ok({ async_task: removal(call, `${collection}_decommission`, rows, remove) });
    },
    [`DELETE /${collection}/{id}`]: (call) => {
      const row = call.store.find(collection, call.params["id"] ?? "");
      if (row === null) throw notFound();
      return ok({ async_task: removal(call, `${collection}_remove`, [row], remove) });
    },
  };
}
