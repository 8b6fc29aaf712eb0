// The store both servers work on: one group with 10,000 clusters that look as if they had been delivered,
// and a thousand principals with a role there.
import { createHash } from "node:crypto";
import { resourceKey } from "@cynosure/model";
import type { Store, StoredResource } from "@cynosure/resource-store";

export const TENANT = "00000000-0000-4000-8000-0000000000aa";
export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const GROUP = "bench";
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}`;
/** Contributor of the group, through one role assignment among many. */
export const PRINCIPAL = "00000000-0000-4000-8000-00000000bbbb";
const CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const OTHER_ASSIGNMENTS = 1_000;
/** Not a secret: it seals nothing here. */
export const SEALING_KEY = createHash("sha256").update("bench").digest();

export const clusterNameOf = (index: number): string => `c${String(index).padStart(6, "0")}`;
export const clusterIdOf = (name: string): string => `${GROUP_ID}/providers/Cynosure.Storage/clusters/${name}`;

/** What a PUT asks for; the tag makes each body its own. */
export const clusterBody = (mark: string): unknown => ({
  location: "local",
  tags: { mark },
  properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count: 3 }, protection: { hostFailures: 1 } },
});

const AT = "2026-11-01T00:00:00.000Z";
const systemData = { createdBy: "bench", createdByType: "Application", createdAt: AT, lastModifiedBy: "bench", lastModifiedByType: "Application", lastModifiedAt: AT } as const;

const base = { subscriptionId: SUBSCRIPTION, location: "local", systemData, provisioningState: "Succeeded" } as const;

function groupRow(): Omit<StoredResource, "etag"> {
  return { ...base, key: resourceKey(GROUP_ID), id: GROUP_ID, type: "Microsoft.Resources/resourceGroups", name: GROUP, parentKey: resourceKey(`/subscriptions/${SUBSCRIPTION}`), tags: {}, properties: {} };
}

function clusterRow(index: number): Omit<StoredResource, "etag"> {
  const name = clusterNameOf(index);
  const id = clusterIdOf(name);
  const properties = { engine: "simulated", engineVersion: "1.0", substrate: "simulated", deploymentMode: "customerTenant", hosts: { size: "local-small", count: 3 }, protection: { hostFailures: 1 } };
  return { ...base, key: resourceKey(id), id, type: "Cynosure.Storage/clusters", name, parentKey: resourceKey(GROUP_ID), tags: { mark: name }, properties };
}

function assignmentRow(index: number): Omit<StoredResource, "etag"> {
  const hex = index.toString(16).padStart(12, "0");
  const name = `00000000-0000-4000-9000-${hex}`;
  const id = `${GROUP_ID}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  const properties = { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${CONTRIBUTOR}`, principalId: index === 0 ? PRINCIPAL : `00000000-0000-4000-a000-${hex}`, scope: GROUP_ID };
  return { ...base, key: resourceKey(id), id, type: "Microsoft.Authorization/roleAssignments", name, parentKey: resourceKey(GROUP_ID), location: null, tags: {}, properties };
}

const AT_ONCE = 500;

export async function populate(store: Store, count: number): Promise<void> {
  await store.resources.put(groupRow(), { kind: "none" });
  await store.transaction(async (tx) => {
    for (let index = 0; index <= OTHER_ASSIGNMENTS; index += 1) await store.resources.put(assignmentRow(index), { kind: "none" }, tx);
  });
  for (let from = 0; from < count; from += AT_ONCE) {
    await store.transaction(async (tx) => {
      for (let index = from; index < Math.min(count, from + AT_ONCE); index += 1) await store.resources.put(clusterRow(index), { kind: "none" }, tx);
    });
  }
}
