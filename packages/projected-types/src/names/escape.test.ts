// Any native name as one word of a URL and back.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeName, idName, keyName, readKeyName, readName, tenantName, unescapeName } from "./escape.ts";

const anyName = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });

describe("names of native objects", () => {
  it("come back whole from one word that needs no encoding in a URL", () => {
    fc.assert(
      fc.property(anyName, (native) => {
        const name = escapeName(native);
        expect(name).toMatch(/^[A-Za-z0-9._~-]+$/);
        expect(unescapeName(name)).toBe(native.toWellFormed());
        expect(readName(name)).toEqual({ kind: "name", native: native.toWellFormed(), tenantId: null });
      }),
    );
  });

  it.each([["home", "home"], ["/a b", "~2Fa~20b"], ["id-7", "~69d-7"], ["..", "~2E."], ["ü", "~C3~BC"], ["a~b", "a~7Eb"]])("writes %j as %j", (native, name) => {
    expect(escapeName(native)).toBe(name);
  });

  it("tells ids and tenants apart from names", () => {
    expect(readName(idName("a/b"))).toEqual({ kind: "id", native: "a/b" });
    expect(readName("ID-17")).toEqual({ kind: "id", native: "17" });
    expect(readName(tenantName("home", "5"))).toEqual({ kind: "name", native: "home", tenantId: "5" });
    expect(readName("a~zz")).toBeNull();
    expect(readName("~FF")).toBeNull();
  });

  it("put several parts into one word, by their order or by their names", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(""), anyName.map((each) => each.toWellFormed())), { minLength: 3, maxLength: 3 }).filter((parts) => parts.some((part) => part !== "")), (parts) => {
        const names = ["database_name", "schema_name", "name"];
        expect(readKeyName(names, keyName(names, parts))).toEqual(parts);
      }),
    );
    expect(keyName(["path", "tenant_id"], ["/a", "1"])).toBe("~2Fa,1");
    expect(keyName(["uid", "username"], ["", "joe"])).toBe("username=joe");
    expect(readKeyName(["path", "tenant_id"], "~2Fa")).toBeNull();
    expect(readKeyName(["path", "tenant_id"], "size=1")).toBeNull();
  });
});
