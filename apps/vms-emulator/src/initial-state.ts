// What a system has before anybody did anything: its users, the default tenant with its policy and local provider, the server
// itself and its version; a cluster of all nodes when one is wished for.
import { bringOnline, BUILD, newCluster, SW_VERSION } from "./life-cycle/cluster.ts";
import { discoverHosts } from "./life-cycle/nodes.ts";
import { recordVersion } from "./life-cycle/upgrade.ts";
import { insertRow } from "./operations/rows.ts";
import type { System } from "./serve/call.ts";
import { insertManager } from "./sign-in/sign-in-operations.ts";
import { setPassword } from "./sign-in/secrets.ts";

export function fillNewStore(system: System): void {
  insertRow(system, "localproviders", { name: "default" });
  insertRow(system, "tenants", { name: "default", local_provider_id: 1 });
  insertRow(system, "viewpolicies", { name: "default", flavor: "NFS", tenant_id: 1 });
  insertRow(system, "vms", { name: "vms", state: "ONLINE", sw_version: SW_VERSION, build: BUILD, access_token_lifetime: "01:00:00", refresh_token_lifetime: "1 00:00:00" });
  recordVersion(system, { version: SW_VERSION, build: BUILD, cluster: null });
  for (const { username, password, userType = "SUPER_ADMIN", permissions = [], tenant } of system.settings.users) {
    const known = tenant === undefined ? null : (system.store.rows("tenants").find((row) => row["name"] === tenant) ?? insertRow(system, "tenants", { name: tenant, local_provider_id: 1 }));
    insertManager(system, username, { user_type: userType, permissions_list: permissions, tenant_id: known?.id ?? null });
    setPassword(system.store, username, password);
  }
  if (system.settings.installedCluster !== null) {
    discoverHosts(system);
    bringOnline(system, newCluster(system, { name: system.settings.installedCluster }, system.settings.nodes.map(({ ip }) => ip)));
  }
}
