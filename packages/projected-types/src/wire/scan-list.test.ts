// Looking through a list finds what parsing it finds.
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanList } from "./scan-list.ts";

const ASKED = { wanted: new Set(["id", "name"]), secretFields: new Set(["seed"]) };
const row = fc.dictionary(fc.oneof(fc.constantFrom("id", "name", "path", "size"), fc.string({ unit: "grapheme", maxLength: 8 })), fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>, { maxKeys: 6, noNullPrototype: true });
const isOrdinary = (rows: readonly unknown[]): boolean => !/\\|password|passwd|pwd|secret|key"|passphrase|bind|token/i.test(JSON.stringify(rows).replaceAll(/\\[nrt"]/g, ""));

const hasEscapedKey = (value: unknown): boolean => typeof value === "object" && value !== null && Object.entries(value).some(([key, inner]) => JSON.stringify(key).includes("\\") || hasEscapedKey(inner));

function whole(bytes: Buffer, scanned: NonNullable<ReturnType<typeof scanList>>): unknown[] {
  return scanned.rows.map(({ start, end }) => JSON.parse(`${bytes.subarray(start, end).toString("utf8")}}`));
}

describe("a list that is looked through", () => {
  it("has the same objects, with the properties that were asked for, bare and in an envelope, in any spacing", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.constantFrom(undefined, 1, "\t"), fc.boolean(), (rows, spacing, isBare) => {
        fc.pre(isOrdinary(rows));
        const bytes = Buffer.from(JSON.stringify(isBare ? rows : { count: rows.length, next: null, results: rows, previous: { a: [1, "}"] } }, null, spacing));
        const scanned = scanList(bytes, ASKED);
        if (scanned === null) {
          expect(hasEscapedKey(rows)).toBe(true);
          return;
        }
        expect(whole(bytes, scanned)).toEqual(JSON.parse(JSON.stringify(rows)));
        expect(scanned.rows.map(({ properties }) => properties)).toEqual(rows.map((each) => JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(each).filter(([name]) => ASKED.wanted.has(name)))))));
        expect(scanned.envelope).toEqual(isBare ? null : { count: rows.length, next: null, previous: { a: [1, "}"] } });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["text under a secret's name", '[{"id":1,"password":"p"}]'],
    ["the same further in", '[{"id":1,"more":[{"secret_key":"s"}]}]'],
    ["text under a name that is a secret of this type alone", '[{"id":1,"seed":"s"}]'],
    ["the same after objects alike", '[{"id":1,"seed":1},{"id":2,"seed":2},{"id":3,"seed":3},{"id":4,"seed":"s"}]'],
    ["text under a secret's name after objects alike", '[{"id":1,"password":null},{"id":2,"password":null},{"id":3,"password":null},{"id":4,"password":"p"}]'],
    ["a list whose objects are alike and that breaks off", '[{"id":1,"a":"x"},{"id":2,"a":"y"},{"id":3,"a":"z"},{"id":4,"a":"w'],
    ["a name that is escaped", '[{"id":1,"pass\\u0077ord":"p"}]'],
    ["bare texts", '["a","b"]'],
    ["an object that is no list", '{"id":1}'],
    ["a list that breaks off", '[{"id":1},{"id"'],
    ["something after its end", "[] []"],
    ["no JSON", "hello"],
    ["nothing", ""],
  ])("is left to the parser where it is %s", (_, text) => {
    expect(scanList(Buffer.from(text), ASKED)).toBeNull();
  });

  it("has the same objects where they are alike, whichever of their values differ", () => {
    const value = fc.oneof(fc.constantFrom("same", "", "a\"b", "ü", "1"), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(null, true, false));
    const alike = fc.record({ id: fc.integer(), name: value, path: value, size: fc.record({ used: value, list: fc.array(value, { maxLength: 2 }) }) });
    fc.assert(
      fc.property(fc.array(alike, { minLength: 3, maxLength: 30 }), fc.constantFrom(undefined, 1), (rows, spacing) => {
        const bytes = Buffer.from(JSON.stringify(rows, null, spacing));
        const scanned = scanList(bytes, ASKED);
        const told = JSON.parse(bytes.toString("utf8")) as readonly { readonly id: number; readonly name: unknown }[]; // what was just written
        if (scanned === null) throw new Error("nothing in it is out of the ordinary");
        expect(whole(bytes, scanned)).toEqual(told);
        expect(scanned.rows.map(({ properties }) => properties)).toEqual(told.map(({ id, name }) => ({ id, name })));
      }),
      { numRuns: 300 },
    );
  });

  it("says which of its objects are empty, also where all are", () => {
    expect(scanList(Buffer.from("[{},{},{}, { } ]"), ASKED)?.rows.map(({ isEmpty }) => isEmpty)).toEqual([true, true, true, true]);
    expect(scanList(Buffer.from('[{"id":1},{},{"id":1},{}]'), ASKED)?.rows.map(({ isEmpty }) => isEmpty)).toEqual([false, true, false, true]);
  });

  it("passes what only tells of a secret", () => {
    expect(scanList(Buffer.from('[{"id":1,"password":null,"access_token_lifetime":7}]'), ASKED)?.rows).toHaveLength(1);
  });
});
