import { expect, it } from "vitest";
import { planFigures } from "./plan-figures.ts";

const step = (id: string, dependsOn: string[], startedAtMs: number, finishedAtMs: number, expectedMs = 10): Parameters<typeof planFigures>[0][number] => ({ id, dependsOn, expectedMs, startedAtMs, finishedAtMs });

it("a plan without gaps between its steps has a scheduler ratio of one", () => {
  const figures = planFigures([step("a", [], 0, 100), step("b", ["a"], 100, 150), step("c", ["a"], 100, 120)]);
  expect(figures).toMatchObject({ steps: 3, widthMeasured: 2, wallMs: 150, measuredCriticalPathMs: 150, schedulerRatio: 1, declaredCriticalPathMs: 20, declaredSumMs: 30 });
});

it("waiting between steps counts against the scheduler", () => {
  expect(planFigures([step("a", [], 0, 100), step("b", ["a"], 150, 200)]).schedulerRatio).toBeCloseTo(200 / 150);
});

it("a dependency on a step the plan does not have is an error, not a figure", () => {
  expect(() => planFigures([step("a", ["nowhere"], 0, 1)])).toThrow(/nowhere/);
});
