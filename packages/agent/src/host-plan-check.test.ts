import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkServedPlan, isInside } from "./host-plan-check.ts";

const host = { clusterKey: "/c", hostId: "host-1", stateDir: "/var/lib/cynosure" };
const served = (change: Readonly<Record<string, unknown>> = {}): unknown => ({ executorEpoch: 2, plan: { clusterKey: "/c", hostId: "host-1", generation: 7, stage: 1, image: { name: "x" }, files: [], disks: [], daemons: [], ...change } });
const file = (path: string, mode = 0o600): unknown => ({ path, mode, stage: 1, text: "x" });
const daemon = (change: Readonly<Record<string, unknown>> = {}): unknown => ({ id: "osd.0", kind: "osd", prepareStage: 1, stage: 1, prepare: [], argv: ["run"], env: {}, reads: [], stopSignal: "SIGTERM", stopTimeoutMsMax: 10, ...change });
const problemOf = (value: unknown): string => {
  const check = checkServedPlan(value, host);
  return check.ok ? "" : check.problem;
};

describe("a served host plan", () => {
  it("is taken when it is right", () => {
    const good = served({ files: [file("/var/lib/cynosure/a/b")], disks: [{ name: "d", path: "/dev/nvme0n1", sizeBytes: 1 }], daemons: [daemon({ ready: { tcpPort: 80 }, reload: { paths: ["/var/lib/cynosure/a/b"], signal: "SIGHUP" } })] });
    expect(checkServedPlan(good, host)).toEqual({ ok: true, served: good });
  });
  it("may write below the state directory only, and not where the agent lives", () => {
    for (const path of ["/etc/passwd", "/var/lib/cynosure", "/var/lib/cynosure/../x", "/var/lib/cynosure/a/../../x", "/var/lib/cynosure//a", "/var/lib/cynosure/./a", "/var/lib/cynosure-other/a", "relative", "/var/lib/cynosure/agent/identity.json", "/var/lib/cynosure/agent", "/var/lib/cynosure/boot.json", "/var/lib/cynosure/a/"]) {
      expect(problemOf(served({ files: [file(path)] })), path).toContain("host plan 7 is refused");
      expect(problemOf(served({ disks: [{ name: "d", path, sizeBytes: 1 }] })), path).toContain("is refused");
      expect(problemOf(served({ daemons: [daemon({ prepare: [{ argv: ["x"], creates: path, timeoutMsMax: 1 }] })] })), path).toContain("is refused");
    }
    expect(problemOf(served({ disks: [{ name: "d", path: "/dev/../etc/x", sizeBytes: 1 }] }))).toContain("is refused");
  });
  it("never leads outside, whatever the path", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("..", ".", "a", "agent", "", "boot.json", "~")), (parts) => {
      const path = ["/var/lib/cynosure", ...parts].join("/");
      if (isInside(path, host.stateDir)) expect(parts.every((part) => part !== "" && part !== "." && part !== "..") && parts[0] !== "agent" && parts.length > 0).toBe(true);
    }));
  });
  it("says what is wrong with it, with its numbers", () => {
    expect(checkServedPlan(served({ surprise: 1 }), host)).toMatchObject({ ok: false, generation: 7, executorEpoch: 2, problem: expect.stringContaining("served.plan.surprise is unknown") as unknown });
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [null, /not an object/], ["text", /not an object/], [served({ hostId: "host-2" }), /it is for host-2/], [served({ clusterKey: "/other" }), /it is for host-1 of \/other/],
      [served({ generation: 0 }), /generation is not an integer/], [served({ generation: "7" }), /generation/], [served({ daemons: [daemon(), daemon()] }), /osd\.0 is in it twice/],
      [served({ daemons: [daemon({ id: "../x" })] }), /daemons\[0\]\.id/], [served({ daemons: [daemon({ argv: [] })] }), /argv is empty/], [served({ daemons: [daemon({ stopSignal: "SIGSTOP" })] }), /stopSignal is not one of/],
      [served({ daemons: [daemon({ env: { "A B": "x" } })] }), /environment/], [served({ files: [file("/var/lib/cynosure/a", 0o4755)] }), /mode/],
    ];
    for (const [value, pattern] of wrong) expect(problemOf(value)).toMatch(pattern);
  });
  it("of any other shape is refused without a crash", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(checkServedPlan(value, host).ok).toBe(false);
      expect(checkServedPlan({ executorEpoch: 1, plan: value }, host).ok).toBe(false);
    }));
  });
});
