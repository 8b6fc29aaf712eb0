// Exports of both engines' stored documents, and of any document at all.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCatalogue, projectedEngines } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";
import { API_VERSION, armOperationsOf, exportManifest, exportSwagger, leftOut } from "./index.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Readonly<Record<string, unknown>>[];
  readonly responses: Readonly<Record<string, { readonly schema?: unknown; readonly headers?: object }>>;
  readonly "x-cynosure-native": readonly string[];
  readonly [name: string]: unknown;
}

interface Document {
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, { readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>; readonly required?: readonly string[] }>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly "x-cynosure-left-out": readonly string[];
}

const stored = (engine: Catalogue["engine"]): unknown => JSON.parse(readFileSync(new URL(`../../projection/documents/${engine}.json`, import.meta.url), "utf8"));
const swagger = (catalogue: Catalogue): Document => exportSwagger(catalogue) as unknown as Document; // what these tests look at
const operationsOf = ({ paths }: Document): readonly Operation[] => Object.values(paths).flatMap((item) => Object.values(item));
const BELOW = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Cynosure.Storage/clusters/{clusterName}";

const catalogues = { vast: buildCatalogue("vast", stored("vast")), ceph: buildCatalogue("ceph", stored("ceph")) };
const documents = { vast: swagger(catalogues.vast), ceph: swagger(catalogues.ceph) };

function brokenReferences(document: Document): readonly string[] {
  const wanted = new Set([...JSON.stringify(document).matchAll(/"\$ref":"#\/(definitions|parameters)\/([^"]+)"/g)].map(([, where = "", name = ""]) => `${where}/${name}`));
  return [...wanted].filter((each) => {
    const [where, name = ""] = each.split("/");
    return !Object.hasOwn(where === "definitions" ? document.definitions : document.parameters, name);
  });
}

function undeclaredParameters({ paths }: Document): readonly string[] {
  return Object.entries(paths).flatMap(([path, item]) => Object.values(item).flatMap(({ operationId, parameters }) => {
    const named = [...path.slice(path.indexOf("{clusterName}")).matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => `#/parameters/${name}`);
    const declared = parameters.map((each) => String(each["$ref"])).filter((each) => each.startsWith("#/"));
    return JSON.stringify(named) === JSON.stringify(declared) ? [] : [`${operationId}: ${named.join()} but ${declared.join()}`];
  }));
}

describe.each(projectedEngines)("the exported document of %s", (engine) => {
  const [catalogue, document] = [catalogues[engine], documents[engine]];

  it("has each operation of the engine behind exactly one of ARM, but those of signing in, which it names", () => {
    const named = operationsOf(document).flatMap((operation) => operation["x-cynosure-native"]);
    const all = catalogue.operations.map(({ method, path }) => `${method} ${path}`);
    expect([...named, ...document["x-cynosure-left-out"]].toSorted()).toEqual(all.toSorted());
    expect(document["x-cynosure-left-out"]).toHaveLength({ vast: 6, ceph: 3 }[engine]);
    expect(catalogue.operations.filter(({ class: kind }) => kind === "gatewayOnly")).toEqual(leftOut(catalogue));
  });

  it("refers to nothing that it does not hold, and names each operation once", () => {
    expect(brokenReferences(document)).toEqual([]);
    expect(undeclaredParameters(document)).toEqual([]);
    const ids = operationsOf(document).map(({ operationId }) => operationId.toLowerCase());
    expect(ids).toHaveLength(armOperationsOf(catalogue).length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is the same text each time, and says of which document it is", () => {
    expect(JSON.stringify(exportSwagger(buildCatalogue(engine, stored(engine))))).toBe(JSON.stringify(document));
    expect(document.info).toMatchObject({ version: API_VERSION, "x-cynosure-document-hash": catalogue.documentHash });
  });

  it("marks every secret, and shows none", () => {
    for (const { armType, secretFields } of catalogue.types) {
      const name = armType.split("/").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
      for (const field of secretFields) expect(document.definitions[`${name}Properties`]?.properties[field], `${armType} ${field}`).toMatchObject({ "x-ms-secret": true });
    }
  });
});

describe("the exported document of VAST", () => {
  it("puts views where ARM serves them", () => {
    const views = documents.vast.paths[`${BELOW}/vastViews/{vastViewsName}`];
    expect(Object.keys(views ?? {}).toSorted()).toEqual(["delete", "get", "patch", "put"]);
    expect(views?.["put"]?.["x-cynosure-native"]).toEqual(["POST /views/"]);
    expect(documents.vast.paths[`${BELOW}/vastViews/{vastViewsName}/replace`]?.["post"]?.["x-cynosure-native"]).toEqual(["PUT /views/{id}/"]);
    expect(documents.vast.paths[`${BELOW}/vastViews/{vastViewsName}/legalHold/default`]?.["patch"]?.["x-cynosure-native"]).toEqual(["PATCH /views/{id}/legal_hold/"]);
    expect(documents.vast.paths[`${BELOW}/vastHosts/discover`]?.["post"]).toMatchObject({ operationId: "VastHosts_Discover", "x-ms-long-running-operation": true });
    expect(documents.vast.paths[`${BELOW}/vastHealth`]?.["post"]?.operationId).toBe("Engine_VastHealth");
  });

  it("says what can be set when", () => {
    const quotas = documents.vast.definitions["VastQuotasProperties"]?.properties;
    expect(quotas?.["path"]).toMatchObject({ type: "string", "x-ms-mutability": ["read", "create"] });
    expect(quotas?.["nativeId"]).toMatchObject({ readOnly: true });
    expect(documents.vast.definitions["VastUsersProperties"]?.properties["password"]).toMatchObject({ "x-ms-secret": true, "x-ms-mutability": ["create", "update"] });
    // The name stands in the URL.
    expect(documents.vast.definitions["VastSchemasProperties"]?.required ?? []).not.toContain("database_name");
  });

  it("lets long operations be followed, and answers the object of a PUT at once", () => {
    const long = operationsOf(documents.vast).filter((operation) => operation["x-ms-long-running-operation"] === true);
    expect(long.length).toBeGreaterThan(90);
    for (const { operationId, responses } of long) {
      const followed = responses["202"] ?? responses["201"];
      expect(Object.keys(followed?.headers ?? {}), operationId).toEqual(["Azure-AsyncOperation", "Location", "Retry-After"]);
    }
  });

  it("reads out of a list what the engine cannot show alone, and says so", () => {
    const issue = documents.vast.paths[`${BELOW}/vastIssues/{vastIssuesName}`]?.["get"];
    expect(issue).toMatchObject({ "x-cynosure-native": [], "x-cynosure-uses": ["GET /issues/"] });
  });
});

describe("the manifest", () => {
  it.each(projectedEngines)("has the types of %s, and each permission once", (engine) => {
    const { manifest, operations } = exportManifest(catalogues[engine]);
    expect(manifest.namespace).toBe("Cynosure.Storage");
    expect(manifest.resourceTypes.map(({ name }) => name)).toEqual(catalogues[engine].types.map(({ armType }) => `clusters/${armType}`).toSorted());
    for (const type of manifest.resourceTypes) expect(type).toMatchObject({ routingType: "ProxyOnly", endpoints: [{ apiVersions: [API_VERSION] }] });
    const wanted = new Set(catalogues[engine].operations.filter(({ armVerb }) => armVerb !== null).map(({ permission }) => permission));
    expect(operations.contents.map(({ name }) => name)).toEqual([...wanted].toSorted());
    expect(manifest.metadata).toMatchObject({ engine, documentHash: catalogues[engine].documentHash });
  });

  it("keeps the engine's internals out of every wildcard", () => {
    const { contents } = exportManifest(catalogues.vast).operations;
    expect(contents.find(({ name }) => name === "Cynosure.Storage/clusters/engineInternals/vastClusters/wipe/action")).toMatchObject({ isDataAction: true });
    expect(contents.find(({ name }) => name === "Cynosure.Storage/clusters/vastViews/read")).toMatchObject({ isDataAction: false });
    for (const { name, isDataAction } of contents) expect(isDataAction, name).toBe(name.includes("/engineInternals/"));
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,7}$/);
const path = fc.array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 1, arbitrary: word.map((name) => `{${name}}`) }), { minLength: 1, maxLength: 5 }).map((words) => `/${words.join("/")}`);
const anyDocument = fc.dictionary(path, fc.dictionary(fc.constantFrom("get", "put", "patch", "post", "delete"), fc.record({ requestBody: fc.jsonValue(), responses: fc.jsonValue() }))).map((paths) => ({ openapi: "3.0.0", paths }));

describe("any document", () => {
  it("is the same text whatever the order of its paths", () => {
    fc.assert(
      fc.property(anyDocument, ({ openapi, paths }) => {
        const turned = { openapi, paths: Object.fromEntries(Object.entries(paths).toReversed()) };
        const [one, other] = [buildCatalogue("vast", { openapi, paths }), buildCatalogue("vast", turned)];
        expect(JSON.stringify(exportSwagger(other))).toBe(JSON.stringify(exportSwagger(one)));
        expect(JSON.stringify(exportManifest(other))).toBe(JSON.stringify(exportManifest(one)));
      }),
      { numRuns: 50 },
    );
  });

  it("is exported whole, with references that lead somewhere and names that are there once", () => {
    fc.assert(
      fc.property(anyDocument, (any) => {
        const catalogue = buildCatalogue("vast", any);
        const document = swagger(catalogue);
        expect(operationsOf(document).flatMap((operation) => operation["x-cynosure-native"]).length + document["x-cynosure-left-out"].length).toBe(catalogue.operations.length);
        expect(brokenReferences(document)).toEqual([]);
        expect(undeclaredParameters(document)).toEqual([]);
      }),
    );
  });
});
