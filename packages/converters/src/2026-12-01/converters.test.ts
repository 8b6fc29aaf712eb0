// Laws: model to wire to model is the identity; wire to model to wire adds only defaults; a GET body is a
// valid PUT body.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { validate } from "@cynosure/contract";
import { hostId } from "@cynosure/model";
import type { PlanDiff, ProtectionPolicy } from "@cynosure/model";
import { aPolicy, anInput, planned, replan } from "@cynosure/planner/testkit";
import type { ResourceEnvelope, StoredBucket, StoredCluster, StoredFileSystem, StoredQuota, StoredSnapshot } from "../stored.ts";
import { BYTES_PER_GB, bucketToStored, bucketToWire, clusterToStored, clusterToWire, fileSystemToStored, fileSystemToWire, planSummaryToWire, quotaToStored, quotaToWire, snapshotToStored, snapshotToWire } from "./index.ts";

const protection: fc.Arbitrary<ProtectionPolicy> = fc.record({ hostFailures: fc.integer({ min: 0, max: 16 }), scheme: fc.constantFrom("replication", "erasureCoding") });
const capacityBytes = fc.integer({ min: 1, max: 1_000_000_000 }).map((gigabytes) => gigabytes * BYTES_PER_GB);
const word = fc.stringMatching(/^[a-z][a-z0-9-]{1,10}[a-z0-9]$/);
const cluster: fc.Arbitrary<StoredCluster> = fc.record({
  engine: fc.constantFrom("ceph", "vast", "simulated"),
  engineVersion: fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,2}$/),
  substrate: fc.constantFrom("azure", "bareMetal", "local", "simulated"),
  deploymentMode: fc.constantFrom("customerTenant", "hosted", "service"),
  hosts: fc.record({ size: word, count: fc.integer({ min: 3, max: 1024 }) }),
  protection,
});
const fileSystem: fc.Arbitrary<StoredFileSystem> = fc.record({ usableCapacityBytes: capacityBytes, protocols: fc.constant(["nfs" as const]), protection });
const bucket: fc.Arbitrary<StoredBucket> = fc.record({ protection });
const snapshot: fc.Arbitrary<StoredSnapshot> = fc.record({ fileSystem: word });
const limits = fc.record({ hardLimitBytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fileCountLimit: fc.integer({ min: 1, max: 1_000_000_000_000 }) }, { requiredKeys: ["hardLimitBytes"] });
const quota: fc.Arbitrary<StoredQuota> = fc.tuple(fc.record({ fileSystem: word, path: fc.array(word, { maxLength: 4 }).map((names) => `/${names.join("/")}`) }), limits).map(([place, bounds]) => ({ ...place, ...bounds }));
const envelope: fc.Arbitrary<ResourceEnvelope> = fc.record({
  id: word.map((name) => `/subscriptions/s/${name}`),
  name: word,
  type: fc.constant("Cynosure.Storage/clusters"),
  location: fc.constant("local"),
  tags: fc.dictionary(word, fc.string()),
  systemData: fc.constant({ createdBy: "ada", createdByType: "User", createdAt: "2026-12-01T00:00:00Z", lastModifiedBy: "ada", lastModifiedByType: "User", lastModifiedAt: "2026-12-01T00:00:00Z" }),
  provisioningState: fc.constantFrom("Accepted", "Provisioning", "Updating", "Deleting", "Succeeded", "Failed", "Canceled"),
  etag: fc.constant('"1"'),
});
const observations = {
  isSimulated: false,
  isEmulated: false,
  health: { status: "HEALTH_WARN", ok: false, checks: [{ code: "C", severity: "S", summary: "s" }], observedAtMs: 1_000 },
  endpoints: [{ name: "nfs-1", protocol: "nfs", hostId: hostId("host-1"), address: "127.0.0.1", port: 2049 }],
  targetPlanId: "p",
  installationId: "0badcafe",
} as const;

describe("wire 2026-12-01", () => {
  it("a stored cluster survives the way to the wire and back, and what a GET shows may be PUT", () => {
    fc.assert(
      fc.property(envelope, cluster, (head, stored) => {
        const wire = clusterToWire(head, stored, observations);
        expect(clusterToStored(wire, { engineVersion: "never used" })).toEqual(stored);
        expect(validate("Clusters_CreateOrUpdate", wire)).toEqual([]);
      }),
    );
  });

  it("a stored file system survives the way to the wire and back, up to a billion gigabytes", () => {
    fc.assert(
      fc.property(envelope, fileSystem, (head, stored) => {
        const wire = fileSystemToWire(head, stored);
        expect(fileSystemToStored(wire)).toEqual(stored);
        expect(validate("FileSystems_CreateOrUpdate", wire)).toEqual([]);
      }),
    );
  });

  it("a stored bucket survives the way to the wire and back", () => {
    fc.assert(
      fc.property(envelope, bucket, (head, stored) => {
        const wire = bucketToWire(head, stored);
        expect(bucketToStored(wire)).toEqual(stored);
        expect(validate("Buckets_CreateOrUpdate", wire)).toEqual([]);
      }),
    );
  });

  it("a stored snapshot and a stored quota survive the way to the wire and back, with every whole number that JSON keeps", () => {
    fc.assert(
      fc.property(envelope, snapshot, quota, (head, storedSnapshot, storedQuota) => {
        const [one, other] = [snapshotToWire(head, storedSnapshot), quotaToWire(head, storedQuota)];
        expect([snapshotToStored(one), quotaToStored(other)]).toEqual([storedSnapshot, storedQuota]);
        expect([...validate("Snapshots_CreateOrUpdate", one), ...validate("Quotas_CreateOrUpdate", other)]).toEqual([]);
      }),
    );
  });

  it("a preview says which plan it is compared with, and what differs in the words of the model", () => {
    const target = planned(anInput(aPolicy(3)));
    const plan = replan(target, aPolicy(4));
    const nothing = { added: [], removed: [], changed: [] };
    const diff: PlanDiff = { settings: [{ name: "hosts.count", before: "3", after: "4" }], hosts: nothing, pools: nothing, endpoints: nothing, actions: nothing };
    const view = { plan, report: { steps: [] }, findings: [], criticalPathMs: 1, diff };
    expect(planSummaryToWire({ ...view, target }, { isSimulated: true, isEmulated: true })).toMatchObject({ generation: 2, parentPlanId: target.id, diff, isSimulated: true, isEmulated: true });
    expect(planSummaryToWire({ ...view, target: null }, { isSimulated: false, isEmulated: false })).not.toHaveProperty("parentPlanId");
  });

  it("absent wire fields take the contract's defaults", () => {
    const stored = clusterToStored({ location: "local", properties: { engine: "ceph", substrate: "local", hosts: { size: "s", count: 3 }, protection: { hostFailures: 1 } } }, { engineVersion: "18.2" });
    expect(stored).toMatchObject({ engineVersion: "18.2", deploymentMode: "customerTenant", protection: { scheme: "replication" } });
  });

  it("a capacity between two gigabytes is shown rounded down", () => {
    const head = { id: "/x", name: "home", type: "t", location: null, tags: {}, provisioningState: "Succeeded", etag: '"1"', systemData: { createdBy: "a", createdByType: "User", createdAt: "", lastModifiedBy: "a", lastModifiedByType: "User", lastModifiedAt: "" } } as const;
    const wire = fileSystemToWire(head, { usableCapacityBytes: 8.9 * BYTES_PER_GB, protocols: ["nfs"], protection: { hostFailures: 1, scheme: "replication" } });
    expect(wire.properties.usableCapacityGB).toBe(8);
  });
});
