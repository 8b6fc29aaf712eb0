// Words below a cluster, found in the catalogue of the stored documents.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CREATE_ACTION, DELETE_ACTION, REPLACE_ACTION, buildCatalogue } from "@cynosure/projection";
import { intentOf } from "../intent.ts";
import { fillPath, idNames, parameterGroups } from "./native-path.ts";
import { findType, operationOf, placeOf } from "./place.ts";

const catalogueOf = (engine: "vast" | "ceph") => buildCatalogue(engine, JSON.parse(readFileSync(new URL(import.meta.resolve(`@cynosure/projection/documents/${engine}.json`)), "utf8")));
const [vast, ceph] = [catalogueOf("vast"), catalogueOf("ceph")];

describe("places", () => {
  it("are pairs of type and name in any casing, and an action at the end of a POST", () => {
    expect(placeOf(vast, "GET", ["VASTVIEWS"])).toMatchObject({ kind: "collection", type: { armType: "vastViews" } });
    expect(placeOf(vast, "GET", ["vastusers", "joe", "accesskeys", "k"])).toMatchObject({ kind: "item", name: "k", type: { armType: "vastUsers/accessKeys" }, parents: [{ armType: "vastUsers", name: "joe" }] });
    expect(placeOf(vast, "POST", ["vastSnapshots", "s", "clone"])).toMatchObject({ kind: "action", name: "s", operation: { method: "POST", path: "/snapshots/{id}/clone/" } });
    expect(placeOf(vast, "PUT", ["vastViews"])).toMatchObject({ kind: "unknown", what: "method" });
    expect(placeOf(vast, "GET", ["vastNothing", "x"])).toMatchObject({ kind: "unknown", what: "type" });
    expect(placeOf(vast, "POST", ["vastViews", "x", "fly"])).toMatchObject({ kind: "unknown", what: "action" });
  });

  it.each([["vast", vast], ["ceph", ceph]] as const)("of %s: every operation that ARM has is found again by the words it is reached under", (_, catalogue) => {
    const lost = catalogue.operations.filter((operation) => {
      const { armType, armVerb, action, actionOn, path } = operation;
      if (operation.class === "gatewayOnly") return false;
      const isTwin = !path.endsWith("/") && catalogue.operations.some((other) => other.method === operation.method && other.path === `${path}/`);
      if (armVerb !== "action") {
        const type = armType === null ? undefined : findType(catalogue, armType);
        return !isTwin && (type === undefined || armVerb === null || operationOf(catalogue, type, armVerb) !== operation);
      }
      const types = armType?.split("/") ?? [];
      const words = [...types.flatMap((type, at) => (at === types.length - 1 && actionOn === "collection" ? [type] : [type, `n${at}`])), action ?? ""];
      const place = placeOf(catalogue, "POST", words);
      return !isTwin && (place.kind !== "action" || place.operation !== operation);
    });
    expect(lost.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    const isOurs = ({ action, actionOn }: { readonly action: string | null; readonly actionOn: string | null }): boolean => (action === CREATE_ACTION ? actionOn === "collection" : actionOn === "item" && (action === DELETE_ACTION || action === REPLACE_ACTION));
    expect(catalogue.operations.filter(isOurs).map(({ path }) => path)).toEqual([]);
  });

  it("fill native paths level by level, parameters in a row together", () => {
    expect(parameterGroups("/api/export/{cluster_id}/{export_id}/x/{id}")).toEqual([["cluster_id", "export_id"], ["id"]]);
    expect(fillPath("/users/{id}/keys/{key}/", [["1"], ["a/b"]])).toBe("/users/1/keys/a%2Fb/");
    expect(fillPath("/api/export/{cluster_id}/{export_id}", [["c"]])).toBeNull();
    expect(idNames(findType(ceph, "cephNfsGaneshaExport")!)).toEqual(["cluster_id", "export_id"]);
  });
});

describe("rights", () => {
  it("are those of the catalogue, and the same kind where it has no such thing", () => {
    expect(intentOf(vast, { method: "GET", words: ["vastViews", "v"] })).toEqual({ permissions: ["Cynosure.Storage/clusters/vastViews/read"], isWrite: false });
    expect(intentOf(vast, { method: "PUT", words: ["vastViews", "v"] })).toEqual({ permissions: ["Cynosure.Storage/clusters/vastViews/write"], isWrite: true });
    expect(intentOf(vast, { method: "POST", words: ["vastClusters", "c", "rpc"] }).permissions[0]).toMatch(/engineInternals/);
    expect(intentOf(vast, { method: "GET", words: ["vastNothing", "v"] })).toEqual({ permissions: ["Cynosure.Storage/clusters/vastNothing/read"], isWrite: false });
    expect(intentOf(null, { method: "POST", words: ["vastFly"] })).toEqual({ permissions: ["Cynosure.Storage/clusters/vastFly/action"], isWrite: true });
    expect(intentOf(ceph, { method: "GET", words: ["cephRgwUser", "u"] })).toMatchObject({ isWrite: true });
  });
});
