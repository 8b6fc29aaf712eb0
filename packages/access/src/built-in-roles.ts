// Roles that come with the product: in code, so that no write and no lost row can change them. The GUIDs are those
// of the public cloud where it has the role; docs/reference/roles.md is made from this table.
import { credentialActions, engineInternals, faultActions } from "@cynosure/contract";
import type { PermissionEntry } from "./decide-access.ts";

export interface BuiltInRole {
  /** GUID, the same in every installation. */
  readonly roleId: string;
  readonly roleName: string;
  readonly description: string;
  readonly permissions: readonly PermissionEntry[];
}

/** Whoever works in a group must be able to see the group and who else may. */
const surroundings = ["Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Authorization/*/read"];

/** POSTs by their form, and like any read they change nothing. */
const questions = ["Cynosure.Storage/clusters/readMetrics/action", "Cynosure.Storage/clusters/getParity/action"];

const role = (roleId: string, roleName: string, description: string, permission: PermissionEntry): BuiltInRole => ({ roleId, roleName, description, permissions: [{ actions: [], notActions: [], dataActions: [], notDataActions: [], ...permission }] });

export const OWNER_ROLE = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
/** Apart from Owner: whoever owns a cluster is not thereby somebody who switches its hosts off. */
/** Apart from Owner as well: an engine's own works, what ends data or service there, and what hands out its secrets. */
export const ENGINE_INTERNALS_ROLE = "5d0c3c1e-6f0b-4d8e-9a53-0c1a5e7a1b05";
export const FAULT_ROLE = "5d0c3c1e-6f0b-4d8e-9a53-0c1a5e7a1b04";

export const builtInRoles: readonly BuiltInRole[] = [
  role(OWNER_ROLE, "Owner", "Does everything but bringing faults upon hosts, gives roles to others, and reads credentials.", { actions: ["*"], dataActions: credentialActions }),
  role("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", "Does everything but giving roles to others, changing principals and bringing faults upon hosts, and reads credentials.", {
    actions: ["*"],
    // A new secret for an owner's principal would be an owner's right.
    notActions: ["Microsoft.Authorization/*/write", "Microsoft.Authorization/*/delete", "Cynosure.Identity/*/write", "Cynosure.Identity/*/delete", "Cynosure.Identity/*/action"],
    dataActions: credentialActions,
  }),
  role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", "Reads everything but credentials.", { actions: ["*/read", ...questions] }),
  role("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator", "Reads everything but credentials, and gives roles to others.", { actions: ["*/read", ...questions, "Microsoft.Authorization/*"] }),
  role("5d0c3c1e-6f0b-4d8e-9a53-0c1a5e7a1b01", "Storage Cluster Operator", "Runs clusters and all that is in them; reads no data and no credentials.", {
    actions: ["Cynosure.Storage/*", ...surroundings],
  }),
  role("5d0c3c1e-6f0b-4d8e-9a53-0c1a5e7a1b02", "File System Contributor", "Makes, changes and removes file systems of clusters that are there, with their snapshots and quotas.", {
    actions: ["Cynosure.Storage/clusters/read", "Cynosure.Storage/clusters/plans/read", "Cynosure.Storage/clusters/fileSystems/*", "Cynosure.Storage/clusters/snapshots/*", "Cynosure.Storage/clusters/quotas/*", "Cynosure.Storage/locations/*/read", ...surroundings],
  }),
  role("5d0c3c1e-6f0b-4d8e-9a53-0c1a5e7a1b03", "Acceptance Reader", "Reads what a delivery is judged by: clusters, hosts, plans and what is in them; sees no roles.", {
    actions: ["Cynosure.Storage/*/read", ...questions, "Microsoft.Resources/subscriptions/resourceGroups/read"],
  }),
  role(FAULT_ROLE, "Local Host Fault Operator", "Switches hosts of local clusters off, cuts them off the network and restores them, and runs the client that feels it; changes nothing else.", {
    actions: ["Cynosure.Storage/*/read", ...questions, "Microsoft.Resources/subscriptions/resourceGroups/read"],
    dataActions: faultActions,
  }),
  role(ENGINE_INTERNALS_ROLE, "Engine Internals Operator", "Asks engines for what is about their own works, ends data or service, or hands out secrets; changes nothing else.", {
    actions: ["Cynosure.Storage/*/read", ...questions, "Microsoft.Resources/subscriptions/resourceGroups/read"],
    dataActions: [`${engineInternals}*`],
  }),
];

const byId = new Map(builtInRoles.map((each) => [each.roleId, each]));

export const builtInRole = (roleId: string): BuiltInRole | undefined => byId.get(roleId.toLowerCase());
