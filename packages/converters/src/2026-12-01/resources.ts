// Clusters and what is inside them between wire 2026-12-01 and what is stored. Read-only fields come from
// observations, never from the wire; a body that repeats them is taken as it is (a GET body is a PUT body).
import type { Bucket, Cluster, ClusterHealth, FileSystem, ProvisioningState, Quota, Snapshot } from "@cynosure/contract";
import type { EngineHealth, PublishedEndpoint } from "@cynosure/model";
import type { ResourceEnvelope, StoredBucket, StoredCluster, StoredFileSystem, StoredIdentity, StoredQuota, StoredSnapshot } from "../stored.ts";
import { bytesToGigabytes, gigabytesToBytes, protectionToModel, protectionToWire } from "./protection.ts";
import { isoTime } from "./iso-time.ts";
import { realityToWire, type Reality } from "./reality.ts";

/** As the wire says the states of a resource. */
export const wireStates: Readonly<Record<ResourceEnvelope["provisioningState"], ProvisioningState>> = {
  Accepted: "Accepted",
  Provisioning: "Creating",
  Updating: "Updating",
  Deleting: "Deleting",
  Succeeded: "Succeeded",
  Failed: "Failed",
  Canceled: "Canceled",
};

/** What is known of a cluster beside the wish. */
export interface ClusterObservations extends Reality {
  readonly health: EngineHealth | null;
  readonly endpoints: readonly PublishedEndpoint[];
  readonly targetPlanId: string | null;
  readonly installationId: string;
}

export interface ClusterDefaults {
  /** Newest supported version of the engine asked for. */
  readonly engineVersion: string;
}

export function clusterToStored(wire: Cluster, defaults: ClusterDefaults): StoredCluster {
  const { engine, engineVersion, substrate, deploymentMode, hosts, protection } = wire.properties;
  return {
    engine,
    engineVersion: engineVersion ?? defaults.engineVersion,
    substrate,
    deploymentMode: deploymentMode ?? "customerTenant",
    hosts: { size: hosts.size, count: hosts.count },
    protection: protectionToModel(protection),
  };
}

const proxyEnvelope = (envelope: ResourceEnvelope) => ({ id: envelope.id, name: envelope.name, type: envelope.type, systemData: envelope.systemData, etag: envelope.etag });

export function clusterToWire(envelope: ResourceEnvelope, stored: StoredCluster, seen: ClusterObservations): Cluster {
  return {
    ...proxyEnvelope(envelope),
    location: envelope.location ?? "",
    tags: envelope.tags,
    ...(stored.identity === undefined ? {} : { identity: identityToWire(stored.identity) }),
    properties: {
      engine: stored.engine,
      engineVersion: stored.engineVersion,
      substrate: stored.substrate,
      deploymentMode: stored.deploymentMode,
      hosts: { size: stored.hosts.size, count: stored.hosts.count },
      protection: protectionToWire(stored.protection),
      provisioningState: wireStates[envelope.provisioningState],
      ...realityToWire(seen),
      ...(seen.health === null ? {} : { health: healthToWire(seen.health) }),
      endpoints: seen.endpoints.map(({ name, protocol, hostId, address, port }) => ({ name, protocol, host: hostId, address, port })),
      ...(seen.targetPlanId === null ? {} : { targetPlanId: seen.targetPlanId }),
      installationId: seen.installationId,
    },
  };
}

const identityToWire = ({ type, principalId, tenantId, userAssigned }: StoredIdentity): NonNullable<Cluster["identity"]> => ({
  type,
  ...(principalId === undefined ? {} : { principalId }),
  ...(tenantId === undefined ? {} : { tenantId }),
  ...(userAssigned === undefined ? {} : { userAssignedIdentities: Object.fromEntries(userAssigned.map((id) => [id, {}])) }),
});

function healthToWire(health: EngineHealth): ClusterHealth {
  return { status: health.status, ok: health.ok, checks: health.checks.map(({ code, severity, summary }) => ({ code, severity, summary })), observedAt: isoTime(health.observedAtMs) };
}

export function fileSystemToStored(wire: FileSystem): StoredFileSystem {
  const { usableCapacityGB, protocols, protection } = wire.properties;
  return { usableCapacityBytes: gigabytesToBytes(usableCapacityGB), protocols: [...protocols], protection: protectionToModel(protection) };
}

export function fileSystemToWire(envelope: ResourceEnvelope, stored: StoredFileSystem): FileSystem {
  return {
    ...proxyEnvelope(envelope),
    properties: {
      usableCapacityGB: bytesToGigabytes(stored.usableCapacityBytes),
      protocols: [...stored.protocols],
      protection: protectionToWire(stored.protection),
      provisioningState: wireStates[envelope.provisioningState],
      mountPath: `/${envelope.name}`,
    },
  };
}

export const bucketToStored = (wire: Bucket): StoredBucket => ({ protection: protectionToModel(wire.properties.protection) });

export function bucketToWire(envelope: ResourceEnvelope, stored: StoredBucket): Bucket {
  return { ...proxyEnvelope(envelope), properties: { protection: protectionToWire(stored.protection), provisioningState: wireStates[envelope.provisioningState] } };
}

export const snapshotToStored = (wire: Snapshot): StoredSnapshot => ({ fileSystem: wire.properties.fileSystem });

export function snapshotToWire(envelope: ResourceEnvelope, stored: StoredSnapshot): Snapshot {
  return { ...proxyEnvelope(envelope), properties: { fileSystem: stored.fileSystem, provisioningState: wireStates[envelope.provisioningState] } };
}

export function quotaToStored(wire: Quota): StoredQuota {
  const { fileSystem, path, hardLimitBytes, fileCountLimit } = wire.properties;
  return { fileSystem, path, hardLimitBytes, ...(fileCountLimit === undefined ? {} : { fileCountLimit }) };
}

export function quotaToWire(envelope: ResourceEnvelope, { fileSystem, path, hardLimitBytes, fileCountLimit }: StoredQuota): Quota {
  return {
    ...proxyEnvelope(envelope),
    properties: { fileSystem, path, hardLimitBytes, ...(fileCountLimit === undefined ? {} : { fileCountLimit }), provisioningState: wireStates[envelope.provisioningState] },
  };
}
