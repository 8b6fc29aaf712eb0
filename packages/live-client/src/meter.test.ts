// What a live client says of itself, second by second.
import { describe, expect, it } from "vitest";
import { Meter } from "./meter.ts";

describe("a live client's meter", () => {
  it("says rates of the second alone, and totals since the start", () => {
    const meter = new Meter(0);
    meter.acknowledged("write", 3_000_000, 500);
    meter.acknowledged("read", 1_000_000, 900);
    expect(meter.second(1_000)).toMatchObject({ atMs: 1_000, readMBps: 1, writeMBps: 3 });
    meter.acknowledged("write", 1_000_000, 1_900);
    expect(meter.second(3_000)).toMatchObject({ readMBps: 0, writeMBps: 0.5 });
    expect(meter.totals()).toMatchObject({ bytesWritten: 4_000_000, bytesRead: 1_000_000, lastError: null });
  });

  it("shows a stall while it lasts, in every second of it, and keeps the longest", () => {
    const meter = new Meter(0);
    meter.acknowledged("write", 1, 100);
    expect(meter.second(1_000).longestStallMs).toBe(900);
    expect(meter.second(2_000).longestStallMs).toBe(1_900);
    meter.acknowledged("write", 1, 2_500);
    meter.acknowledged("read", 1, 2_500);
    expect(meter.second(2_600).longestStallMs).toBe(2_400);
    meter.acknowledged("write", 1, 2_700);
    meter.acknowledged("read", 1, 2_700);
    expect(meter.second(2_800).longestStallMs).toBe(200);
    expect(meter.totals().longestStallMs).toBe(2_400);
  });

  it("counts a stall of reading though writing goes on, from the first object that could be read", () => {
    const meter = new Meter(0);
    expect(meter.second(400).longestStallMs).toBe(400);
    for (const atMs of [500, 600, 700, 800, 900]) meter.acknowledged("write", 1, atMs);
    expect(meter.second(1_000).longestStallMs).toBe(500);
    for (const atMs of [1_000, 1_300, 1_600, 1_900]) meter.acknowledged("write", 1, atMs);
    expect(meter.second(2_000).longestStallMs).toBe(1_500);
  });

  it("knows for how long nothing at all was acknowledged", () => {
    const meter = new Meter(0);
    meter.acknowledged("write", 1, 100);
    meter.acknowledged("read", 1, 250);
    expect(meter.silentMs(1_000)).toBe(750);
  });
});
