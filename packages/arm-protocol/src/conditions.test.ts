// The conditional-request table (§10) cell by cell, and merge patch (A1).
import { describe, expect, it } from "vitest";
import { decideWrite, formatEtag, isNotModified, parseWriteCondition } from "./etag.ts";
import { isSameJson, mergePatch, patchResource } from "./merge-patch.ts";
import { stampSystemData } from "./system-data.ts";

const cells = [
  ["PUT", {}, "proceed", "proceed"],
  ["PUT", { ifMatch: "*" }, "preconditionFailed", "proceed"],
  ["PUT", { ifMatch: '"x"' }, "preconditionFailed", "proceed"],
  ["PUT", { ifMatch: '"y"' }, "preconditionFailed", "preconditionFailed"],
  ["PUT", { ifNoneMatch: "*" }, "proceed", "preconditionFailed"],
  ["PATCH", {}, "notFound", "proceed"],
  ["PATCH", { ifMatch: "*" }, "notFound", "proceed"],
  ["PATCH", { ifMatch: 'W/"x"' }, "notFound", "proceed"],
  ["PATCH", { ifMatch: '"y"' }, "notFound", "preconditionFailed"],
  ["DELETE", {}, "nothingToDelete", "proceed"],
  ["DELETE", { ifMatch: "*" }, "nothingToDelete", "proceed"],
  ["DELETE", { ifMatch: '"x"' }, "nothingToDelete", "proceed"],
  ["DELETE", { ifMatch: '"y"' }, "nothingToDelete", "preconditionFailed"],
  ["PUT", { ifMatch: "  " }, "proceed", "proceed"],
] as const;

describe("conditional requests", () => {
  it.each(cells)("§10: %s with %j on an absent resource is %s, on an existing one %s", (method, headers, absent, existing) => {
    const condition = parseWriteCondition(headers);
    expect(decideWrite(method, condition, null)).toBe(absent);
    expect(decideWrite(method, condition, "x")).toBe(existing);
  });

  it("a GET is not modified only for the tag it names", () => {
    expect(isNotModified('"x"', "x")).toBe(true);
    expect(isNotModified("*", "x")).toBe(true);
    expect(isNotModified('"y"', "x")).toBe(false);
    expect(isNotModified(undefined, "x")).toBe(false);
    expect(formatEtag("x")).toBe('"x"');
    expect(formatEtag('"x"')).toBe('"x"');
  });
});

describe("merge patch", () => {
  it("A1: null removes, objects merge, everything else replaces", () => {
    expect(mergePatch({ a: 1, b: { c: 2, d: 3 }, e: [1] }, { a: null, b: { c: 4 }, e: [2, 3] })).toEqual({ b: { c: 4, d: 3 }, e: [2, 3] });
  });
  it("A1: tags are replaced whole", () => {
    expect(patchResource({ tags: { a: "1", b: "2" }, properties: { x: 1 } }, { tags: { a: "9" } })).toEqual({ tags: { a: "9" }, properties: { x: 1 } });
    expect(patchResource({ tags: { a: "1" } }, { tags: null })).toEqual({ tags: {} });
  });
  it("a member named __proto__ changes no prototype", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(Object.keys(merged as object)).toEqual(["__proto__"]);
  });
  it("L11: JSON equality ignores the order of members and absent ones", () => {
    expect(isSameJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1, d: undefined })).toBe(true);
    expect(isSameJson([1, 2], [2, 1])).toBe(false);
    expect(isSameJson({ a: null }, {})).toBe(false);
    expect(isSameJson([], {})).toBe(false);
  });
});

describe("systemData", () => {
  it("§9: creation stays, modification follows", () => {
    const created = stampSystemData(null, "ada", "User", "2026-12-01T00:00:00Z");
    const changed = stampSystemData(created, "bob", "Application", "2026-12-02T00:00:00Z");
    expect(changed).toEqual({ ...created, lastModifiedBy: "bob", lastModifiedByType: "Application", lastModifiedAt: "2026-12-02T00:00:00Z" });
  });
});
