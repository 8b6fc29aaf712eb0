// From a cluster's wire body to the wish: location, engine, version, substrate and host size are checked
// against what this control plane serves. Every refusal names the property and what there is instead.
import type { Cluster } from "@cynosure/contract";
import { checkBodyIdentity, checkLocation, checkTags } from "@cynosure/arm-protocol";
import type { RequestContext, ResourceId } from "@cynosure/arm-protocol";
import { CLUSTER_TYPE, keyOf, raise } from "@cynosure/arm-store";
import { v20261201 } from "@cynosure/converters";
import type { StoredCluster } from "@cynosure/converters";
import { ControlPlaneError, clusterKey } from "@cynosure/model";
import type { HostSizeOffer } from "@cynosure/model";
import type { StoredResource } from "@cynosure/resource-store";
import { wantedIdentity } from "./cluster-identity.ts";
import type { ResourceProvidersOptions } from "./options.ts";
import { asCluster, toProperties } from "./stored-resources.ts";
import type { Wish } from "./write-resource.ts";

const invalid = (target: string, message: string): ControlPlaneError => new ControlPlaneError("InvalidRequestContent", message, { target, details: [{ code: "InvalidRequestContent", message, target }] });

/** What a body leaves out stays as `current` has it; a new cluster gets the defaults. */
export function clusterWish(options: ResourceProvidersOptions, id: ResourceId, body: Cluster, current: StoredResource | null, context: Pick<RequestContext, "managedIdentity">): Wish {
  const identity = checkBodyIdentity({ id: body.id, name: body.name, type: body.type }, id);
  if (!identity.ok) throw raise(identity.problem);
  const tags = checkTags(body.tags);
  if (!tags.ok) throw raise(tags.problem);
  const locations = options.config.locations;
  const location = checkLocation(body.location, CLUSTER_TYPE, locations.map(({ name }) => name));
  if (!location.ok) throw raise(location.problem);
  const stored = storedCluster(options, body, current === null ? null : asCluster(current));
  const offered = locations.find(({ name }) => name === location.value)?.substrates ?? [];
  if (!offered.includes(stored.substrate) || options.substrates[stored.substrate] === undefined) {
    throw invalid("properties.substrate", `The substrate '${stored.substrate}' is not served in location '${location.value}'. Use one of: ${offered.join(", ")}.`);
  }
  const managed = wantedIdentity(body.identity, current === null ? undefined : asCluster(current).identity, context.managedIdentity);
  const properties = toProperties(managed === undefined ? stored : { ...stored, identity: managed });
  return { id, clusterKey: clusterKey(keyOf(id)), location: location.value, operationLocation: location.value, tags: tags.value, properties, claimedState: body.properties.provisioningState };
}

function storedCluster(options: ResourceProvidersOptions, body: Cluster, current: StoredCluster | null): StoredCluster {
  const { engine: name, engineVersion } = body.properties;
  const engine = options.engines[name];
  if (engine === undefined) throw invalid("properties.engine", `The engine '${name}' is not served by this control plane. Use one of: ${Object.keys(options.engines).join(", ")}.`);
  if (engineVersion !== undefined && engineVersion !== current?.engineVersion && !engine.versions.includes(engineVersion)) {
    throw invalid("properties.engineVersion", `Version '${engineVersion}' of engine '${name}' is not served. Use one of: ${engine.versions.join(", ")}; without it the newest is taken.`);
  }
  const stored = v20261201.clusterToStored(body, { engineVersion: current?.engineVersion ?? engine.versions[0] ?? "" });
  if (stored.deploymentMode !== "customerTenant") {
    throw invalid("properties.deploymentMode", `The deployment mode '${stored.deploymentMode}' is not served by this control plane. Use customerTenant, or leave it out.`);
  }
  return stored;
}

/** Asked outside the transaction: an offer may come from far away. */
export async function requireOffer(options: ResourceProvidersOptions, wish: Wish): Promise<HostSizeOffer> {
  // The wish was made by `clusterWish` above.
  const stored = wish.properties as unknown as StoredCluster;
  const offers = (await options.substrates[stored.substrate]?.describeOffers(wish.operationLocation)) ?? [];
  const offer = offers.find(({ size }) => size === stored.hosts.size);
  if (offer === undefined) {
    throw invalid("properties.hosts.size", `The host size '${stored.hosts.size}' is not offered by substrate '${stored.substrate}' in location '${wish.operationLocation}'. Use one of: ${offers.map(({ size }) => size).join(", ")}.`);
  }
  return offer;
}
