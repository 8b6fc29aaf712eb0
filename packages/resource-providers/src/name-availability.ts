// checkNameAvailability (§16): whether a name can be given to a new cluster. The question names no resource group,
// while our names are unique within one: "AlreadyExists" therefore means that some group of the subscription has
// a cluster of that name. A PUT in another group would still be accepted, and the message says so.
import { CLUSTER_TYPE, checkNewName, clusterId, subscriptionKey } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import { ControlPlaneError } from "@cynosure/model";
import type { ResourceProvidersOptions } from "./options.ts";

/** Why no cluster may have this name; null when one may. */
function invalidity(subscriptionId: string, name: string): string | null {
  try {
    checkNewName("Clusters_CreateOrUpdate", "clusterName", clusterId({ subscriptionId, resourceGroupName: "any", clusterName: name }));
    return null;
  } catch (error) {
    if (error instanceof ControlPlaneError && error.code === "InvalidResourceName") return error.message;
    throw error;
  }
}

export function nameAvailabilityHandlers({ store }: ResourceProvidersOptions): Pick<OurHandlers, "NameAvailability_Check"> {
  return {
    NameAvailability_Check: async ({ params: { subscriptionId }, body }) => {
      const { name = "", type = "" } = body;
      if (type.toLowerCase() !== CLUSTER_TYPE.toLowerCase()) {
        throw new ControlPlaneError("InvalidParameter", `The type '${type.slice(0, 200)}' has no names to ask about here. Use '${CLUSTER_TYPE}': names of everything else are taken only within a cluster, where a GET tells.`, { target: "type" });
      }
      const invalid = invalidity(subscriptionId, name);
      if (invalid !== null) return { status: 200, body: { nameAvailable: false, reason: "Invalid", message: invalid } };
      const [taken] = await store.resources.list({ type: CLUSTER_TYPE, keyPrefix: `${subscriptionKey(subscriptionId)}/`, nameKey: name.toLowerCase(), limitMax: 1 });
      if (taken === undefined) return { status: 200, body: { nameAvailable: true } };
      return { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message: `The subscription has a cluster '${taken.name}' already: ${taken.id}. Choose another name; in another resource group the same one would be accepted.` } };
    },
  };
}
