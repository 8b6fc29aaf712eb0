// The rule of the soak proves itself first: leaks planted in made-up series are found, and what only looks like one is not.
import { expect, it } from "vitest";
import { judgeSeries } from "./rules.ts";
import { judgeGrowth, type Sample } from "./verdict.ts";

const rule = { shareMax: 0.1, jitterMax: 1 };
const MINUTES = 30;
const EVERY_SECONDS = 5;

const series = (valueAt: (seconds: number) => number): Sample[] =>
  Array.from({ length: (MINUTES * 60) / EVERY_SECONDS }, (_, index) => ({ atSeconds: index * EVERY_SECONDS, value: valueAt(index * EVERY_SECONDS) }));

/** Same noise in every run. */
const noise = (seconds: number, by: number): number => ((Math.sin(seconds * 12.9898) * 43_758.5453) % 1) * by;
const hasWarmedUp = (seconds: number): number => 1 - Math.exp(-seconds / 120);

it("a level that warms up, then only varies, is flat", () => {
  expect(judgeGrowth(series((at) => 80 + 60 * hasWarmedUp(at) + noise(at, 10)), rule)).toMatchObject({ isFlat: true });
});

it("a leak of a fifth per run is found under the noise", () => {
  const verdict = judgeGrowth(series((at) => 150 + (at / (MINUTES * 60)) * 0.3 * 150 + noise(at, 10)), rule);
  expect(verdict.isFlat).toBe(false);
  expect(verdict.growth).toBeGreaterThan(20);
});

it("a sawtooth is not a leak, wherever the run happens to end", () => {
  for (const periodSeconds of [20, 45, 90, 110]) expect(judgeGrowth(series((at) => 100 + ((at % periodSeconds) / periodSeconds) * 80), rule), `period ${periodSeconds} s`).toMatchObject({ isFlat: true });
});

it("a sawtooth whose floor rises is a leak", () => {
  expect(judgeGrowth(series((at) => 100 + ((at % 60) / 60) * 80 + (at / (MINUTES * 60)) * 40), rule)).toMatchObject({ isFlat: false });
});

it("a leak in steps is found, and one step down is none", () => {
  expect(judgeGrowth(series((at) => 100 + 8 * Math.floor(at / 300)), rule)).toMatchObject({ isFlat: false });
  expect(judgeGrowth(series((at) => (at < 1_000 ? 120 : 100)), rule)).toMatchObject({ isFlat: true });
});

it("one descriptor lost every other minute is found, and one more or less now and then is not", () => {
  const ofDescriptors = { shareMax: 0, jitterMax: 2 };
  expect(judgeGrowth(series((at) => 40 + Math.floor(at / 120)), ofDescriptors)).toMatchObject({ isFlat: false });
  expect(judgeGrowth(series((at) => 40 + (Math.floor(at / 35) % 4 === 0 ? 3 : 0)), ofDescriptors)).toMatchObject({ isFlat: true });
});

it("what is always nothing is flat, and one left behind for good at every hundredth second is not", () => {
  const nothing = { shareMax: 0, jitterMax: 0 };
  expect(judgeGrowth(series(() => 0), nothing)).toMatchObject({ isFlat: true, growth: 0 });
  expect(judgeGrowth(series((at) => Math.floor(at / 100)), nothing)).toMatchObject({ isFlat: false });
});

it("refuses to judge what is too short", () => {
  expect(() => judgeGrowth(series(() => 1).slice(0, 20), rule)).toThrow(/too few/);
});

it("a table nobody named must be flat too, and what is kept up to a count must keep to it", () => {
  expect(judgeSeries("rows cynosure.new_table", series((at) => at))).toMatchObject({ isFlat: false });
  expect(judgeSeries("rows cynosure.plans", series((at) => Math.min(200, at)))).toMatchObject({ isFlat: true });
  expect(judgeSeries("rows cynosure.plans", series((at) => at))).toMatchObject({ isFlat: false });
  expect(judgeSeries("rows cynosure.audit", series((at) => at))).toMatchObject({ isFlat: true, why: "meant to grow" });
});

it("workflow rows may follow the work of the last minutes, and one kept too long is found", () => {
  expect(judgeSeries("rows dbos.workflow_status", series((at) => (at < 1_200 ? 600 : 2_600)))).toMatchObject({ isFlat: true });
  expect(judgeSeries("ended workflows kept too long", series(() => 0))).toMatchObject({ isFlat: true });
  expect(judgeSeries("ended workflows kept too long", series((at) => (at === 900 ? 1 : 0)))).toMatchObject({ isFlat: false });
});

it("what settles after some minutes is judged once the warm-up is as long, and not before", () => {
  expect(judgeSeries("database MiB", series((at) => at / 20))).toMatchObject({ isFlat: false });
  expect(judgeSeries("database MiB", series((at) => at / 20).slice(0, 60)).why).toContain("not judged");
});

it("memory may still fill its caches in a short run, and a leak shows even there", () => {
  const short = (valueAt: (seconds: number) => number): Sample[] => Array.from({ length: 180 }, (_, at) => ({ atSeconds: at, value: valueAt(at) }));
  expect(judgeSeries("control plane RSS MiB", short((at) => 130 + at / 6))).toMatchObject({ isFlat: true });
  expect(judgeSeries("control plane RSS MiB", short((at) => 130 + at))).toMatchObject({ isFlat: false });
  expect(judgeSeries("control plane RSS MiB", series((at) => 130 + at / 40))).toMatchObject({ isFlat: false });
});
