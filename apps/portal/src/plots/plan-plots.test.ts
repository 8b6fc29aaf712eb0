// The longest chain against every chain there is, and the layers of the graph: no overlap, no arrow backwards.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { criticalPathOf, criticalPathWords } from "./critical-path.ts";
import { layersOf, nearestNeeds } from "./graph-layers.ts";
import { layOutGraph } from "./graph-layout.ts";
import type { Box } from "./line-layout.ts";
import { hasBegun, wrapWords } from "./steps.ts";
import type { PlotStep } from "./steps.ts";

const step = (id: string, dependsOn: readonly string[], times?: readonly [startMs: number, endMs: number]): PlotStep => ({ id, title: id, status: times === undefined ? "pending" : "done", dependsOn, ...(times === undefined ? {} : { startMs: times[0], endMs: times[1] }) });

/** Plans without circles: each step waits for some of those before it, and some have not begun. */
const plans = (maxLength: number) => fc.array(fc.record({ needs: fc.array(fc.nat(), { maxLength: 3 }), startMs: fc.nat(10_000), tookMs: fc.nat(5_000), isBegun: fc.boolean() }), { maxLength }).map((raw) =>
  raw.map(({ needs, startMs, tookMs, isBegun }, index) => step(`s${index}`, index === 0 ? [] : needs.map((each) => `s${each % index}`), isBegun ? [startMs, startMs + tookMs] : undefined)));

describe("the critical path", () => {
  it("is the chain that took longest, not the one with most steps", () => {
    const path = criticalPathOf([step("a", [], [0, 1_000]), step("b", ["a"], [1_000, 9_000]), step("c", ["a"], [1_000, 2_000]), step("d", ["c"], [2_000, 3_000]), step("e", ["b", "d"], [9_500, 10_000])]);
    expect(path).toEqual({ ids: ["a", "b", "e"], lengthMs: 9_500, wallMs: 10_000 });
    expect(criticalPathWords(path, false)).toBe("The longest chain of 3 steps took 9.5 s of 10 s of wall time (95 %); 0.5 s went by outside of its steps.");
  });

  it("says nothing of what has not begun, and no share where the chain is longer than the clock", () => {
    expect(criticalPathWords(criticalPathOf([step("a", [])]), true)).toBe("No step has begun.");
    expect(criticalPathWords({ ids: ["a", "b"], lengthMs: 3_000, wallMs: 2_000 }, true)).toBe("The longest chain of 2 steps took 3.0 s of 2.0 s of wall time so far.");
  });

  it("is as long as the longest of all chains, one by one", () => {
    const longestByHand = (steps: readonly PlotStep[]): number => {
      const begun = steps.filter(hasBegun);
      const from = (each: (typeof begun)[number]): number => each.endMs - each.startMs + Math.max(0, ...begun.filter(({ dependsOn }) => dependsOn.includes(each.id)).map(from));
      return Math.max(0, ...begun.map(from));
    };
    fc.assert(fc.property(plans(11), (steps) => {
      const { ids, lengthMs } = criticalPathOf(steps);
      expect(lengthMs).toBe(longestByHand(steps));
      const byId = new Map(steps.filter(hasBegun).map((each) => [each.id, each]));
      expect(ids.reduce((sum, id) => sum + (byId.get(id)?.endMs ?? NaN) - (byId.get(id)?.startMs ?? NaN), 0)).toBe(lengthMs);
      ids.slice(1).forEach((id, index) => expect(byId.get(id)?.dependsOn).toContain(ids[index]));
    }));
  });

  it("ends for a plan that waits for itself", () => {
    expect(criticalPathOf([step("a", ["b"], [0, 1]), step("b", ["a"], [0, 1])]).ids.length).toBeGreaterThan(0);
    expect(layOutGraph([step("a", ["b"]), step("b", ["a"]), step("c", ["c"])], 800).nodes.length).toBe(3);
  });
});

describe("the graph of a plan", () => {
  const overlap = (a: Box, b: Box): boolean => a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

  it("leaves out arrows that others already say", () => {
    expect([...nearestNeeds([step("a", []), step("b", ["a"]), step("c", ["a", "b", "gone"])])]).toEqual([["a", []], ["b", ["a"]], ["c", ["b"]]]);
  });

  it("gives an arrow that passes a layer a lane of its own there", () => {
    const steps = [step("a", []), step("b", ["a"]), step("c", ["b"]), step("d", ["c"]), step("x", []), step("y", ["x", "c"]), step("z", ["x"])];
    expect(layersOf(steps, nearestNeeds(steps)).map((layer) => layer.map(({ step: each, lane }) => each?.id ?? `${lane?.from ?? ""}>${lane?.to ?? ""}`))).toEqual([["a", "x"], ["b", "z", "x>y"], ["c", "x>y"], ["d", "y"]]);
  });

  it("breaks titles between words, and keeps their ends where they differ", () => {
    expect(wrapWords("make the OSD on host-8", 14, 3)).toEqual(["make the OSD", "on host-8"]);
    expect(wrapWords("wait for the agent of a host whose name is long, host-8", 12, 2).join(" ")).toMatch(/^wait for .*….*host-8$/);
    fc.assert(fc.property(fc.string({ maxLength: 120 }), fc.integer({ min: 4, max: 30 }), (text, charsMax) => {
      const lines = wrapWords(text, charsMax, 3);
      expect(lines.length <= 3 && lines.every((line) => line.length <= charsMax)).toBe(true);
    }));
  });

  it("stands still while the steps go on", () => {
    const steps = [step("a", []), step("b", ["a"]), step("c", ["a"])];
    const places = (of: readonly PlotStep[]) => layOutGraph(of, 900).nodes.map(({ step: { id }, left, top }) => [id, left, top]);
    expect(places(steps.map((each) => ({ ...each, status: "done" as const, startMs: 0, endMs: 5 })))).toEqual(places(steps));
  });

  it("has every step once, covers nothing, and no arrow goes backwards, also with sixty steps", () => {
    fc.assert(fc.property(plans(60), fc.integer({ min: 400, max: 1400 }), (steps, width) => {
      const { nodes, edges, ...size } = layOutGraph(steps, width);
      expect(nodes.map((node) => node.step.id).sort()).toEqual(steps.map(({ id }) => id).sort());
      for (const [index, node] of nodes.entries()) {
        expect(nodes.slice(index + 1).filter((other) => overlap(node, other))).toEqual([]);
        expect(node.left >= 0 && node.top >= 0 && node.left + node.width <= size.width + 1e-6 && node.top + node.height <= size.height + 1e-6).toBe(true);
      }
      const layerOf = new Map(nodes.map((node) => [node.step.id, node.layer]));
      for (const { from, to } of edges) expect(layerOf.get(to)).toBeGreaterThan(layerOf.get(from) ?? Infinity);
    }), { numRuns: 60 });
  });
});
