// The page that compares us with our neighbours says of us what the route table says.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { routes } from "@cynosure/contract";
import { countOwn, renderCompared } from "./compared-page.ts";

const pagePath = new URL("../../docs/reference/compared.md", import.meta.url);

describe("docs/reference/compared.md", () => {
  it("counts our own types, operations and actions from the route table", () => {
    const own = countOwn(routes);
    expect(own.written).toEqual(expect.arrayContaining(["Cynosure.Storage/clusters", "Cynosure.Storage/clusters/fileSystems", "Cynosure.Storage/clusters/buckets"]));
    expect(own.actions).toContain("clusters/cancel");
    expect(own.operations).toBe(routes.filter((route) => route.path.includes("/Cynosure.Storage/")).length);
  });
  it("is what the data says", () => {
    const page = renderCompared(routes);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(pagePath, page);
    expect(existsSync(pagePath) ? readFileSync(pagePath, "utf8") : "").toBe(page);
  });
});
