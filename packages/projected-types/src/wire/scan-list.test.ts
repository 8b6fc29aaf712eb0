// Looking through a list finds what parsing it finds.
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanList } from "./scan-list.ts";

const WANTED = new Set(["id", "name"]);
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
        const scanned = scanList(bytes, WANTED);
        if (scanned === null) {
          expect(hasEscapedKey(rows)).toBe(true);
          return;
        }
        expect(whole(bytes, scanned)).toEqual(JSON.parse(JSON.stringify(rows)));
        expect(scanned.rows.map(({ properties }) => properties)).toEqual(rows.map((each) => JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(each).filter(([name]) => WANTED.has(name)))))));
        expect(scanned.envelope).toEqual(isBare ? null : { count: rows.length, next: null, previous: { a: [1, "}"] } });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["text under a secret's name", '[{"id":1,"password":"p"}]'],
    ["the same further in", '[{"id":1,"more":[{"secret_key":"s"}]}]'],
    ["a name that is escaped", '[{"id":1,"pass\\u0077ord":"p"}]'],
    ["bare texts", '["a","b"]'],
    ["an object that is no list", '{"id":1}'],
    ["a list that breaks off", '[{"id":1},{"id"'],
    ["something after its end", "[] []"],
    ["no JSON", "hello"],
    ["nothing", ""],
  ])("is left to the parser where it is %s", (_, text) => {
    expect(scanList(Buffer.from(text), WANTED)).toBeNull();
  });

  it("passes what only tells of a secret", () => {
    expect(scanList(Buffer.from('[{"id":1,"password":null,"access_token_lifetime":7}]'), WANTED)?.rows).toHaveLength(1);
  });
});
