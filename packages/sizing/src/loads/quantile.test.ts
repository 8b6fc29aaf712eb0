import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantileOfSum, type OnOffLoad } from "./quantile.ts";

const load = (value: number, dutyFraction: number): OnOffLoad => ({ load: value, dutyFraction });

describe("what independent loads do not exceed with a stated confidence", () => {
  it("is computed from the chance of every combination", () => {
    // Two loads of 10 and 30, each on for a tenth of the time: neither 0.81, the 10 alone 0.09, the 30 alone 0.09, both 0.01.
    const loads = [load(10, 0.1), load(30, 0.1)];
    expect(quantileOfSum(loads, 0.81)).toBe(0);
    expect(quantileOfSum(loads, 0.82)).toBe(10); // 0.81 + 0.09 = 0.90
    expect(quantileOfSum(loads, 0.9)).toBe(10);
    expect(quantileOfSum(loads, 0.95)).toBe(30); // 0.99
    expect(quantileOfSum(loads, 0.99)).toBe(30); // 0.81 + 0.09 + 0.09, whatever floating point makes of it
    expect(quantileOfSum(loads, 0.995)).toBe(40);
  });

  it("is the sum when all are always on, and nothing when none ever is", () => {
    expect(quantileOfSum([load(10, 1), load(30, 1)], 0.5)).toBe(40);
    expect(quantileOfSum([load(10, 0), load(30, 0)], 0.99999)).toBe(0);
    expect(quantileOfSum([], 0.99)).toBe(0);
  });

  it("is never above the sum, and never falls when confidence or a load grows", () => {
    const loads = fc.array(fc.record({ load: fc.integer({ min: 0, max: 50 }), dutyFraction: fc.constantFrom(0, 0.1, 0.25, 0.5, 1) }), { maxLength: 6 });
    fc.assert(
      fc.property(loads, fc.constantFrom(0.5, 0.9, 0.99), fc.integer({ min: 1, max: 20 }), (some, confidence, more) => {
        const quantile = quantileOfSum(some, confidence);
        expect(quantile).toBeLessThanOrEqual(some.reduce((sum, each) => sum + each.load, 0));
        expect(quantileOfSum(some, 0.99999)).toBeGreaterThanOrEqual(quantile);
        expect(quantileOfSum([...some.slice(1), load((some[0]?.load ?? 0) + more, some[0]?.dutyFraction ?? 1)], confidence)).toBeGreaterThanOrEqual(quantile);
      }),
    );
  });
});
