// Live clients as processes: against a bucket on loopback that behaves, fails and loses.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findOurProcesses } from "@cynosure/machine";
import { ControlPlaneError, clusterKey, installationId } from "@cynosure/model";
import type { LiveReport, LiveTarget } from "@cynosure/model";
import { createLiveClients } from "./live-clients.ts";
import type { HeldLiveClients } from "./live-clients.ts";
import { startTinyS3 } from "./testkit/tiny-s3.ts";
import type { TinyS3 } from "./testkit/tiny-s3.ts";

const INSTALLATION = installationId("7e57aa11");
const cluster = (name: string) => clusterKey(`/subscriptions/s/resourceGroups/g/providers/Cynosure.Storage/clusters/${name}`);
const HERE = cluster("here");
const WAIT = { timeout: 30_000, interval: 50 };

const commandForNfs = (): never => {
  throw new ControlPlaneError("OperationNotAllowed", "no image here");
};

let bucket: TinyS3;
let clients: HeldLiveClients;
const open = (runMsMax?: number): HeldLiveClients => createLiveClients({ nodeBinary: process.execPath, commandForNfs, installationId: INSTALLATION, clock: { now: () => Date.now(), sleep: () => Promise.resolve() }, newId: () => crypto.randomUUID(), ...(runMsMax === undefined ? {} : { runMsMax }) });
beforeEach(async () => {
  bucket = await startTinyS3();
  clients = open();
});
afterEach(async () => {
  await clients.close();
  await bucket.close();
});

const target = (endpoints = [bucket.endpoint]): LiveTarget => ({ protocol: "s3", endpoints, bucket: "own", s3Keys: { accessKeyId: "AK", secretAccessKey: "SK" } });
const until = (what: (report: LiveReport) => boolean, key = HERE): Promise<LiveReport> =>
  vi.waitFor(async () => {
    const report = await clients.read(key);
    if (!what(report)) throw new Error(`not yet: ${JSON.stringify({ ...report, samples: report.samples.length })}`);
    return report;
  }, WAIT);

describe("a live client", () => {
  it("is not there until it is started, says what it does by the second, and leaves nothing when it is stopped", async () => {
    expect(await clients.read(HERE)).toEqual({ isRunning: false, protocol: null, startedAtMs: null, samples: [], bytesWritten: 0, bytesRead: 0, objectsVerified: 0, corruptObjects: 0, longestStallMs: 0, lastError: null });
    bucket.objects = new Map([["left-by-an-earlier-one", Buffer.from("x")]]);
    expect(await clients.start(HERE, target())).toMatchObject({ isRunning: true, protocol: "s3" });
    const running = await until((report) => report.samples.length >= 2 && report.objectsVerified > 3);
    expect(running).toMatchObject({ corruptObjects: 0, lastError: null });
    expect(running.samples.some((sample) => sample.writeMBps > 0 && sample.readMBps > 0)).toBe(true);
    expect([...(bucket.objects ?? new Map()).keys()]).not.toContain("left-by-an-earlier-one");
    // The first try to clean up meets a gateway that cannot.
    bucket.listRefusals.push(503, 503);
    const stopped = await clients.stop(HERE);
    expect([stopped.isRunning, stopped.lastError, stopped.objectsVerified >= running.objectsVerified, bucket.objects]).toEqual([false, null, true, null]);
    expect(findOurProcesses(INSTALLATION)).toEqual([]);
    expect(bucket.listRefusals).toEqual([]);
    expect(await clients.read(HERE)).toEqual(stopped);
  });

  it("goes on with the one that runs when it is started again, and takes the next endpoint when one fails", async () => {
    const gone = await startTinyS3("s3-gone");
    await gone.close();
    const first = await clients.start(HERE, target([gone.endpoint, bucket.endpoint]));
    const second = await clients.start(HERE, target());
    expect(second.startedAtMs).toBe(first.startedAtMs);
    expect(await until((report) => report.objectsVerified > 0)).toMatchObject({ corruptObjects: 0, lastError: expect.stringContaining("ECONNREFUSED") });
  });

  it("shows how long nothing was acknowledged, and what the gateway said", async () => {
    await clients.start(HERE, target());
    await until((report) => report.objectsVerified > 0);
    bucket.refusals.push(...Array.from({ length: 12 }, () => 503));
    const stalled = await until((report) => report.lastError !== null && bucket.refusals.length === 0 && report.longestStallMs >= 600);
    expect(stalled).toMatchObject({ corruptObjects: 0, lastError: expect.stringMatching(/s3-1: (PUT|GET|DELETE) answered 503 SlowDown$/) });
    expect(Math.max(...stalled.samples.map((sample) => sample.longestStallMs))).toBe(stalled.longestStallMs);
  });

  it("finds what the storage lost", async () => {
    await clients.start(HERE, target());
    await until((report) => report.objectsVerified > 3);
    bucket.objects?.clear();
    expect((await until((report) => report.corruptObjects > 0)).lastError).toMatch(/was acknowledged and is gone$/);
  });

  it("stops by itself when its time is over, and cleans up", async () => {
    await clients.close();
    clients = open(1_500);
    await clients.start(HERE, target());
    expect((await until((report) => !report.isRunning)).bytesWritten).toBeGreaterThan(0);
    expect(bucket.objects).toBeNull();
  });

  it("says why it ended when it did so by itself, and may be started again", async () => {
    await clients.start(HERE, target());
    await until((report) => report.objectsVerified > 0);
    for (const { pid } of findOurProcesses(INSTALLATION)) process.kill(pid, "SIGKILL");
    expect(await until((report) => !report.isRunning)).toMatchObject({ lastError: expect.stringContaining("SIGKILL") });
    expect(await clients.start(HERE, target())).toMatchObject({ isRunning: true, lastError: null });
  });

  it("is refused over another protocol while one runs, and where its library cannot be had, and leaves what there was", async () => {
    const overNfs: LiveTarget = { protocol: "nfs", endpoints: [bucket.endpoint], exportPath: "/home", directory: "/own" };
    await expect(clients.start(HERE, overNfs)).rejects.toMatchObject({ code: "OperationNotAllowed", message: "no image here" });
    expect(await clients.read(HERE)).toMatchObject({ isRunning: false, protocol: null });
    await clients.start(HERE, target());
    await expect(clients.start(HERE, overNfs)).rejects.toMatchObject({ code: "OperationNotAllowed", message: expect.stringContaining("runs already, over s3") });
    expect(await clients.read(HERE)).toMatchObject({ isRunning: true, protocol: "s3" });
  });

  it("is refused when as many run as may", async () => {
    for (const name of ["a", "b", "c", "d"]) await clients.start(cluster(name), target());
    await expect(clients.start(cluster("e"), target())).rejects.toMatchObject({ code: "OperationNotAllowed", message: expect.stringContaining("4 live clients run") });
  });
});
