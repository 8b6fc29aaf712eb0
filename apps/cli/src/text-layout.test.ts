// Nothing a stranger wrote makes a line too long or reaches the terminal as a control sequence.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitTable, plain, showNumber, wrapText } from "./text-layout.ts";

describe("text for a terminal", () => {
  it("is wrapped at words, and within words that are longer than a line; nothing is lost", () => {
    expect(wrapText("one two three", 9, "  ")).toEqual(["  one two", "  three"]);
    expect(wrapText("why: a longer text", 10, "- ", "  ")).toEqual(["- why: a", "  longer", "  text"]);
    expect(wrapText("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.integer({ min: 5, max: 80 }), (text, columns) => {
        const lines = wrapText(text, columns, "  ");
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
        expect(lines.join("").replaceAll(" ", "")).toBe(plain(text).replaceAll(" ", ""));
      }),
    );
  });

  it("is a table of the width that is given, whatever its cells hold", () => {
    expect(fitTable(["size", "hosts", "why"], [["Small", "8", "drives are too slow for this"]], { columns: 30, numbers: [1] })).toEqual(["size   hosts  why", "Small      8  drives are too", "              slow for this"]);
    const cell = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, fc.nat(1_000_000).map(String), cell, cell), { maxLength: 5 }), (rows) => {
        for (const line of fitTable(["a", "n", "b", "c"], rows, { columns: 80, indent: "  ", numbers: [1] })) expect(line.length).toBeLessThanOrEqual(80);
      }),
    );
  });

  it("has numbers with three digits and groups of three", () => {
    expect([0, 1, 0.123456, 12.345, 99.95, 150.4, 999.6, 1_234_567.8, -4_321, Infinity].map(showNumber)).toEqual(["0", "1", "0.123", "12.3", "100", "150", "1,000", "1,234,568", "-4,321", "unlimited"]);
  });
});
