// ceph.conf of one host. Hosts differ in their own address and in the gateways they run; what depends on
// the size of the cluster is left out, so that growing changes no file of a host that exists.
import type { HostId } from "@cynosure/model";
import { FSID_OUTPUT, ZONE_NAME, addressOf, outputOf } from "./names.ts";
import { ADMIN_KEYRING, S3_PORT, keyringPath, monitorDir, osdDir } from "./paths.ts";
import type { Placement } from "./placement.ts";
import { rgwEntity } from "./keyrings.ts";
import { clientSettings, globalSettings, managerSettings, mdsSettings, monitorSettings, osdSettings, rgwSettings, section, type Setting } from "./settings.ts";

const set = (key: string, value: string, why: string): Setting => ({ key, value, why });

export const monitorAddress = (host: HostId): string => `[v2:${addressOf(host)}:3300,v1:${addressOf(host)}:6789]`;

export function cephConfText(host: HostId, placement: Placement): string {
  const identity = [
    set("fsid", outputOf(FSID_OUTPUT), "this cluster"),
    set("mon_host", placement.monitor.map(monitorAddress).join(" "), "where the monitors are"),
    set("public_addr", addressOf(host), "the one address of this host"),
    set("keyring", keyringPath("$name"), "one file per daemon"),
  ];
  const rgw = placement.rgw.includes(host)
    ? [section(rgwEntity(host), [...rgwSettings, set("rgw_frontends", `beast endpoint=${addressOf(host)}:${S3_PORT}`, "plain HTTP inside the cluster network, on this host's own address"), set("rgw_zone", ZONE_NAME, "the only zone"), set("rgw_zonegroup", ZONE_NAME, "the only zone group")])]
    : [];
  return [
    section("global", [...identity, ...globalSettings]),
    // Monitors share one key; a global keyring alone breaks a quorum of three.
    section("mon", [set("keyring", `${monitorDir(host)}/keyring`, "made with the store; monitors share one key"), set("mon_data", monitorDir(host), "the monitor's store"), ...monitorSettings]),
    section("mgr", managerSettings),
    section("osd", [set("osd_data", osdDirPattern, "one directory per OSD"), ...osdSettings]),
    section("mds", mdsSettings),
    section("client", clientSettings),
    section("client.admin", [set("keyring", ADMIN_KEYRING, "only on monitors")]),
    ...rgw,
  ].join("\n");
}

/** `osdDir` with Ceph's own placeholder for the id. */
const osdDirPattern = osdDir(0).replace(/0$/, "$id");
