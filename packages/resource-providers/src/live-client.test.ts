// The live client through the API: where it is told to connect, what is answered, what is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ControlPlaneError, hostId } from "@cynosure/model";
import type { LiveReport, LiveTarget } from "@cynosure/model";
import { CLUSTER, clusterBody, clusterKeyIn, deliverLocal, fileSystemBody, openWorld } from "./testkit/world.ts";
import type { World } from "./testkit/world.ts";

const YARD = { ...CLUSTER, clusterName: "yard" };
const report: LiveReport = { isRunning: true, protocol: "s3", startedAtMs: 1_000, samples: [{ atMs: 2_000, readMBps: 1, writeMBps: 2, longestStallMs: 3 }], bytesWritten: 4, bytesRead: 5, objectsVerified: 6, corruptObjects: 0, longestStallMs: 7, lastError: null };
const asked: (readonly [string, LiveTarget | null])[] = [];
let world: World;
beforeAll(async () => {
  world = await openWorld({
    liveClients: {
      start: async (cluster, target) => (asked.push([cluster, target]), report),
      stop: async (cluster) => (asked.push([cluster, null]), { ...report, isRunning: false, lastError: "s3-1: PUT answered 503" }),
      read: async () => ({ ...report, isRunning: false, protocol: null, startedAtMs: null, samples: [] }),
    },
  });
  await deliverLocal(world, YARD);
});
afterAll(() => world.close());

async function refused(work: Promise<unknown>): Promise<readonly [string, string]> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  return error instanceof ControlPlaneError ? [error.code, error.message] : ["", String(error)];
}

describe("a live client of a local cluster", () => {
  it("connects to every published S3 endpoint with the cluster's keys, and writes to a bucket that no user can have", async () => {
    const key = clusterKeyIn(YARD);
    const endpoint = (name: string, protocol: "s3" | "nfs", port: number) => ({ name, protocol, hostId: hostId("host-1"), address: "127.0.0.1", port });
    await world.options.store.observations.putEndpoints(key, [endpoint("nfs-1", "nfs", 1), endpoint("s3-1", "s3", 2), endpoint("s3-2", "s3", 3)]);
    expect((await world.call("Clusters_StartLiveClient", YARD, {})).body).toEqual({
      isRunning: true, protocol: "s3", startedAt: "1970-01-01T00:00:01.000Z", samples: [{ at: "1970-01-01T00:00:02.000Z", readMBps: 1, writeMBps: 2, longestStallMs: 3 }],
      bytesWritten: 4, bytesRead: 5, objectsVerified: 6, corruptObjects: 0, longestStallMs: 7,
    });
    const [cluster, target] = asked.at(-1) ?? [];
    if (target?.protocol !== "s3") throw new Error("it was told to speak something else");
    expect([cluster, target.endpoints, target.s3Keys]).toEqual([key, [{ name: "s3-1", address: "127.0.0.1", port: 2 }, { name: "s3-2", address: "127.0.0.1", port: 3 }], { accessKeyId: "AK", secretAccessKey: "SK" }]);
    expect(await refused(world.call("Buckets_CreateOrUpdate", { ...YARD, bucketName: target.bucket }, { properties: { protection: { hostFailures: 1 } } }))).toMatchObject(["InvalidResourceName", expect.any(String)]);
  });

  it("over NFS writes to a directory of its own in the first file system", async () => {
    expect(await refused(world.call("Clusters_StartLiveClient", YARD, { protocol: "nfs" }))).toEqual(["OperationNotAllowed", expect.stringContaining("create one")]);
    for (const fileSystemName of ["scratch", "home"]) await world.call("FileSystems_CreateOrUpdate", { ...YARD, fileSystemName }, fileSystemBody());
    await world.call("Clusters_StartLiveClient", YARD, { protocol: "nfs" });
    expect(asked.at(-1)?.[1]).toEqual({ protocol: "nfs", endpoints: [{ name: "nfs-1", address: "127.0.0.1", port: 1 }], exportPath: "/home", directory: "/.cynosure-live-client" });
  });

  it("is stopped and read by its cluster; what is not known is left out", async () => {
    expect((await world.call("Clusters_StopLiveClient", YARD)).body).toMatchObject({ isRunning: false, lastError: "s3-1: PUT answered 503" });
    expect(asked.at(-1)).toEqual([clusterKeyIn(YARD), null]);
    const { body } = await world.call("Clusters_ReadLiveClient", YARD);
    expect([body.isRunning, "protocol" in body, "startedAt" in body, "lastError" in body]).toEqual([false, false, false, false]);
  });

  it("is refused where there is no S3 endpoint yet, on any other substrate, and in a cluster that is not there", async () => {
    const before = asked.length;
    await world.options.store.observations.putEndpoints(clusterKeyIn(YARD), []);
    expect(await refused(world.call("Clusters_StartLiveClient", YARD, {}))).toEqual(["OperationNotAllowed", expect.stringContaining("publishes no s3 endpoint")]);
    await world.call("Clusters_CreateOrUpdate", CLUSTER, clusterBody());
    for (const id of ["Clusters_StartLiveClient", "Clusters_StopLiveClient", "Clusters_ReadLiveClient"] as const) {
      expect(await refused(world.call(id, CLUSTER, {}))).toEqual(["OperationNotAllowed", expect.stringContaining("substrate 'simulated'")]);
      expect(await refused(world.call(id, { ...CLUSTER, clusterName: "nowhere" }, {}))).toMatchObject(["ResourceNotFound", expect.any(String)]);
    }
    expect(asked).toHaveLength(before);
  });
});
