// The managed identity of a cluster (§8). We make none: a system-assigned one comes from a front door that does
// (H10), and where there is none it is refused, for a cluster that only looks as if it had one helps nobody.
import type { Cluster } from "@cynosure/contract";
import { parseResourceId, resourceTypeOf } from "@cynosure/arm-protocol";
import type { ManagedIdentityStamp } from "@cynosure/arm-protocol";
import type { StoredIdentity } from "@cynosure/converters";
import { ControlPlaneError } from "@cynosure/model";

const USER_ASSIGNED_TYPE = "microsoft.managedidentity/userassignedidentities";
const USER_ASSIGNED_COUNT_MAX = 50;

const invalid = (target: string, message: string): ControlPlaneError => new ControlPlaneError("InvalidRequestContent", message, { target, details: [{ code: "InvalidRequestContent", message, target }] });

/** What a body leaves out stays as `current` has it; `null` from a PATCH has become absence by then, and is `None`. */
export function wantedIdentity(wanted: Cluster["identity"], current: StoredIdentity | undefined, stamp: ManagedIdentityStamp | undefined): StoredIdentity | undefined {
  if (wanted === undefined) return current;
  const { type } = wanted;
  const userAssigned = Object.keys(wanted.userAssignedIdentities ?? {});
  if (type.includes("UserAssigned") !== userAssigned.length > 0) {
    throw invalid("identity.userAssignedIdentities", type.includes("UserAssigned") ? `The identity type '${type}' needs at least one user-assigned identity. Name one in userAssignedIdentities, or use another type.` : `The identity type '${type}' takes no userAssignedIdentities. Leave them out, or use 'UserAssigned'.`);
  }
  if (userAssigned.length > USER_ASSIGNED_COUNT_MAX) throw invalid("identity.userAssignedIdentities", `A cluster takes at most ${USER_ASSIGNED_COUNT_MAX} user-assigned identities.`);
  for (const id of userAssigned) requireIdentityId(id);
  const ids = userAssigned.length === 0 ? {} : { userAssigned };
  return type.includes("SystemAssigned") ? { type, ...systemAssigned(current, stamp), ...ids } : { type, ...ids };
}

function systemAssigned(current: StoredIdentity | undefined, stamp: ManagedIdentityStamp | undefined): Pick<StoredIdentity, "principalId" | "tenantId"> {
  const principalId = stamp?.principalId ?? current?.principalId;
  if (principalId === undefined) {
    throw invalid("identity.type", "A system-assigned identity is made by the front door, and the one in front of this service makes none. Use 'UserAssigned' or 'None', or leave identity out.");
  }
  const tenantId = stamp?.tenantId ?? current?.tenantId;
  return { principalId, ...(tenantId === undefined ? {} : { tenantId }) };
}

function requireIdentityId(id: string): void {
  const parsed = parseResourceId(id);
  if (parsed.ok && resourceTypeOf(parsed.value).toLowerCase() === USER_ASSIGNED_TYPE) return;
  throw invalid("identity.userAssignedIdentities", `'${id.slice(0, 300)}' is not the id of a user-assigned identity. Give ids of type Microsoft.ManagedIdentity/userAssignedIdentities.`);
}
