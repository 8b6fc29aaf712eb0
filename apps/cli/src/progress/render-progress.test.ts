import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { describeChanges } from "./plain-progress.ts";
import type { ProgressHost, ProgressState, ProgressStep } from "./progress-state.ts";
import { clip, formatElapsed, renderProgress } from "./render-progress.ts";

const step = (id: string, status: ProgressStep["status"], more: Partial<ProgressStep> = {}): ProgressStep => ({
  id,
  title: id,
  status,
  waitingOn: null,
  startedAtMs: status === "pending" ? null : 1_000,
  finishedAtMs: status === "done" ? 3_500 : null,
  error: null,
  ...more,
});

const host = (index: number, more: Partial<ProgressHost> = {}): ProgressHost => ({ hostId: `host-${index}`, state: "converged", daemonsRunning: 3, daemonsTotal: 3, activity: null, ...more });

const state = (more: Partial<ProgressState> = {}): ProgressState => ({
  title: "create proof-of-concept",
  isSimulated: false,
  nowMs: 13_200,
  startedAtMs: 0,
  hosts: [host(1), host(2, { state: "converging", daemonsRunning: 1, activity: "mkfs osd.1" }), host(3, { state: "created", daemonsRunning: 0, daemonsTotal: 0 })],
  steps: [
    step("network", "done"),
    step("start monitors on host-1", "done"),
    step("wait for a monitor quorum", "running", { waitingOn: "monitors b, c" }),
    step("start OSDs on host-2", "running", { startedAtMs: 9_000 }),
    step("create pools", "pending"),
  ],
  waitingOn: null,
  ...more,
});

describe("live progress", () => {
  it("shows hosts, running steps with their age, and what is waited for, at 80 columns", () => {
    expect(`\n${renderProgress(state(), { columns: 80 }).join("\n")}\n`).toMatchInlineSnapshot(`
      "
      create proof-of-concept                                         2/5 steps  00:13
      [###############################-------------------------------                ]
      host-1   converged     3/3
      host-2   converging    1/3  mkfs osd.1
      host-3   created
      > wait for a monitor quorum: monitors b, c                                12.2 s
      > start OSDs on host-2                                                     4.2 s
      waiting for monitors b, c
      "
    `);
  });

  it("says SIMULATED beside the title, and FAILED with the reason", () => {
    const lines = renderProgress(state({ isSimulated: true, steps: [step("create pools", "failed", { error: "3 copies need 3 hosts" })] }), { columns: 80 });
    expect(lines[0]).toContain("create proof-of-concept  SIMULATED");
    expect(lines.at(-1)).toBe("FAILED create pools: 3 copies need 3 hosts");
  });

  it("puts two hosts on a line when there are many", () => {
    const lines = renderProgress(state({ hosts: Array.from({ length: 32 }, (_, index) => host(index + 1)), steps: [] }), { columns: 80 });
    // The title, then the hosts: without steps there is no bar to draw.
    expect(lines).toHaveLength(1 + 16);
    expect(lines[1]).toBe(`host-1   converged     3/3${" ".repeat(15)}host-17  converged     3/3`);
  });

  it("is never wider than the terminal nor taller than its rows, whatever the state", () => {
    const anyStep = fc.record({ id: fc.string(), title: fc.string({ maxLength: 120 }), status: fc.constantFrom("pending", "ready", "running", "done", "failed", "canceled" as const), waitingOn: fc.option(fc.string()), startedAtMs: fc.option(fc.nat()), finishedAtMs: fc.option(fc.nat()), error: fc.option(fc.string()) });
    const anyHost = fc.record({ hostId: fc.string(), state: fc.string(), daemonsRunning: fc.nat(20), daemonsTotal: fc.nat(20), activity: fc.option(fc.string({ maxLength: 100 })) });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), fc.array(anyHost, { maxLength: 40 }), fc.integer({ min: 40, max: 200 }), fc.integer({ min: 8, max: 60 }), (steps, hosts, columns, rows) => {
        const lines = renderProgress(state({ steps, hosts }), { columns, rows });
        return lines.length < rows && lines.every((line) => line.length <= columns && !line.includes("\n"));
      }),
    );
  });

  it("keeps terminal control sequences of others out", () => {
    expect(clip("a\u001b[2Jb\nc", 80)).toBe("a [2Jb c");
    expect(clip("x".repeat(90), 80)).toHaveLength(80);
    expect(formatElapsed(3_725_000)).toBe("1:02:05");
  });
});

describe("plain progress", () => {
  it("prints one line per event and nothing twice", () => {
    const first = state({ steps: [step("create network", "running", { waitingOn: "the bridge" })] });
    const second = state({ steps: [step("create network", "done"), step("start monitors", "failed", { error: "no quorum" })] });
    expect(describeChanges(null, first)).toEqual(["00:13 waits   create network: the bridge"]);
    expect(describeChanges(first, first)).toEqual([]);
    expect(describeChanges(first, second)).toEqual(["00:13 done    create network (2.5 s)", "00:13 FAILED  start monitors: no quorum"]);
  });

  it("says SIMULATED on each line of a simulated delivery", () => {
    const lines = describeChanges(null, state({ isSimulated: true, waitingOn: "the control plane", steps: [step("a", "done")] }));
    expect(lines).toEqual(["00:13 SIMULATED done    a (2.5 s)", "00:13 SIMULATED waiting for the control plane"]);
  });
});
