import { describe, expect, it } from "vitest";
import { whole, type Amount } from "./amount.ts";
import { fewestHosts, fits, overshootAt, printLimit, verdictOf, type Limit } from "./limit.ts";

const limit = (required: Amount, available: Amount, isCeiling = false): Limit => ({ name: "width", unit: "m", isCeiling, judge: () => ({ required, available }), evidence: () => "measured", hostsAtLeast: () => 0 });
const open: Amount = { value: 3, isWhole: false };

describe("a limit", () => {
  it("takes one part in 10^9 for equal, so that decimal noise costs no host", () => {
    expect(fits(0.1 + 0.2, 0.3)).toBe(true);
    expect(fits(1 + 1e-8, 1)).toBe(false);
  });

  it("is met where nothing is required, whatever is not known of what there is", () => {
    expect(verdictOf({ required: whole(0), available: { value: Infinity, isWhole: false } })).toBe("met");
  });

  it("is not met where the known part alone is too much, else undetermined", () => {
    expect(verdictOf({ required: open, available: whole(2) })).toBe("notMet");
    expect(verdictOf({ required: open, available: whole(4) })).toBe("undetermined");
    expect(verdictOf({ required: whole(3), available: open })).toBe("undetermined");
  });

  it("prints the numbers that were compared, and none that is not known", () => {
    expect(printLimit(limit(whole(4), whole(5)), 1)).toEqual({ name: "width", unit: "m", required: 4, available: 5, slack: 0.25, verdict: "met", evidence: "measured" });
    expect(printLimit(limit(open, whole(4)), 1)).toMatchObject({ required: null, available: 4, slack: null, verdict: "undetermined" });
    expect(printLimit(limit(open, whole(2)), 1)).toMatchObject({ required: 3, available: 2, verdict: "notMet", evidence: "measured; what is known breaks it alone" });
  });

  it("turns round where little is wanted: slack is then required over available", () => {
    expect(printLimit(limit(whole(100), whole(80), true), 1)).toMatchObject({ verdict: "met", slack: 0.25 });
    expect(printLimit(limit(whole(80), whole(100), true), 1)).toMatchObject({ verdict: "notMet" });
    expect(overshootAt(limit(whole(80), whole(100), true), 1)).toBe(0.25);
  });
});

describe("the fewest hosts for a load", () => {
  it("solve load + rebuild/n = perHost (n - down)", () => {
    expect(fewestHosts({ load: 40, rebuild: 0, perHost: 10, down: 0 })).toBe(4);
    expect(fewestHosts({ load: 40, rebuild: 0, perHost: 10, down: 1 })).toBe(5);
    // 10 n (n - 1) = 40 n + 60, so n = 6: 300 = 240 + 60
    expect(fewestHosts({ load: 40, rebuild: 60, perHost: 10, down: 1 })).toBeCloseTo(6, 12);
  });

  it("are none for no load, and no number suffices without any capacity", () => {
    expect(fewestHosts({ load: 0, rebuild: 0, perHost: 0, down: 1 })).toBe(0);
    expect(fewestHosts({ load: 1, rebuild: 0, perHost: 0, down: 0 })).toBe(Infinity);
  });
});
