import { describe, expect, it } from "vitest";
import { createSystemRng } from "./system-rng.ts";
import { systemClock } from "./system-clock.ts";

describe("system randomness", () => {
  it("gives a child the same values whatever its siblings drew", () => {
    const one = createSystemRng("seed");
    const two = createSystemRng("seed");
    two.next();
    two.child("host/host-1").next();
    expect(two.child("host/host-2").uuid()).toBe(one.child("host/host-2").uuid());
  });

  it("draws numbers in [0, 1) and version-4 identifiers, different each time", () => {
    const rng = createSystemRng("seed");
    const values = Array.from({ length: 200 }, () => rng.next());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(values).size).toBe(200);
    expect(rng.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(createSystemRng().uuid()).not.toBe(createSystemRng().uuid());
  });
});

describe("system clock", () => {
  it("rejects a sleep with the reason of the signal that ended it", async () => {
    const reason = new Error("control plane stops");
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});
