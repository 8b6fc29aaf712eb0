// The work of a live client over a store in memory that fails, loses and changes as told.
import { describe, expect, it } from "vitest";
import type { Clock } from "@cynosure/model";
import { runLoad } from "./load.ts";
import type { LoadBounds } from "./load.ts";
import { Meter } from "./meter.ts";
import type { ObjectStore } from "./object-store.ts";

const bounds: LoadBounds = { objectBytes: 1_000, objectsMax: 5, pauseMs: 1 };

interface Stage {
  readonly objects: Map<string, Buffer>;
  readonly meter: Meter;
  /** Most objects that were there at once. */
  readonly most: () => number;
  readonly resets: () => number;
  /** Runs until so many objects were written. */
  run(writes: number): Promise<void>;
}

/** `disturb` is asked before each call and may throw, or change what is stored. */
function stage(disturb: (what: "prepare" | "write" | "read" | "remove", name: string, objects: Map<string, Buffer>) => void = () => undefined): Stage {
  const objects = new Map<string, Buffer>();
  const stopping = new AbortController();
  let nowMs = 0;
  let [most, resets, left] = [0, 0, Infinity];
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms, signal) => {
      nowMs += ms;
      // Lets the other hand have its turn.
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
  const store: ObjectStore = {
    prepare: async () => disturb("prepare", "", objects),
    write: async (name, bytes) => {
      disturb("write", name, objects);
      objects.set(name, Buffer.from(bytes));
      most = Math.max(most, objects.size);
      left -= 1;
      if (left <= 0) stopping.abort(new Error("enough"));
    },
    read: async (name) => {
      disturb("read", name, objects);
      return objects.get(name) ?? null;
    },
    remove: async (name) => {
      disturb("remove", name, objects);
      objects.delete(name);
    },
    clear: async () => objects.clear(),
    reset: () => void (resets += 1),
  };
  const meter = new Meter(0);
  return {
    objects,
    meter,
    most: () => most,
    resets: () => resets,
    run: (writes) => {
      left = writes;
      return runLoad({ store, meter, clock, seed: "seed", signal: stopping.signal, bounds });
    },
  };
}

describe("the work of a live client", () => {
  it("verifies what it reads, and never has more than its bound of objects there", async () => {
    const here = stage();
    await here.run(40);
    const { objectsVerified, corruptObjects, bytesRead, lastError } = here.meter.totals();
    expect(objectsVerified).toBeGreaterThan(10);
    expect([corruptObjects, lastError, bytesRead]).toEqual([0, null, objectsVerified * 1_000]);
    // The bound, the one just written, and one that is being read.
    expect(here.most()).toBeLessThanOrEqual(bounds.objectsMax + 2);
  });

  it("goes on after failures of every kind, takes another endpoint each time, and keeps the last reason", async () => {
    let calls = 0;
    const here = stage((what) => {
      calls += 1;
      if (calls % 3 === 0) throw new Error(`${what} answered 503`, { cause: new Error("connection reset") });
    });
    await here.run(30);
    expect(here.meter.totals()).toMatchObject({ corruptObjects: 0, lastError: expect.stringMatching(/answered 503 \(connection reset\)$/) });
    expect(here.meter.totals().objectsVerified).toBeGreaterThan(5);
    expect(here.resets()).toBeGreaterThan(5);
  });

  it("counts an object that differs or is gone once, each with its name, and the others as verified", async () => {
    const harmed = new Set<string>();
    const here = stage((what, name, objects) => {
      const bytes = objects.get(name);
      if (what !== "read" || bytes === undefined || harmed.size >= 2 || harmed.has(name)) return;
      harmed.add(name);
      if (harmed.size === 1) objects.set(name, Buffer.from(bytes.toReversed()));
      else objects.delete(name);
    });
    await here.run(40);
    const { corruptObjects, objectsVerified, lastError } = here.meter.totals();
    expect([corruptObjects, objectsVerified > 10]).toEqual([2, true]);
    expect(lastError).toMatch(new RegExp(`^${[...harmed][1] ?? "?"} was acknowledged and is gone$`));
  });

  it("ends when it is told to, also while nothing works", async () => {
    let tries = 0;
    const stopping = new AbortController();
    const store = stage().objects; // only to be left alone
    const broken = async (): Promise<never> => {
      tries += 1;
      if (tries === 5) stopping.abort(new Error("told to stop"));
      throw new Error("no endpoint answers");
    };
    const never: ObjectStore = { prepare: broken, write: broken, read: broken, remove: broken, clear: broken, reset: () => undefined };
    await runLoad({ store: never, meter: new Meter(0), clock: { now: () => 0, sleep: () => Promise.resolve() }, seed: "s", signal: stopping.signal, bounds });
    expect([tries, store.size]).toEqual([5, 0]);
  });
});
