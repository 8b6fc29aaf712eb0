import { describe, expect, it } from "vitest";
import { createSeededRng, createSimulatedClock } from "./index.ts";

describe("simulated clock", () => {
  it("wakes sleepers in order of time, then of arrival, and moves only when told to", async () => {
    const clock = createSimulatedClock({ startMs: 0 });
    const woken: string[] = [];
    for (const [name, ms] of [["late", 20], ["first", 10], ["second", 10]] as const) void clock.sleep(ms).then(() => woken.push(`${name}@${clock.now()}`));
    await clock.settle();
    expect(woken).toEqual([]);
    await clock.advance(15);
    expect(woken).toEqual(["first@10", "second@10"]);
    await clock.advance(15);
    expect([...woken, clock.now()]).toEqual(["first@10", "second@10", "late@20", 30]);
  });
  it("gives an aborted sleep the reason of its signal", async () => {
    const clock = createSimulatedClock();
    const controller = new AbortController();
    const sleep = clock.sleep(10, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleep).rejects.toThrow("enough");
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow("enough");
    expect(clock.sleeping).toBe(0);
  });
  it("runs work to its end without real time, and says when work waits for nothing", async () => {
    const clock = createSimulatedClock({ startMs: 0 });
    const work = async (): Promise<number> => {
      for (let k = 0; k < 100; k += 1) await clock.sleep(36_000);
      return clock.now();
    };
    expect(await clock.runUntil(work())).toBe(3_600_000);
    await expect(clock.runUntil(new Promise(() => undefined))).rejects.toThrow("does not sleep");
    await expect(clock.runUntil(clock.sleep(100), 50)).rejects.toThrow("not done after 50");
  });
});

describe("seeded random streams", () => {
  it("are the same for the same seed and label, whatever was drawn before", () => {
    const one = createSeededRng(7);
    one.next();
    one.child("a").next();
    expect(one.child("b").uuid()).toBe(createSeededRng(7).child("b").uuid());
    expect(createSeededRng(7).next()).not.toBe(createSeededRng(8).next());
  });
  it("draw evenly from 0 to below 1, and identifiers of version 4", () => {
    const rng = createSeededRng("even");
    const counts = Array.from({ length: 10 }, () => 0);
    for (let k = 0; k < 10_000; k += 1) {
      const slot = Math.floor(rng.next() * 10);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    expect(counts).toHaveLength(10);
    expect(Math.min(...counts)).toBeGreaterThan(850);
    const ids = Array.from({ length: 1_000 }, (_, k) => rng.child(`${k}`).uuid());
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(1_000);
  });
});
