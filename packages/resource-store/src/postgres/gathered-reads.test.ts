// Reads gathered in one turn, over a source that counts what it is asked.
import { describe, expect, it } from "vitest";
import { GATHERED_KEYS_MAX, GatheredReads } from "./gathered-reads.ts";

function source(): { readonly asked: (readonly string[])[]; readonly rows: Map<string, number>; readonly reads: GatheredReads<number>; failure: Error | null } {
  const asked: (readonly string[])[] = [];
  const rows = new Map<string, number>();
  const made = {
    asked,
    rows,
    failure: null as Error | null,
    reads: new GatheredReads<number>({
      read: async (keys) => {
        asked.push(keys);
        await Promise.resolve();
        if (made.failure !== null) throw made.failure;
        return new Map(keys.flatMap((key) => (rows.has(key) ? [[key, rows.get(key) ?? 0] as const] : [])));
      },
    }),
  };
  return made;
}

describe("gathered reads", () => {
  it("ask once for what is wanted in one turn, each key once, and answer null where there is no row", async () => {
    const { asked, rows, reads } = source();
    rows.set("a", 1).set("b", 2);
    expect(await Promise.all([reads.get("a"), reads.get("b"), reads.get("a"), reads.get("none")])).toEqual([1, 2, 1, null]);
    expect(asked).toEqual([["a", "b", "none"]]);
  });

  it("keep nothing: who asks later sees what has changed since", async () => {
    const { asked, rows, reads } = source();
    rows.set("a", 1);
    expect(await reads.get("a")).toBe(1);
    rows.set("a", 2);
    expect(await reads.get("a")).toBe(2);
    expect(asked).toHaveLength(2);
  });

  it("see what was written before they were asked, also while an earlier statement is on its way", async () => {
    const { rows, reads } = source();
    rows.set("a", 1);
    const early = reads.get("a");
    await new Promise<void>((resolve) => setImmediate(resolve));
    rows.set("a", 2);
    expect(await Promise.all([reads.get("a"), early])).toEqual([2, 1]);
  });

  it("fail together, and the next question is asked anew", async () => {
    const made = source();
    made.failure = new Error("away");
    const [one, other] = await Promise.allSettled([made.reads.get("a"), made.reads.get("b")]);
    expect([one.status, other.status]).toEqual(["rejected", "rejected"]);
    made.failure = null;
    made.rows.set("a", 3);
    expect(await made.reads.get("a")).toBe(3);
  });

  it("split what is more than one statement should hold", async () => {
    const { asked, reads } = source();
    await Promise.all(Array.from({ length: GATHERED_KEYS_MAX + 5 }, (_, at) => reads.get(`k${at}`)));
    expect(asked.map((keys) => keys.length).toSorted((a, b) => a - b)).toEqual([5, GATHERED_KEYS_MAX]);
  });
});
