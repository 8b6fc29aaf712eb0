// Pages are cut by items and by bytes, and what a page costs to measure never decides what is on it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutPage, jsonLengthMax } from "./lists.ts";

interface Row {
  readonly key: string;
  readonly text: string;
}
const page = (rows: readonly Row[], top: number) => cutPage(rows, top, ({ key }) => key, ({ text }) => Promise.resolve({ text }));
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

describe("a page", () => {
  it("is cut at what was asked for, and names the last item when there is more", async () => {
    const rows = ["a", "b", "c"].map((key) => ({ key, text: key }));
    expect(await page(rows, 2)).toEqual({ items: [{ text: "a" }, { text: "b" }], nextAfterKey: "b" });
    expect(await page(rows, 3)).toMatchObject({ nextAfterKey: null });
    expect(await page([], 3)).toEqual({ items: [], nextAfterKey: null });
  });

  it("is cut at four mebibytes of JSON exactly, wherever its long items are and whether they are escaped", async () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 100_000, max: 3_000_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ length, sign: fc.constantFrom("x", "\u0001", "ü") }), { maxLength: 8 }), async (drawn) => {
        const rows = drawn.map(({ length: count, sign }, index) => ({ key: String(index), text: sign.repeat(count) }));
        let sum = 0;
        const fitting = rows.findIndex((row, index) => {
          sum += JSON.stringify({ text: row.text }).length;
          return index > 0 && sum > PAGE_BYTES_MAX;
        });
        expect((await page(rows, 100)).items.length).toBe(fitting < 0 ? rows.length : fitting);
      }),
      { numRuns: 40 },
    );
  });

  it("is never longer than it was taken for", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), fc.double(), fc.string({ unit: "binary" }), (value, number, text) => {
      const body = { value, number, text, [text]: [number, null, true] };
      expect(jsonLengthMax(body)).toBeGreaterThanOrEqual(JSON.stringify(body).length);
    }));
  });
});
