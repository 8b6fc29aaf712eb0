// The hub over a store that says what a test tells it to: that it is bounded, survives its store, and rests.
import { describe, expect, it } from "vitest";
import { COALESCE_MS, ChangeHub, HEARD_MAX } from "./change-hub.ts";
import type { HubStore } from "./change-hub.ts";
import type { Change } from "./change.ts";

const group = (at: number): string => `/subscriptions/s/resourcegroups/g${at}`;

function rig(read: () => Promise<null> = () => Promise.resolve(null)) {
  const hearers = new Set<(topic: string | null) => void>();
  const errors: unknown[] = [];
  const store = {
    hearChanges: (listener: (topic: string | null) => void) => {
      hearers.add(listener);
      return () => void hearers.delete(listener);
    },
    resources: { get: read },
  } as unknown as HubStore; // what a hub asks of it here
  const hub = new ChangeHub({ store, onError: (error) => errors.push(error), coalesceMs: 1 });
  const told: (readonly Change[] | null)[] = [];
  const waiters: (() => void)[] = [];
  const stop = hub.listen((changes) => {
    told.push(changes);
    for (const each of waiters.splice(0)) each();
  });
  const next = (): Promise<void> => new Promise((resolve) => waiters.push(resolve));
  return { hub, hearers, errors, told, stop, next, say: (topic: string | null): void => hearers.forEach((each) => each(topic)) };
}

describe("the hub of changes", () => {
  it("names what is gone by its key, once however often it was heard", async () => {
    const { say, told, next } = rig();
    for (let count = 0; count < 5; count += 1) say(`resource:${group(1)}`);
    await next();
    expect(told).toEqual([[{ key: group(1), id: group(1), kind: "cluster" }]]);
  });

  it("keeps no more than so much that was heard: then everybody reads again", () => {
    const { say, told } = rig();
    for (let at = 0; at <= HEARD_MAX; at += 1) say(`resource:${group(at)}`);
    expect(told).toEqual([null]);
  });

  it("says that changes may have been missed when the store did, and when the store cannot be read", async () => {
    const { say, told, next, errors } = rig(() => Promise.reject(new Error("the database is away")));
    say(null);
    expect(told).toEqual([null]);
    say(`resource:${group(1)}`);
    await next();
    expect([told, errors.map(String)]).toEqual([[null, null], ["Error: the database is away"]]);
  });

  it("hears nothing once nobody listens, and what was heard before is not told to who comes later", async () => {
    const { hub, say, stop, hearers, told } = rig();
    say(`resource:${group(1)}`);
    stop();
    expect(hearers.size).toBe(0);
    const later: (readonly Change[] | null)[] = [];
    const heard = Promise.withResolvers<void>();
    hub.listen((changes) => {
      later.push(changes);
      heard.resolve();
    });
    say(`resource:${group(2)}`);
    await heard.promise;
    expect([later, told]).toEqual([[[{ key: group(2), id: group(2), kind: "cluster" }]], []]);
  });

  it("gathers for a quarter of a second unless told otherwise", () => {
    expect(COALESCE_MS).toBe(250);
  });
});
