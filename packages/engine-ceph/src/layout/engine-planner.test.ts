// What the planner promises of a layout, by example and for any cluster it accepts.
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { hostId, type BucketPolicy, type ClusterPolicy, type EngineLayout, type FileSystemPolicy, type LayoutProblem, type ProtectionPolicy } from "@cynosure/model";
import { seedProperty, testLayoutHosts, testPolicy } from "../testkit/policies.ts";
import { cephPlanner } from "./engine-planner.ts";

const rng = { child: () => rng, next: () => 0.5, uuid: () => "00000000-0000-4000-8000-000000000000" };
const layout = (policy: ClusterPolicy, parent: EngineLayout | null = null, disks = 1): ReturnType<typeof cephPlanner.layout> => cephPlanner.layout({ policy, hosts: testLayoutHosts(policy.hosts.count, disks), parent, rng });

function mustLayout(policy: ClusterPolicy, parent: EngineLayout | null = null, disks = 1): EngineLayout {
  const result = layout(policy, parent, disks);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.layout;
}

function mustFail(policy: ClusterPolicy, parent: EngineLayout | null = null, disks = 1): readonly LayoutProblem[] {
  const result = layout(policy, parent, disks);
  if (result.ok) throw new Error("the layout was accepted");
  return result.problems;
}

const replication = (hostFailures: number): ProtectionPolicy => ({ scheme: "replication", hostFailures });
const erasure = (hostFailures: number): ProtectionPolicy => ({ scheme: "erasureCoding", hostFailures });
const fileSystem = (name: string, protection: ProtectionPolicy = replication(1)): FileSystemPolicy => ({ name, usableCapacityBytes: 8e9, protocols: ["nfs"], protection });
const bucket = (name: string, protection: ProtectionPolicy = replication(2)): BucketPolicy => ({ name, protection });
const hostsOf = (made: EngineLayout, kind: string): string[] => Object.entries(made.daemons).filter(([, daemons]) => daemons.some((daemon) => daemon.kind === kind)).map(([host]) => host);
const fileOf = (made: EngineLayout, host: string, name: string): string => made.files[hostId(host)]?.find((file) => file.path.endsWith(name))?.text ?? "";
const stepOf = (made: EngineLayout, id: string): EngineLayout["steps"][number] | undefined => made.steps.find((step) => step.id === id);

const proofOfConcept = testPolicy(8, { protection: replication(2), fileSystems: [fileSystem("home")], buckets: [bucket("results")] });

describe("the layout of an eight-host cluster", () => {
  const made = mustLayout(proofOfConcept);
  it("has 3 monitors, 2 managers, 8 OSDs, 2 metadata servers, 2 object gateways and 2 NFS gateways", () => {
    const kinds = Object.values(made.daemons).flat().map((daemon) => daemon.kind);
    const count = (kind: string): number => kinds.filter((one) => one === kind).length;
    expect(["monitor", "manager", "osd", "mds", "rgw", "nfs"].map(count)).toEqual([3, 2, 8, 2, 2, 2]);
  });
  it("lets no two daemons of a kind but OSDs share a host", () => {
    for (const kind of ["monitor", "manager", "mds", "rgw", "nfs"]) expect(new Set(hostsOf(made, kind)).size).toBe(kind === "monitor" ? 3 : 2);
  });
  it("keeps object gateways, NFS gateways and managers off each other's hosts", () => {
    const heavy = [...hostsOf(made, "rgw"), ...hostsOf(made, "nfs"), ...hostsOf(made, "manager")];
    expect(new Set(heavy).size).toBe(6);
  });
  it("creates pools with the copies the protection asks for", () => {
    expect(made.pools.find((pool) => pool.name === "cephfs.data.replication-1")?.scheme).toEqual({ kind: "replication", copies: 3, copiesMin: 2 });
    expect(made.pools.find((pool) => pool.name === "default.rgw.buckets.data.replication-2")?.scheme).toEqual({ kind: "replication", copies: 4, copiesMin: 2 });
    expect(made.pools.find((pool) => pool.name === "cephfs.meta")?.scheme).toEqual({ kind: "replication", copies: 4, copiesMin: 2 });
  });
  it("makes keys before any host plan, agrees before OSDs start, knows file systems before gateways start", () => {
    expect(stepOf(made, "ceph.ensureKeys")).toMatchObject({ afterStage: 0, beforeStage: 1 });
    expect(stepOf(made, "ceph.quorum")).toMatchObject({ afterStage: 1, beforeStage: 2 });
    expect(stepOf(made, "ceph.pools")).toMatchObject({ afterStage: 1, beforeStage: 2, dependsOn: ["ceph.quorum"] });
    expect(stepOf(made, "ceph.ensureFileSystem:home")).toMatchObject({ afterStage: 2, beforeStage: 3 });
    expect(stepOf(made, "ceph.ensureBucket:results")).toMatchObject({ afterStage: 3 });
  });
  it("has the managers' dashboard set up before a manager starts, and nothing else wait for it", () => {
    expect(stepOf(made, "ceph.dashboard")).toMatchObject({ afterStage: 1, beforeStage: 2, dependsOn: ["ceph.quorum"], action: { params: { managers: hostsOf(made, "manager"), port: 8080 } } });
    expect(made.steps.filter((step) => step.dependsOn.includes("ceph.dashboard"))).toEqual([]);
  });
  it("publishes two NFS and two S3 endpoints on the hosts that run them, and two that find the manager that serves", () => {
    expect(made.endpoints.map((endpoint) => endpoint.name)).toEqual(["nfs-1", "nfs-2", "s3-1", "s3-2", "dashboard-1", "dashboard-2"]);
    expect(made.endpoints.filter((endpoint) => endpoint.servesAt === "/").map((endpoint) => endpoint.hostId)).toEqual(hostsOf(made, "manager"));
    expect(made.endpoints.filter((endpoint) => endpoint.protocol === "s3").map((endpoint) => endpoint.hostId)).toEqual(hostsOf(made, "rgw"));
  });
  it("gives the administrator's key to monitors only and the S3 key to object gateways only", () => {
    const holding = (text: string): string[] => Object.entries(made.files).filter(([, files]) => files.some((file) => file.text.includes(text))).map(([host]) => host);
    expect(holding("{{secret:ceph/key/client.admin}}")).toEqual(hostsOf(made, "monitor"));
    expect(holding("{{secret:ceph/s3/secret-access-key}}")).toEqual(hostsOf(made, "rgw"));
  });
  it("reloads the NFS gateways on a new export and restarts nothing else for it", () => {
    const nfs = Object.values(made.daemons).flat().filter((daemon) => daemon.reads.length > 0);
    expect(nfs.map((daemon) => daemon.kind)).toEqual(["nfs", "nfs"]);
    for (const daemon of nfs) expect(daemon.reload).toEqual({ paths: daemon.reads, signal: "SIGHUP" });
  });
  it("is the same for the same input", () => {
    expect(mustLayout(proofOfConcept)).toEqual(made);
  });
});

describe("wishes the engine cannot meet", () => {
  it("names the hosts a protection needs", () => {
    const problems = mustFail(testPolicy(3, { protection: replication(2) }));
    expect(problems).toEqual([expect.objectContaining({ target: "properties.protection.hostFailures", message: expect.stringContaining("needs 4 hosts, the cluster has 3") })]);
  });
  it("names the hosts an erasure-coded file system needs, and whose wish it is", () => {
    const [problem] = mustFail(testPolicy(3, { fileSystems: [fileSystem("home", erasure(1))] }));
    expect(problem?.message).toMatch(/^File system home: .* erasure coding needs 4 hosts/);
  });
  it("refuses fewer than 3 and more than 32 hosts", () => {
    expect(mustFail(testPolicy(2, { protection: replication(0) }))[0]?.target).toBe("properties.hosts.count");
    expect(mustFail(testPolicy(33))[0]?.target).toBe("properties.hosts.count");
  });
  it("refuses a host without a disk", () => {
    expect(mustFail(testPolicy(4), null, 0)[0]?.target).toBe("properties.hosts.size");
  });
  it("refuses an engine version there is no image for", () => {
    expect(mustFail(testPolicy(4, { engineVersion: "12.2" }))[0]).toMatchObject({ target: "properties.engineVersion", message: expect.stringContaining("Ask for 18.2") });
  });
  it("refuses to change the protection of a file system that holds data", () => {
    const [problem] = mustFail(testPolicy(8, { ...proofOfConcept, fileSystems: [fileSystem("home", erasure(1))] }), mustLayout(proofOfConcept));
    expect(problem).toMatchObject({ target: "properties.protection", message: expect.stringContaining("File system home was created with protection replication-1") });
  });
});

describe("a layout with a parent", () => {
  const parent = mustLayout(proofOfConcept);
  const changed = (change: Partial<ClusterPolicy>, from: EngineLayout = parent): EngineLayout => mustLayout({ ...proofOfConcept, ...change }, from);

  it("changes nothing when nothing is wished", () => {
    expect(changed({})).toEqual(parent);
  });
  it("touches only the NFS gateways for a new file system of a known protection", () => {
    const next = changed({ fileSystems: [fileSystem("home"), fileSystem("scratch")] });
    const differing = Object.keys(parent.files).filter((host) => JSON.stringify(next.files[hostId(host)]) !== JSON.stringify(parent.files[hostId(host)]));
    expect(differing).toEqual(hostsOf(parent, "nfs"));
    expect(next.daemons).toEqual(parent.daemons);
    expect(next.pools).toEqual(parent.pools);
    expect(fileOf(next, differing[0] ?? "", "ganesha.conf")).toContain(`Path = "{{output:fs/scratch/path}}"`);
  });
  it("removes a file system after its export is gone and never gives its export id away", () => {
    const without = changed({ fileSystems: [] });
    expect(stepOf(without, "ceph.removeFileSystem:home.100")).toMatchObject({ afterStage: 3 });
    const again = changed({}, without);
    expect(stepOf(again, "ceph.ensureFileSystem:home")?.action.params).toMatchObject({ exportId: 101, subvolume: "home.101" });
    expect(stepOf(again, "ceph.removeFileSystem:home.100")).toBeDefined();
  });
  it("forgets the removal of a bucket that is wanted again, and counts its incarnation", () => {
    const without = changed({ buckets: [] });
    expect(stepOf(without, "ceph.removeBucket:results")?.action.params).toEqual({ name: "results", incarnation: 1 });
    const again = changed({}, without);
    expect(stepOf(again, "ceph.removeBucket:results")).toBeUndefined();
    expect(stepOf(again, "ceph.ensureBucket:results")?.action.params).toMatchObject({ incarnation: 2 });
  });
  it("changes no file and no daemon of existing hosts when it grows, and lets new OSDs register themselves", () => {
    const grown = changed({ hosts: { size: "local", count: 12 } });
    for (const host of Object.keys(parent.daemons)) {
      expect(grown.daemons[hostId(host)]).toEqual(parent.daemons[hostId(host)]);
      expect(grown.files[hostId(host)]).toEqual(parent.files[hostId(host)]);
    }
    const osd = grown.daemons[hostId("host-12")]?.[0];
    expect(osd?.id).toBe("osd.11");
    expect(osd?.prepare.at(-1)?.argv).toContain("client.bootstrap-osd");
  });
  it("keeps a pool's chunks when the cluster grows, and never lowers copies", () => {
    const small = mustLayout(testPolicy(5, { protection: replication(2), fileSystems: [fileSystem("home", erasure(1))] }));
    const grown = mustLayout(testPolicy(8, { protection: replication(1), fileSystems: [fileSystem("home", erasure(1))] }), small);
    const scheme = (made: EngineLayout, name: string): unknown => made.pools.find((pool) => pool.name === name)?.scheme;
    expect(scheme(grown, "cephfs.data.erasure-1")).toEqual({ kind: "erasureCoding", dataChunks: 3, codingChunks: 2, chunksMin: 4 });
    expect(scheme(grown, "cephfs.meta")).toMatchObject({ copies: 4 });
  });
});

const protections = fc.record({ scheme: fc.constantFrom("replication" as const, "erasureCoding" as const), hostFailures: fc.integer({ min: 0, max: 4 }) });
const policies = fc.record({ count: fc.integer({ min: 3, max: 32 }), disks: fc.integer({ min: 1, max: 4 }), protection: protections, fileSystems: fc.array(protections, { maxLength: 4 }), buckets: fc.array(protections, { maxLength: 4 }) });
const asPolicy = (value: { count: number; protection: ProtectionPolicy; fileSystems: ProtectionPolicy[]; buckets: ProtectionPolicy[] }): ClusterPolicy =>
  testPolicy(value.count, { protection: value.protection, fileSystems: value.fileSystems.map((one, k) => fileSystem(`fs${k}`, one)), buckets: value.buckets.map((one, k) => bucket(`bucket-${k}`, one)) });

describe("any cluster of 3 to 32 hosts and any protection", () => {
  it("is laid out with spread daemons and pools its hosts can hold, or refused with a target", () => {
    seedProperty(fc.property(policies, (value) => {
      const result = layout(asPolicy(value), null, value.disks);
      if (!result.ok) {
        for (const problem of result.problems) expect(problem.target).toMatch(/^properties\./);
        return;
      }
      const made = result.layout;
      expect(hostsOf(made, "monitor").length).toBe(value.count >= 12 ? 5 : 3);
      for (const kind of ["manager", "mds", "rgw", "nfs"]) expect(hostsOf(made, kind).length).toBe(2);
      for (const daemons of Object.values(made.daemons)) {
        const kinds = daemons.map((daemon) => daemon.kind).filter((kind) => kind !== "osd");
        expect(new Set(kinds).size).toBe(kinds.length);
        expect(daemons.filter((daemon) => daemon.kind === "osd").length).toBe(value.disks);
      }
      for (const pool of made.pools) {
        const width = pool.scheme.kind === "replication" ? pool.scheme.copies : pool.scheme.dataChunks + pool.scheme.codingChunks;
        expect(width).toBeLessThanOrEqual(value.count);
        expect(Math.log2(pool.placementGroups) % 1).toBe(0);
      }
      expect(made.pools.reduce((sum, pool) => sum + pool.placementGroups * 8, 0) / value.count).toBeLessThan(750);
    }));
  });
  it("writes keys as placeholders whose secrets the first step makes", () => {
    seedProperty(fc.property(policies, (value) => {
      const result = layout(asPolicy(value), null, value.disks);
      if (!result.ok) return;
      const made = result.layout;
      const entities = new Set((stepOf(made, "ceph.ensureKeys")?.action.params["entities"] ?? []) as string[]);
      for (const file of Object.values(made.files).flat()) {
        for (const line of file.text.split("\n").filter((one) => /\bkey = /.test(one))) expect(line).toMatch(/\{\{secret:ceph\/key\//);
        for (const [, name = ""] of file.text.matchAll(/\{\{secret:ceph\/key\/([^}]+)\}\}/g)) expect(entities.has(name)).toBe(true);
        if (file.text.includes("{{secret:")) expect(file.mode).toBe(0o600);
      }
      // What is sent in requests or shown in plans holds no key.
      expect(JSON.stringify(made.steps)).not.toContain("{{secret:");
      expect(JSON.stringify(made.daemons)).not.toContain("{{secret:");
    }));
  });
  it("stays where it is under growth and change", () => {
    seedProperty(fc.property(policies, policies, fc.integer({ min: 0, max: 10 }), (first, second, more) => {
      const before = layout(asPolicy(first), null, first.disks);
      if (!before.ok) return;
      const count = Math.min(32, first.count + more);
      const after = layout({ ...asPolicy({ ...second, fileSystems: [...first.fileSystems, ...second.fileSystems.slice(0, 1)] }), hosts: { size: "local", count } }, before.layout, first.disks);
      if (!after.ok) return;
      for (const [host, daemons] of Object.entries(before.layout.daemons)) expect(after.layout.daemons[hostId(host)]).toEqual(daemons);
      const ids = Object.values(after.layout.daemons).flat().map((daemon) => daemon.id);
      expect(new Set(ids).size).toBe(ids.length);
      const names = new Set(after.layout.pools.map((pool) => pool.name));
      for (const pool of before.layout.pools) expect(names.has(pool.name)).toBe(true);
    }));
  });
});
