// Snapshots and quotas against a scripted channel: what Ceph is told, in which order, and what is not done twice.
import { describe, expect, it } from "vitest";
import type { ClusterPolicy, FileSystemPolicy, HostResponse, QuotaPolicy } from "@cynosure/model";
import { testPolicy } from "../testkit/policies.ts";
import { answerCommands, away, commandsOf, scriptedCall, statusJson, type Script, type SentRequest } from "../testkit/scripted-call.ts";
import { createCephEngine } from "./ceph-engine.ts";

const engine = createCephEngine();
const home: FileSystemPolicy = { name: "home", usableCapacityBytes: 8e9, protocols: ["nfs"], protection: { hostFailures: 1, scheme: "replication" } };
const monday = { name: "monday", fileSystem: "home" };
const projects: QuotaPolicy = { name: "projects", fileSystem: "home", path: "/projects", hardLimitBytes: 5e6, fileCountLimit: 10 };
const whole: QuotaPolicy = { name: "whole", fileSystem: "home", path: "/", hardLimitBytes: 1e9 };
const ROOT = "/volumes/_nogroup/home.100/u";

const wanting = (change: Partial<ClusterPolicy>): ClusterPolicy => testPolicy(8, { fileSystems: [home], ...change });
const layoutOf = (policy: ClusterPolicy) => scriptedCall(() => away, policy).call.layout;
const answers = (ofCommand: (prefix: string) => string | { rc: number; status: string }, ofQuota: HostResponse = { ok: true, value: { isThere: true } }): Script => {
  const commands = answerCommands((command) => (command["prefix"] === "status" ? statusJson() : ofCommand(String(command["prefix"]))));
  return (request) => (request.kind === "ceph.quota" ? ofQuota : commands(request));
};
const asked = (sent: readonly SentRequest[]) => sent.flatMap(commandsOf).filter((command) => command["prefix"] !== "status");
const boundsSent = (sent: readonly SentRequest[]) => sent.filter(({ kind }) => kind === "ceph.quota").map(({ payload }) => payload);

describe("snapshots", () => {
  it("are made of the file system's subvolume, once: one that was removed by Ceph's own tools is not made again", async () => {
    const scripted = scriptedCall(answers(() => ""), wanting({ snapshots: [monday] }));
    const action = scripted.action("ceph.makeSnapshot:monday");
    expect((await engine.perform(scripted.call, action)).kind).toBe("done");
    expect(asked(scripted.sent)).toEqual([{ prefix: "fs subvolume snapshot create", vol_name: "cephfs", sub_name: "home.100", snap_name: "monday" }]);
    expect((await engine.perform(scripted.call, action)).kind).toBe("done");
    expect(asked(scripted.sent)).toHaveLength(1);
  });

  it("are removed before the file system, and one that is gone already counts as removed", async () => {
    const gone = scriptedCall(answers(() => ({ rc: -2, status: "snapshot 'monday' does not exist" })), wanting({ fileSystems: [] }), layoutOf(wanting({ snapshots: [monday] })));
    const removal = gone.call.layout.steps.find((step) => step.id === "ceph.removeFileSystem:home.100");
    expect(removal?.dependsOn).toEqual(["ceph.removeSnapshot:home.100:monday"]);
    expect((await engine.perform(gone.call, gone.action("ceph.removeSnapshot:home.100:monday"))).kind).toBe("done");
  });

  it("are made anew under a name that was removed", async () => {
    const removed = scriptedCall(answers(() => ""), wanting({}), layoutOf(wanting({ snapshots: [monday] })));
    await engine.perform(removed.call, removed.action("ceph.removeSnapshot:home.100:monday"));
    const again = scriptedCall(answers(() => ""), wanting({ snapshots: [monday] }), removed.call.layout);
    expect(again.call.layout.steps.map((step) => step.id)).not.toContain("ceph.removeSnapshot:home.100:monday");
    expect((await engine.perform({ ...again.call, vault: removed.vault }, again.action("ceph.makeSnapshot:monday"))).kind).toBe("done");
    expect(asked(again.sent).map((command) => command["prefix"])).toEqual(["fs subvolume snapshot create"]);
  });

  it("wait for a manager that does not know the command yet, and say what Ceph refuses", async () => {
    const make = async (rc: number, status: string) => {
      const scripted = scriptedCall(answers(() => ({ rc, status })), wanting({ snapshots: [monday] }));
      return engine.perform(scripted.call, scripted.action("ceph.makeSnapshot:monday"));
    };
    expect(await make(-22, "no valid command found")).toMatchObject({ kind: "waiting" });
    expect(await make(-22, "invalid snapshot name")).toMatchObject({ kind: "failed", error: { message: expect.stringContaining("make snapshot monday: invalid snapshot name") } });
  });
});

describe("quotas", () => {
  it("of a directory are set below the file system's own path", async () => {
    const scripted = scriptedCall(answers(() => `${ROOT}\n`), wanting({ quotas: [projects] }));
    expect((await engine.perform(scripted.call, scripted.action("ceph.setQuota:projects"))).kind).toBe("done");
    expect(boundsSent(scripted.sent)).toEqual([{ root: ROOT, path: "/projects", bytes: 5e6, files: 10, makes: true }]);
  });

  it("of the whole file system are its size: the smaller bound, and its capacity again without the quota", async () => {
    const sizeOf = (policy: ClusterPolicy) => scriptedCall(() => away, policy).action("ceph.ensureFileSystem:home").params["sizeBytes"];
    expect([sizeOf(wanting({ quotas: [whole] })), sizeOf(wanting({ quotas: [{ ...whole, hardLimitBytes: 9e9 }] })), sizeOf(wanting({ quotas: [projects] }))]).toEqual([1e9, 8e9, 8e9]);
    const scripted = scriptedCall(answers(() => ROOT), wanting({}), layoutOf(wanting({ quotas: [whole] })));
    expect((await engine.perform(scripted.call, scripted.action("ceph.removeQuota:home.100:/"))).kind).toBe("done");
    expect(boundsSent(scripted.sent)).toEqual([{ root: ROOT, path: "/", bytes: null, files: 0, makes: false }]);
  });

  it("that are removed take no directory away from a quota that is wanted there, and none goes late from a file system that is gone", () => {
    const before = layoutOf(wanting({ quotas: [projects] }));
    const removals = (policy: ClusterPolicy) => scriptedCall(() => away, policy, before).call.layout.steps.map((step) => step.id).filter((id) => id.startsWith("ceph.removeQuota"));
    expect(removals(wanting({}))).toEqual(["ceph.removeQuota:home.100:/projects"]);
    expect([removals(wanting({ quotas: [{ ...projects, name: "renamed" }] })), removals(wanting({ fileSystems: [] }))]).toEqual([[], []]);
  });

  it("wait for a host that reaches the file system, and say what it refused", async () => {
    const set = async (code: string) => {
      const scripted = scriptedCall(answers(() => ROOT, { ok: false, error: { code, message: "making directory /projects answered -122" } }), wanting({ quotas: [projects] }));
      return engine.perform(scripted.call, scripted.action("ceph.setQuota:projects"));
    };
    expect(await set("CephUnreachable")).toMatchObject({ kind: "waiting" });
    expect(await set("NotADirectory")).toMatchObject({ kind: "failed", error: { code: "NotADirectory" } });
    expect(await set("ToolFailed")).toMatchObject({ kind: "retry", cause: { message: expect.stringContaining("set quota projects: making directory") } });
  });
});
