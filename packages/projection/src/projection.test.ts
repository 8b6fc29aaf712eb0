// The projection held against two engines' documents, and against any document at all.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCatalogue, documentHash, factsOf, findOperation, parityTotals, vastOverrides } from "./index.ts";
import type { ApiDocument, Catalogue, CatalogueOperation } from "./index.ts";

const stored = (engine: "vast" | "ceph"): unknown => JSON.parse(readFileSync(join(import.meta.dirname, "..", "documents", `${engine}.json`), "utf8"));
const vast = buildCatalogue("vast", stored("vast"));
const ceph = buildCatalogue("ceph", stored("ceph"));

const at = (catalogue: Catalogue, method: string, path: string): CatalogueOperation => {
  const found = catalogue.operations.find((operation) => operation.method === method && operation.path === path);
  if (found === undefined) throw new Error(`the document has no ${method} ${path}`);
  return found;
};
const typeOf = (catalogue: Catalogue, armType: string) => {
  const found = catalogue.types.find((type) => type.armType === armType);
  if (found === undefined) throw new Error(`no type ${armType}`);
  return found;
};

describe("the documents of both engines", () => {
  it("leave no operation without a place, and none to the last resort", () => {
    expect(parityTotals(vast)).toMatchObject({ operations: 772, unmapped: 0, fallback: 0, classes: { typed: 419, action: 272, keyed: 67, transfer: 8, gatewayOnly: 6, unmapped: 0 } });
    expect(parityTotals(ceph)).toMatchObject({ operations: 278, unmapped: 0, fallback: 0, classes: { gatewayOnly: 3, unmapped: 0 } });
  });

  it.each([["vast", vast] as const, ["ceph", ceph] as const])("give each place of %s to one operation, written with its last slash or without", (_engine, catalogue) => {
    const places = new Map<string, string>();
    for (const { armType, armVerb, action, actionOn, method, path } of catalogue.operations) {
      if (armVerb === null) continue;
      const place = `${armType ?? ""} ${armVerb} ${actionOn ?? ""} ${action ?? ""}`;
      const operation = `${method} ${path.replace(/\/$/, "")}`;
      expect(places.get(place) ?? operation, place).toBe(operation);
      places.set(place, operation);
    }
  });

  it("name every type after its engine", () => {
    for (const catalogue of [vast, ceph]) for (const { armType } of catalogue.types) expect(armType).toMatch(new RegExp(`^${catalogue.engine}[A-Z0-9]`));
  });

  it("put what is dangerous or hands out secrets below a permission of its own", () => {
    const apart = vast.operations.filter(({ permission }) => permission.startsWith("Cynosure.Storage/clusters/engineInternals/"));
    expect(apart.filter(({ danger }) => danger !== "none").length).toBe(vast.operations.filter(({ danger }) => danger !== "none").length);
    expect(at(vast, "POST", "/clusters/wipe/")).toMatchObject({ danger: "destructive", permission: "Cynosure.Storage/clusters/engineInternals/vastClusters/wipe/action" });
    expect(at(vast, "GET", "/iamroles/{id}/credentials")).toMatchObject({ hasSideEffects: true, permission: "Cynosure.Storage/clusters/engineInternals/vastIamroles/credentials/action" });
    expect(Object.keys(vastOverrides.danger).filter((id) => !vast.operations.some((operation) => `${operation.method} ${operation.path.replace(/\{[^}]*\}/g, "{}").replace(/^\/|\/$/g, "")}` === id)), "overrides of nothing").toEqual([]);
  });
});

describe("where an operation goes", () => {
  it.each([
    ["GET", "/views/", { class: "typed", armType: "vastViews", armVerb: "list", permission: "Cynosure.Storage/clusters/vastViews/read" }],
    ["POST", "/views/", { class: "typed", armVerb: "create", permission: "Cynosure.Storage/clusters/vastViews/write" }],
    ["PUT", "/views/{id}/", { class: "typed", armVerb: "replace" }],
    ["DELETE", "/views/{id}/", { class: "typed", armVerb: "delete", permission: "Cynosure.Storage/clusters/vastViews/delete" }],
    ["PATCH", "/views/{id}/legal_hold/", { class: "typed", armType: "vastViews/legalHold", armVerb: "update" }],
    ["GET", "/computeclusters/{id}/tenants/{tenant_id}/", { class: "typed", armType: "vastComputeclusters/tenants", armVerb: "get" }],
    ["PATCH", "/vtasks/{id}/retry/", { class: "action", armType: "vastVtasks", action: "retry", actionOn: "item" }],
    ["GET", "/hosts/discover", { class: "action", armType: "vastHosts", action: "discover", actionOn: "collection", isAsynchronous: true, hasSideEffects: true }],
    ["GET", "/capacity/", { class: "action", armType: null, action: "vastCapacity", actionOn: "cluster", permission: "Cynosure.Storage/clusters/vastCapacity/action" }],
    ["GET", "/tables/show/", { class: "keyed", armType: "vastTables", armVerb: "get", key: { parts: ["database_name", "schema_name", "name"], sentIn: "body" } }],
    ["PATCH", "/tables/add_columns/", { class: "keyed", armVerb: "action", action: "addColumns" }],
    ["PUT", "/kerberos/{id}/keytab/", { class: "transfer", bodyKind: "multipart" }],
    ["GET", "/supportbundles/{id}/download/", { class: "transfer", action: "download" }],
    ["POST", "/token/", { class: "gatewayOnly", armType: null }],
    ["PATCH", "/virtual-machines/expand", { class: "action", armType: "vastVirtualMachines", action: "expand" }],
  ] as const)("VAST: %s %s", (method, path, expected) => {
    expect(at(vast, method, path)).toMatchObject(expected);
  });

  it.each([
    ["GET", "/api/pool", { class: "typed", armType: "cephPool", armVerb: "list" }],
    ["PUT", "/api/pool/{pool_name}", { class: "typed", armType: "cephPool", armVerb: "replace" }],
    ["POST", "/api/rgw/bucket", { class: "typed", armType: "cephRgwBucket", armVerb: "create" }],
    ["PUT", "/api/osd/{svc_id}/mark", { class: "action", armType: "cephOsd", action: "mark" }],
    ["GET", "/api/osd/flags", { class: "typed", armType: "cephOsdFlags", armVerb: "get" }],
    ["POST", "/api/auth", { class: "gatewayOnly" }],
  ] as const)("Ceph: %s %s", (method, path, expected) => {
    expect(at(ceph, method, path)).toMatchObject(expected);
  });
});

describe("a projected type", () => {
  it("knows what can be changed when", () => {
    const quotas = typeOf(vast, "vastQuotas");
    expect(quotas).toMatchObject({ naming: "name", idField: "id", nameField: "name", isTenantScoped: true });
    expect(quotas.createOnlyFields).toEqual(expect.arrayContaining(["path", "tenant_id", "is_physical_quota"]));
    expect(typeOf(vast, "vastUsers").secretFields).toContain("password");
    expect(typeOf(vast, "vastDnodes").commandFields).toEqual(expect.arrayContaining(["power_on", "power_off", "replace"]));
  });

  it("is named by what the engine names it by", () => {
    expect(typeOf(vast, "vastLicenses").naming).toBe("alias");
    expect(typeOf(vast, "vastFans").naming).toBe("id");
    expect(typeOf(vast, "vastViews/legalHold").naming).toBe("singleton");
    expect(typeOf(ceph, "cephPool")).toMatchObject({ naming: "name", idField: "pool_name" });
  });
});

describe("finding the operation of a request", () => {
  it("takes both slash forms, and words before parameters", () => {
    expect(findOperation(vast, "GET", ["views", "7"])).toMatchObject({ operation: { path: "/views/{id}/" }, params: { id: "7" } });
    expect(findOperation(vast, "GET", ["hosts", "discover"])?.operation.path).toBe("/hosts/discover");
    expect(findOperation(vast, "GET", ["hosts", "discovered"])).toMatchObject({ operation: { path: "/hosts/{id}/" }, params: { id: "discovered" } });
  });

  it("finds nothing where the document has nothing", () => {
    expect(findOperation(vast, "DELETE", ["dashboard", "status"])).toBeNull();
    expect(findOperation(vast, "GET", [])).toBeNull();
  });

  it("finds each operation under its own path", () => {
    for (const catalogue of [vast, ceph]) {
      for (const operation of catalogue.operations) {
        const words = operation.path.split("/").filter((word) => word !== "").map((word) => word.replace(/^\{.*\}$/, "x-1"));
        const found = findOperation(catalogue, operation.method, words)?.operation;
        expect(`${found?.method ?? ""} ${found?.path.replace(/\/$/, "") ?? ""}`).toBe(`${operation.method} ${operation.path.replace(/\/$/, "")}`);
      }
    }
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,7}$/);
const path = fc.array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 1, arbitrary: word.map((name) => `{${name}}`) }), { minLength: 0, maxLength: 5 }).map((words) => `/${words.join("/")}`);
const anyDocument = fc.dictionary(path, fc.dictionary(fc.constantFrom("get", "put", "patch", "post", "delete"), fc.oneof(fc.jsonValue(), fc.record({ parameters: fc.jsonValue(), requestBody: fc.jsonValue(), responses: fc.jsonValue() })))).map((paths) => ({ openapi: "3.0.0", paths }));

describe("any document", () => {
  it("has each of its operations in its catalogue exactly once, and says the same of it each time", () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const catalogue = buildCatalogue("vast", document);
        const wanted = Object.entries(document.paths).flatMap(([at_, item]) => Object.entries(item).filter(([, operation]) => typeof operation === "object" && operation !== null && !Array.isArray(operation)).map(([method]) => `${method.toUpperCase()} ${at_}`));
        expect(catalogue.operations.map(({ method, path: at_ }) => `${method} ${at_}`).toSorted()).toEqual(wanted.toSorted());
        expect(buildCatalogue("vast", factsOf(document))).toEqual(catalogue);
        for (const operation of catalogue.operations) expect(operation.armVerb === "action", JSON.stringify(operation)).toBe(operation.action !== null);
      }),
    );
  });

  it("keeps its hash whatever the order of its paths", () => {
    const facts = stored("ceph") as ApiDocument; // the shape the tool writes
    expect(documentHash({ facts: 1, operations: facts.operations.toReversed() })).toBe(documentHash(facts));
    const [first, ...rest] = facts.operations;
    if (first === undefined) throw new Error("an empty document");
    expect(documentHash({ facts: 1, operations: [{ ...first, path: `${first.path}/x` }, ...rest] })).not.toBe(documentHash(facts));
  });

  it("is refused with a reason when it is none", () => {
    expect(() => buildCatalogue("vast", { swagger: "2.0" })).toThrow(/no `paths`/);
    expect(() => buildCatalogue("vast", null)).toThrow(/OpenAPI/);
  });
});
