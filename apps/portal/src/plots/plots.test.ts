// Where plots put things: axes, lines with gaps, and the longest chain of steps.
import { describe, expect, it } from "vitest";
import { axisEnd, criticalSteps, linePath } from "./scales.ts";

const area = { left: 0, top: 0, width: 100, height: 100 };

describe("an axis", () => {
  it("ends at the next round number, and has an end also for nothing", () => {
    expect([0, Number.NaN, 0.3, 1, 1.1, 4, 70, 140, 999].map(axisEnd)).toEqual([1, 1, 0.5, 1, 2, 5, 100, 200, 1000]);
  });
});

describe("a line", () => {
  it("goes up with the value and right with the time", () => {
    expect(linePath([{ atMs: 0, value: 0 }, { atMs: 10, value: 10 }], area, { fromMs: 0, toMs: 10, end: 10 }, 100)).toBe("M0.0 100.0L100.0 0.0");
  });

  it("is lifted where nothing was measured", () => {
    expect(linePath([{ atMs: 0, value: 1 }, { atMs: 50, value: 1 }, { atMs: 60, value: 1 }], area, { fromMs: 0, toMs: 100, end: 1 }, 20)).toBe("M0.0 0.0M50.0 0.0L60.0 0.0");
  });

  it("of one moment is still a place", () => {
    expect(linePath([{ atMs: 5, value: 1 }], area, { fromMs: 5, toMs: 5, end: 1 }, 20)).toBe("M0.0 0.0");
  });
});

describe("the longest chain", () => {
  const step = (id: string, expectedMs: number, ...dependsOn: readonly string[]) => ({ id, expectedMs, dependsOn });

  it("is that of the declared durations, not that of most steps", () => {
    expect([...criticalSteps([step("a", 1), step("b", 1, "a"), step("c", 1, "b"), step("long", 9, "a"), step("end", 1, "c", "long")])].sort()).toEqual(["a", "end", "long"]);
  });

  it("is nothing of no steps, and ends in a circle too", () => {
    expect(criticalSteps([]).size).toBe(0);
    expect(criticalSteps([step("a", 1, "b"), step("b", 1, "a")]).size).toBeGreaterThan(0);
  });
});
