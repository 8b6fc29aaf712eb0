// Forms and tables are made of the contract: what is in it appears by itself, with its words and its bounds.
import { contractTypes, validate } from "@cynosure/sdk";
import type { ContractType } from "@cynosure/sdk";
import { describe, expect, it } from "vitest";
import { cellWords, columnsOf } from "../tables/columns.ts";
import { namedType } from "../words/values.ts";
import type { ContractTypes } from "../words/values.ts";
import { changeable, differences, mergePatch } from "./change-value.ts";
import { checkValue, initialValue, withProperty, writableProperties } from "./form-value.ts";
import { listText, mapText, readJson, readList, readMap } from "./text-lists.ts";

/** The contract with one property more, as a newer one would have. */
function withRackRow(): ContractTypes {
  const cluster = contractTypes["ClusterProperties"];
  if (cluster?.kind !== "object") throw new Error("the contract has no ClusterProperties");
  const rackRow = { type: { kind: "scalar", type: "string", bounds: { maxLength: 5 } }, description: "Row of racks.", required: true } as const;
  return { ...contractTypes, ClusterProperties: { ...cluster, properties: { rackRow, ...cluster.properties } } };
}

const names = (type: ContractType, isChange = false): readonly string[] => writableProperties(type, isChange).map(([name]) => name);
const body = { location: "local", properties: { engine: "ceph", substrate: "local", hosts: { size: "small", count: 8 }, protection: { hostFailures: 1 } } };

describe("a property that comes to the contract", () => {
  const types = withRackRow();

  it("is a field of the form", () => {
    expect(names(namedType(types, "ClusterProperties"))).toContain("rackRow");
    expect(names(namedType(contractTypes, "ClusterProperties"))).not.toContain("rackRow");
  });

  it("is asked for and bounded before anything is sent", () => {
    expect(checkValue(types, namedType(types, "Cluster"), body)).toEqual({ "properties.rackRow": "Rack row is needed." });
    expect(checkValue(types, namedType(types, "Cluster"), { ...body, properties: { ...body.properties, rackRow: "too-long" } })).toEqual({ "properties.rackRow": "This may have at most 5 characters." });
  });

  it("is a column of the table, with its value", () => {
    const column = columnsOf(types, "Cluster").find(({ name }) => name === "rackRow");
    expect(column).toMatchObject({ label: "Rack row", description: "Row of racks." });
    if (column !== undefined) expect(cellWords(types, column, { properties: { rackRow: "a" } })).toBe("a");
  });
});

describe("a form", () => {
  it("asks for nothing that the server writes, and on a change for nothing that is said once", () => {
    expect(names(namedType(contractTypes, "FileSystemProperties"))).toEqual(["usableCapacityGB", "protocols", "protection"]);
    expect(names(namedType(contractTypes, "FileSystemProperties"), true)).toEqual(["usableCapacityGB", "protocols"]);
  });

  it("begins with what must be there, the choices that are none already made", () => {
    expect(initialValue(contractTypes, namedType(contractTypes, "FileSystem"))).toEqual({ properties: { protocols: ["nfs"], protection: {} } });
  });

  it("takes a property out when it is emptied and keeps the others in their places", () => {
    expect(Object.keys(withProperty({ a: 1, b: 2, c: 3 }, "b", 5))).toEqual(["a", "b", "c"]);
    expect(withProperty({ a: 1, b: 2 }, "b", undefined)).toEqual({ a: 1 });
  });

  it("checks what the contract's own validator checks, at the same fields", () => {
    const type = namedType(contractTypes, "Cluster");
    const bodies: readonly unknown[] = [
      body,
      { ...body, properties: { ...body.properties, hosts: { size: "", count: 2 } } },
      { ...body, properties: { ...body.properties, hosts: { size: "small", count: 3.5 }, engineVersion: "new" } },
      { ...body, properties: { ...body.properties, engine: "tape" } },
      { properties: {} },
    ];
    for (const each of bodies) {
      const own = Object.keys(checkValue(contractTypes, type, each)).sort();
      const server = validate("Clusters_CreateOrUpdate", each).map(({ target }) => target).sort();
      expect(own).toEqual(server);
    }
  });

  it("names the field in a list as the server does", () => {
    expect(checkValue(contractTypes, namedType(contractTypes, "Requirement"), { name: "poc", sites: [{ name: "here", location: "local", hosts: {} }] })).toEqual({ "sites[0].hosts.count": "Count is needed." });
  });
});

describe("a change", () => {
  const shown = { name: "home", etag: '"1"', properties: { usableCapacityGB: 8, protocols: ["nfs"], protection: { hostFailures: 1 }, provisioningState: "Succeeded" } };
  const start = changeable(contractTypes, namedType(contractTypes, "FileSystemUpdate"), shown);

  it("begins with what may be changed of what is there", () => {
    expect(start).toEqual({ properties: { usableCapacityGB: 8, protocols: ["nfs"] } });
  });

  it("sends the least: what is the same is left out, what was emptied is null", () => {
    expect(mergePatch(start, { properties: { usableCapacityGB: 10, protocols: ["nfs"] } })).toEqual({ properties: { usableCapacityGB: 10 } });
    expect(mergePatch({ tags: { a: "1" }, properties: { x: 1 } }, { properties: { x: 1 } })).toEqual({ tags: null });
    expect(mergePatch(start, start)).toEqual({});
  });

  it("that met another one is told what that one changed", () => {
    const newest = { ...shown, etag: '"2"', properties: { ...shown.properties, usableCapacityGB: 12 } };
    expect(differences(contractTypes, namedType(contractTypes, "FileSystem"), shown, newest)).toContain("Usable capacity (GB): 8 → 12");
  });
});

describe("lists and maps as text", () => {
  it("come back as they were", () => {
    expect(readList(listText(["a", "b c"]))).toEqual(["a", "b c"]);
    expect(readMap(mapText({ team: "storage", note: "a=b" }))).toEqual({ team: "storage", note: "a=b" });
    expect([readJson("[1]"), readJson("[")]).toEqual([{ value: [1] }, undefined]);
  });
});
