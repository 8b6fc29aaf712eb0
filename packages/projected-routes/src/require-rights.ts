// Rights that only the document of a cluster's own engine shows to be needed: asked for after those of the words alone.
import type { RequestPrincipal } from "@cynosure/arm-protocol";
import { isDataAction } from "@cynosure/contract";
import { ControlPlaneError } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import type { ProjectedRoutesOptions } from "./options.ts";

/** `besides`: ends the sentence about what was held already. */
export async function requireRights({ authorize }: Pick<ProjectedRoutesOptions, "authorize">, row: StoredResource, permissions: readonly string[], principal: RequestPrincipal, besides: string): Promise<void> {
  for (const permission of permissions) {
    const { allowed } = await authorize({ principal, permission, isDataAction: isDataAction(permission), scope: row.id });
    if (!allowed) throw new ControlPlaneError("AuthorizationFailed", `The client '${principal.displayName}' with object id '${principal.id}' does not have authorization to perform action '${permission}' over scope '${row.id}', which this request to the engine needs ${besides}. Ask an owner of the scope for a role that holds it.`);
  }
}
