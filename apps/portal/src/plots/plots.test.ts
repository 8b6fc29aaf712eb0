// Ticks, scales, gaps, labels and bars: the geometry of the plots, and that what they draw can be seen in both themes.
import { webDarkTheme, webLightTheme } from "@fluentui/react-components";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOutCapacity } from "./capacity-layout.ts";
import { CHAR_WIDTH, GANTT_LABEL_ROOM, GANTT_ROW_HEIGHT, isLabelInside, layOutGantt } from "./gantt-layout.ts";
import { layOutLines, lineSummary, nearestIndex, pathOf, readingWords, segmentsOf, spreadLabels } from "./line-layout.ts";
import type { LineSeries } from "./line-layout.ts";
import { drawnTokens } from "./plot-styles.ts";
import { cutWords, plotSteps, stateCounts } from "./steps.ts";
import { niceTicks, timeTicks } from "./ticks.ts";

const points = (...pairs: readonly (readonly [atMs: number, value: number])[]) => pairs.map(([atMs, value]) => ({ atMs, value }));

describe("ticks of values", () => {
  it("are round and reach from 0 to just above the largest value", () => {
    expect(niceTicks(140, 4)).toEqual([0, 50, 100, 150]);
    expect(niceTicks(0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect([niceTicks(0, 4), niceTicks(Number.NaN, 4)].map((ticks) => ticks.at(-1))).toEqual([1, 1]);
  });

  it("are never many more than asked for, evenly apart, and hold the largest value", () => {
    fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), fc.integer({ min: 1, max: 12 }), (max, count) => {
      const ticks = niceTicks(max, count);
      const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
      expect(ticks.length).toBeLessThanOrEqual(count + 2);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-8));
      for (const [index, tick] of ticks.entries()) expect(Math.abs(tick - index * step)).toBeLessThanOrEqual(1e-9 * max);
    }));
  });
});

describe("ticks of time", () => {
  it("are round moments of the reader's clock", () => {
    expect(timeTicks(10_001, 70_000, 4)).toEqual({ stepMs: 15_000, ticks: [15_000, 30_000, 45_000, 60_000] });
    // A clock half an hour ahead: its full hour is ours and a half.
    expect(timeTicks(0, 7_200_000, 2, 1_800_000).ticks).toEqual([1_800_000, 5_400_000]);
  });

  it("lie between both ends and are at most as many as fit", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 4e10 }), fc.integer({ min: 1, max: 15 }), (from, span, count) => {
      const { ticks } = timeTicks(from, from + span, count);
      expect(ticks.length).toBeLessThanOrEqual(count);
      expect(ticks.every((tick) => tick >= from && tick <= from + span)).toBe(true);
    }));
  });
});

describe("lines", () => {
  const gapped: LineSeries = { label: "Reading", look: "solid", points: points([0, 1], [1_000, 2], [2_000, 3], [9_000, 4], [10_000, 5]) };

  it("stop where samples are missing", () => {
    expect(segmentsOf(gapped.points, 3_000).map((segment) => segment.map(({ atMs }) => atMs))).toEqual([[0, 1_000, 2_000], [9_000, 10_000]]);
    expect(segmentsOf([], 3_000)).toEqual([]);
  });

  it("stay inside the box from 0 up", () => {
    const layout = layOutLines([gapped], { left: 40, top: 10, width: 100, height: 80 });
    expect([layout.x(0), layout.x(10_000), layout.y(0), layout.y(layout.values.at(-1) ?? 0)]).toEqual([40, 140, 90, 10]);
    expect(pathOf(gapped.points.slice(0, 2), layout)).toMatch(/^M40\.0 [\d.]+L50\.0 [\d.]+$/);
  });

  it("draw one sample at the newest end, not at nowhere", () => {
    const layout = layOutLines([{ ...gapped, points: points([5, 0]) }], { left: 0, top: 0, width: 100, height: 80 });
    expect([layout.x(5), layout.y(0)]).toEqual([100, 80]);
  });

  it("are read at the sample nearest to the pointer, and say when one of them has none there", () => {
    expect([nearestIndex([0, 10, 20], 14), nearestIndex([0, 10, 20], -50), nearestIndex([], 3)]).toEqual([1, 0, -1]);
    expect(readingWords([gapped, { label: "Writing", look: "dashed", points: points([0, 123.4]) }], 1_000, "MB/s")).toMatch(/^\d\d:\d\d:01: Reading 2 MB\/s, Writing no sample$/);
  });

  it("are told in words with what is missing", () => {
    expect(lineSummary("Throughput", [gapped], "MB/s", 3_000)).toMatch(/^Throughput from .*:00 to .*:10: Reading between 1 and 5, newest 5 MB\/s, 1 gap without samples\.$/);
    expect(lineSummary("Throughput", [], "MB/s", 3_000)).toBe("Throughput: no sample yet.");
  });

  it("have labels that do not cover each other while there is room", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -50, max: 300 }), { maxLength: 6 }), (wanted) => {
      const placed = [...spreadLabels(wanted, 30, { top: 0, bottom: 200 })].sort((a, b) => a - b);
      expect(placed.every((top, index) => top >= 0 && top + 30 <= 200 && (index === 0 || top - (placed[index - 1] ?? 0) >= 30))).toBe(true);
    }));
  });
});

describe("bars of capacity", () => {
  const item = { name: "a", kind: "buckets", protection: "1 host may fail", usedBytes: 4e9, usableBytes: 8e9 };

  it("share one scale, by protection, and the raw disks end on it", () => {
    const { groups, rawX, ticks, bottom } = layOutCapacity([item, { ...item, name: "b", protection: "2 hosts may fail" }, { ...item, name: "c" }], { usedBytes: 16e9, rawBytes: 32e9 }, { left: 10, top: 0, width: 420 });
    expect(groups.map(({ title, rows }) => [title, ...rows.map(({ name }) => name)])).toEqual([["Raw disks", "All disks"], ["1 host may fail", "a", "c"], ["2 hosts may fail", "b"]]);
    const raw = groups[0]?.rows[0];
    expect(rawX).toBe(10 + (raw?.ofWidth ?? 0));
    expect((raw?.ofWidth ?? 0) / (groups[1]?.rows[0]?.ofWidth ?? 1)).toBeCloseTo(4);
    expect((raw?.usedWidth ?? 0) / (raw?.ofWidth ?? 1)).toBeCloseTo(0.5);
    const tops = groups.flatMap(({ textY, rows }) => [textY, ...rows.flatMap((row) => [row.textY, row.barTop])]);
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
    expect(Math.max(...tops)).toBeLessThan(bottom);
    expect(ticks.at(-1)?.x).toBe(430);
  });

  it("hold what is larger than the raw disks, and an empty cluster", () => {
    expect(layOutCapacity([{ ...item, usableBytes: 64e9 }], { usedBytes: 0, rawBytes: 32e9 }, { left: 0, top: 0, width: 400 }).groups[1]?.rows[0]?.ofWidth).toBeLessThanOrEqual(400);
    expect(layOutCapacity([], { usedBytes: 0, rawBytes: 0 }, { left: 0, top: 0, width: 400 }).groups[0]?.rows[0]).toMatchObject({ usedWidth: 0, ofWidth: 0 });
  });
});

describe("the Gantt", () => {
  const at = (ms: number): string => new Date(ms).toISOString();

  it("draws what runs up to now and leaves out what has not begun", () => {
    const steps = plotSteps([
      { id: "b", title: "b", status: "running", dependsOn: ["a"], startedAt: at(2_000) },
      { id: "a", title: "a", status: "done", dependsOn: [], startedAt: at(0), finishedAt: at(2_000) },
      { id: "c", title: "c", status: "pending", dependsOn: ["b"] },
    ], 4_000);
    const { bars, notBegun } = layOutGantt(steps, { left: 100, top: 0, width: 400 + GANTT_LABEL_ROOM });
    expect(bars.map(({ step, left, width }) => [step.id, left, width])).toEqual([["a", 100, 200], ["b", 300, 200]]);
    expect(notBegun).toBe(1);
    expect(stateCounts(steps)).toBe("1 running, 1 done, 1 pending");
  });

  it("says of each bar what it took, of what is not done also its state where there is room, and keeps bars, labels and rows apart and inside", () => {
    const step = fc.record({ status: fc.constantFrom("done", "failed", "canceled", "running"), startMs: fc.integer({ min: 0, max: 1e6 }), tookMs: fc.integer({ min: 0, max: 1e6 }) });
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.integer({ min: 300, max: 900 }), (raw, width) => {
      const { bars, height } = layOutGantt(raw.map(({ status, startMs, tookMs }, id) => ({ id: `${id}`, title: "t", status, dependsOn: [], startMs, endMs: startMs + tookMs })), { left: 200, top: 20, width });
      expect(height).toBe(raw.length * GANTT_ROW_HEIGHT);
      for (const [index, bar] of bars.entries()) {
        expect(bar.rowTop).toBe(20 + index * GANTT_ROW_HEIGHT);
        expect(bar.left >= 200 && bar.left + bar.width <= 200 + width + 1e-6).toBe(true);
        const labelWidth = bar.label.length * CHAR_WIDTH;
        const from = bar.labelAnchor === "end" ? bar.labelX - labelWidth : bar.labelX;
        expect(from >= 200 && from + labelWidth <= 200 + width + 1e-6).toBe(true);
        if (isLabelInside(bar)) expect(bar.width).toBeGreaterThanOrEqual(labelWidth);
        expect(bar.label).not.toBe("");
        if (bar.step.status !== "done" && width >= 450) expect(bar.label).toContain(bar.step.status);
      }
    }));
  });

  it("has titles cut to what fits", () => {
    expect([cutWords("short", 10), cutWords("much too long", 9)]).toEqual(["short", "much too…"]);
  });
});

describe("what is drawn", () => {
  const luminance = (hex: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  it.each([["light", webLightTheme], ["dark", webDarkTheme]] as const)("stands out from the ground by 3 to 1 in the %s theme", (_, theme) => {
    const ground = luminance(theme.colorNeutralBackground1);
    for (const token of drawnTokens) {
      const colour = luminance(theme[token]);
      const contrast = (Math.max(ground, colour) + 0.05) / (Math.min(ground, colour) + 0.05);
      expect({ token, isSeen: contrast >= 3 }).toEqual({ token, isSeen: true });
    }
  });
});
