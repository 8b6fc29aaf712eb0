// Headers as anybody might write them: what is read from them is good to store and to answer, or is not there.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readManagedIdentity, readPrincipal, readPublicUrl, readSystemData } from "./arm-headers.ts";

const text = fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.constantFrom("", " ", "https://", "https://a:b@c/", "//x/y", "javascript:1", "https://h", "https://h/?", "https://h/a#b"));

describe("headers of the front door", () => {
  it("H7: whatever the referer is, links get an http origin without credentials, and the path that was asked for is not lost", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("/a?api-version=2026-12-01", "/a"), (referer, asked) => {
        const url = readPublicUrl({ referer }, asked);
        if (url === undefined) return;
        const parsed = new URL(url);
        expect(parsed.protocol).toMatch(/^https?:$/);
        expect([parsed.username, parsed.password, parsed.hash]).toEqual(["", "", ""]);
        if (asked.includes("?")) expect(url).toContain("?");
      }),
      { numRuns: 2000 },
    );
  });

  it("H9: whatever systemData is, what is read of it has the members of systemData, times that are times and text that can be stored", () => {
    const member = fc.oneof(text, fc.constantFrom("2026-11-30T10:00:00.1234567Z", "2026-11-30T10:00:00+01:00", "Mon, 30 Nov 2026 10:00:00 GMT", "2026", "2026-13-01T00:00:00Z"), fc.integer(), fc.constant(null));
    const names = fc.constantFrom("createdBy", "CreatedBy", "createdByType", "createdAt", "lastModifiedBy", "lastModifiedByType", "lastModifiedAt", "__proto__", "other");
    const value = fc.oneof(fc.dictionary(names, member), fc.anything());
    fc.assert(
      fc.property(value, (said) => {
        const stamp = readSystemData({ "x-ms-arm-resource-system-data": JSON.stringify(said) ?? "" });
        for (const [name, kept] of Object.entries(stamp ?? {})) {
          expect(name).toMatch(/^(created|lastModified)(By|ByType|At)$/);
          expect([String(kept).isWellFormed(), String(kept).includes("\u0000")]).toEqual([true, false]);
          if (name.endsWith("At")) expect(new Date(String(kept)).toISOString()).toMatch(/^\d{4}-/);
        }
      }),
      { numRuns: 2000 },
    );
    expect(readSystemData({ "x-ms-arm-resource-system-data": '{"createdBy":"a\\u0000b","createdAt":"Mon, 30 Nov 2026 10:00:00 GMT","lastModifiedBy":"c"}' })).toEqual({ lastModifiedBy: "c" });
  });

  it("H8, H10: without any header there is no principal and no identity", () => {
    expect([readPrincipal({}), readManagedIdentity({}), readSystemData({}), readPublicUrl({}, "/a")]).toEqual([null, undefined, undefined, undefined]);
    expect(readPrincipal({ "x-ms-client-tenant-id": "t" })).toBeNull();
    expect(readManagedIdentity({ "x-ms-home-tenant-id": "t" })).toBeUndefined();
  });
});
