import { describe, expect, it } from "vitest";
import { clusterKey, hostId } from "./ids.ts";
import { hostPlanChange, isDisruptive } from "./host-plan-change.ts";
import type { DaemonSpec, HostFile, HostPlan } from "./host-plan.ts";
import { isSameJson } from "./same-json.ts";

const daemon = (id: string, change: Partial<DaemonSpec> = {}): DaemonSpec => ({
  id, kind: "gateway", prepareStage: 1, stage: 1, prepare: [], argv: ["serve"], env: {}, reads: ["/etc/a.conf"], stopSignal: "SIGTERM", stopTimeoutMsMax: 1000, ...change,
});
const file = (path: string, text: string): HostFile => ({ path, mode: 0o644, stage: 1, text });
const plan = (daemons: readonly DaemonSpec[], files: readonly HostFile[], generation = 1): HostPlan => ({
  clusterKey: clusterKey("/c"), hostId: hostId("host-1"), generation, stage: 1, image: { name: "x" }, files, disks: [], daemons,
});

describe("change between two host plans", () => {
  it("is none when only the generation differs", () => {
    expect(hostPlanChange(plan([daemon("a")], [], 1), plan([daemon("a")], [], 9)).isSame).toBe(true);
  });
  it("restarts a daemon whose file changed", () => {
    const change = hostPlanChange(plan([daemon("a")], [file("/etc/a.conf", "1")]), plan([daemon("a")], [file("/etc/a.conf", "2")]));
    expect(change.daemonsRestarted).toEqual(["a"]);
    expect(isDisruptive(change)).toBe(true);
  });
  it("reloads a daemon that can, and calls that undisruptive", () => {
    const able = daemon("a", { reload: { paths: ["/etc/a.conf"], signal: "SIGHUP" } });
    const change = hostPlanChange(plan([able], [file("/etc/a.conf", "1")]), plan([able], [file("/etc/a.conf", "2")]));
    expect(change.daemonsReloaded).toEqual(["a"]);
    expect(isDisruptive(change)).toBe(false);
  });
  it("leaves a daemon alone whose definition differs in what its process does not notice, and names it", () => {
    const change = hostPlanChange(plan([daemon("a")], []), plan([daemon("a", { stopTimeoutMsMax: 2000 })], []));
    expect(change).toMatchObject({ isSame: false, daemonsRestarted: [], daemonsReloaded: [], daemonsRedefined: ["a"] });
    expect(isDisruptive(change)).toBe(false);
  });
  it("names a file that is written at another stage, and restarts nobody for it", () => {
    const late = { ...file("/etc/a.conf", "1"), stage: 2 };
    expect(hostPlanChange(plan([daemon("a")], [file("/etc/a.conf", "1")]), plan([daemon("a")], [late]))).toMatchObject({ isSame: false, filesChanged: ["/etc/a.conf"], daemonsRestarted: [] });
  });
  it("restarts everything when the image changes", () => {
    const before = plan([daemon("a"), daemon("b")], []);
    expect(hostPlanChange(before, { ...before, image: { name: "y" } }).daemonsRestarted).toEqual(["a", "b"]);
  });
  it("tells started from stopped daemons", () => {
    const change = hostPlanChange(plan([daemon("a")], []), plan([daemon("b")], []));
    expect(change.daemonsStarted).toEqual(["b"]);
    expect(change.daemonsStopped).toEqual(["a"]);
  });
});

describe("sameness of data", () => {
  it("does not depend on the order of keys and takes absent for undefined", () => {
    expect(isSameJson({ a: 1, b: { c: [1, 2], d: undefined } }, { b: { c: [1, 2] }, a: 1 })).toBe(true);
    expect(isSameJson({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  });
});
