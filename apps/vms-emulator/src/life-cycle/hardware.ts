// What a cluster consists of once nodes are in it: cnodes, dnodes, boxes, drives; and what it can hold of data.
import { insertRow } from "../operations/rows.ts";
import type { System } from "../serve/call.ts";
import { nowIso } from "../serve/call.ts";
import type { StoredRow } from "../state/store.ts";

const SSDS_PER_BOX = 4;
const NVRAMS_PER_BOX = 2;
const SSD_CAPACITY_BYTES = 15_360_000_000_000;
const NVRAM_CAPACITY_BYTES = 800_000_000_000;
/** Of the drives, what is left after stripes and spares. */
const USABLE_SHARE = 0.8;
const TB = 1e12;

/** Every dnode is a box of its own here, and every cnode as well. */
export function addNode(system: System, cluster: StoredRow, host: StoredRow): void {
  const common = { cluster: cluster["name"], cluster_id: cluster.id, state: "ACTIVE", enabled: true, build: cluster["build"] };
  const kind = String(host["node_type"]);
  const node = { ...common, ip: host["ip"], hostname: host["hostname"], mgmt_ip: host["ip"], sn: host["sn"], display_state: "ACTIVE" };
  if (kind === "ebox") insertRow(system, "eboxes", { ...common, name: `ebox-${String(host["ip"])}`, sn: host["sn"], host_sn: host["sn"] });
  if (kind !== "dnode") {
    const box = insertRow(system, "cboxes", { ...common, name: `cbox-${String(host["ip"])}` });
    insertRow(system, "cnodes", { ...node, name: `cnode-${String(host["ip"])}`, cbox: box["name"], cbox_id: box.id, is_mgmt: system.store.rows("cnodes").length === 0 });
  }
  if (kind !== "cnode") addStorage(system, common, node);
  Object.assign(host, { cluster: cluster["name"], cluster_id: cluster.id, state: "ACTIVE", install_state: "INSTALLED", build: cluster["build"], sw_version: cluster["sw_version"] });
  refreshCapacity(system, cluster);
}

function addStorage(system: System, common: Record<string, unknown>, node: Record<string, unknown>): void {
  const ip = String(node["ip"]);
  const box = insertRow(system, "dboxes", { ...common, name: `dbox-${ip}` });
  const inBox = { ...common, dbox: box["name"], dbox_id: box.id };
  insertRow(system, "dnodes", { ...node, ...inBox, name: `dnode-${ip}` });
  for (let at = 1; at <= SSDS_PER_BOX; at += 1) insertRow(system, "ssds", { ...inBox, name: `ssd-${ip}-${at}`, size: SSD_CAPACITY_BYTES, sn: system.store.random.hex(12).toUpperCase() });
  for (let at = 1; at <= NVRAMS_PER_BOX; at += 1) insertRow(system, "nvrams", { ...inBox, name: `nvram-${ip}-${at}`, size: NVRAM_CAPACITY_BYTES, sn: system.store.random.hex(12).toUpperCase() });
}

/** With a box goes everything in it. */
export function removeBox(system: System, box: StoredRow): void {
  const { store } = system;
  for (const collection of ["dnodes", "ssds", "nvrams"]) {
    for (const row of store.rows(collection)) {
      if (row["dbox_id"] !== box.id) continue;
      if (collection === "dnodes") freeHost(system, String(row["ip"]));
      store.remove(collection, row.id);
    }
  }
  store.remove("dboxes", box.id);
  const cluster = store.find("clusters", String(box["cluster_id"]));
  if (cluster !== null) refreshCapacity(system, cluster);
}

/** An ebox holds a cnode and a dbox of the same address. */
export function removeEbox(system: System, ebox: StoredRow): void {
  const ip = String(ebox["name"]).replace(/^ebox-/, "");
  for (const row of system.store.rows("dboxes")) if (row["name"] === `dbox-${ip}`) removeBox(system, row);
  for (const row of system.store.rows("cnodes")) if (row["ip"] === ip) removeCnode(system, row);
  system.store.remove("eboxes", ebox.id);
}

export function removeCnode(system: System, row: StoredRow): void {
  system.store.remove("cnodes", row.id);
  if (row["cbox_id"] !== undefined && row["cbox_id"] !== null) system.store.remove("cboxes", String(row["cbox_id"]));
  freeHost(system, String(row["ip"]));
}

export function freeHost({ store }: System, ip: string): void {
  for (const host of store.rows("hosts")) if (host["ip"] === ip) Object.assign(host, { cluster: null, cluster_id: null, state: "DISCOVERED", install_state: "" });
}

export function refreshCapacity(system: System, cluster: StoredRow): void {
  const physical = system.store.rows("ssds").filter((row) => row["cluster_id"] === cluster.id).length * SSD_CAPACITY_BYTES;
  const usable = Math.round(physical * USABLE_SHARE);
  const used = Number(cluster["physical_space_in_use"] ?? 0);
  Object.assign(cluster, {
    physical_space: physical,
    physical_space_tb: physical / TB,
    free_physical_space: physical - used,
    free_physical_space_tb: (physical - used) / TB,
    logical_space: usable,
    logical_space_tb: usable / TB,
    usable_capacity_bytes: usable,
    usable_capacity_tb: usable / TB,
    free_usable_capacity: Math.max(0, usable - used),
    free_usable_capacity_tb: Math.max(0, usable - used) / TB,
    free_logical_space: Math.max(0, usable - used),
    free_logical_space_tb: Math.max(0, usable - used) / TB,
    drr: 1,
    drr_text: "1:1",
  });
  system.store.touch();
}

export function raiseAlarm(system: System, alarm: { readonly severity: "MINOR" | "MAJOR" | "CRITICAL"; readonly objectType: string; readonly object: StoredRow; readonly message: string }): void {
  const { severity, objectType, object, message } = alarm;
  const common = { severity, object_type: objectType, object_id: object.id, object_name: object["name"], object_guid: object["guid"], timestamp: nowIso(system), cluster: object["cluster"] ?? object["name"] };
  insertRow(system, "alarms", { ...common, alarm_message: message, acknowledged: false, event_name: `${objectType}_STATE`, event_type: "OBJECT_MODIFIED", last_updated: nowIso(system) });
  insertRow(system, "events", { ...common, event_message: message, event_type: "OBJECT_MODIFIED" });
}
