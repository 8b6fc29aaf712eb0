// The page of the projection says what the code does: each rule stands in it, and it is what the stored documents give.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildCatalogue, cephOverrides, vastOverrides } from "../index.ts";
import type { Catalogue, EngineOverrides } from "../index.ts";
import { readPath } from "./paths.ts";
import { RULE_BOOK } from "./rule-book.ts";
import { renderProjectionPage } from "./rule-page.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const stored = (engine: "vast" | "ceph") => buildCatalogue(engine, JSON.parse(readFileSync(join(root, "packages", "projection", "documents", `${engine}.json`), "utf8")));
const [vast, ceph] = [stored("vast"), stored("ceph")];

describe("the page of the projection", () => {
  it("has a sentence for every rule that the code names, and none for another", () => {
    const sources = ["place.ts", "classify.ts"].map((file) => readFileSync(join(import.meta.dirname, file), "utf8")).join("\n");
    const named = new Set([...sources.matchAll(/"([GKNR]\d\d)"/g)].map(([, id]) => id));
    expect([...named].toSorted()).toEqual(Object.keys(RULE_BOOK).toSorted());
  });

  it("is written down in docs/reference/projection.md as the stored documents have it", () => {
    const page = renderProjectionPage([
      { title: "VAST", catalogue: vast, overrides: vastOverrides },
      { title: "Ceph", catalogue: ceph, overrides: cephOverrides },
    ]);
    const path = join(root, "docs", "reference", "projection.md");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, page);
    expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(page);
  });
});

describe("what an engine's data says", () => {
  it.each([
    ["VAST", vast, vastOverrides] as const,
    ["Ceph", ceph, cephOverrides] as const,
  ])("is about operations that the document of %s has", (_title, { operations }: Catalogue, overrides: EngineOverrides) => {
    const keys = operations.map(({ method, path }) => ({ method, key: readPath(path, overrides.basePath).key }));
    const known = new Set(keys.flatMap(({ method, key }) => [key, `${method} ${key}`]));
    const { gatewayOnly, downloads, actions, danger, sideEffects, secretReads, tasks, singletons } = overrides;
    const said = [gatewayOnly, downloads, Object.keys(actions), Object.keys(danger), sideEffects, secretReads, tasks, singletons].flat();
    expect(said.filter((id) => !known.has(id))).toEqual([]);
    expect(overrides.keyed.filter(({ root }) => !keys.some(({ key }) => key === root || key.startsWith(`${root}/`))).map(({ root }) => root)).toEqual([]);
  });
});
