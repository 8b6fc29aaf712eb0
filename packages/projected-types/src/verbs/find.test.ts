// Under which name an object is found, and what is asked of the store for it. The engine answers from a list of rows.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clusterKey } from "@cynosure/model";
import type { NativeRequest } from "@cynosure/native-client";
import { buildCatalogue } from "@cynosure/projection";
import type { NativeNameStore } from "@cynosure/resource-store";
import { createMemoryDatabase, openMemoryStore } from "@cynosure/resource-store/testkit";
import { createProjectedTypes } from "../create-projected-types.ts";

const catalogue = buildCatalogue("vast", JSON.parse(readFileSync(new URL(import.meta.resolve("@cynosure/projection/documents/vast.json")), "utf8")));
const scope = { cluster: clusterKey("/c"), armType: "vastViews", parents: "" };
type Row = { id: number; name: string; guid: string; tenant_id: number };

function open(rows: Row[]) {
  const store = openMemoryStore(createMemoryDatabase({ clock: { now: () => 0, sleep: () => Promise.resolve() } }));
  const asked: string[] = [];
  const told = <A extends unknown[], R>(what: string, ask: (...given: A) => R) => (...given: A): R => {
    asked.push(what);
    return ask(...given);
  };
  const { nativeNames: kept } = store;
  const names: NativeNameStore = { list: told("list", (of) => kept.list(of)), find: told("find", (of, name) => kept.find(of, name)), put: told("put", (of, name) => kept.put(of, name)), remove: told("remove", (of, name) => kept.remove(of, name)) };
  const send = ({ method, path, query, json }: NativeRequest) => {
    const id = /^\/views\/(\d+)\/$/.exec(path)?.[1];
    const row = rows.find((each) => String(each.id) === id);
    if (row !== undefined && method === "PATCH") Object.assign(row, json);
    if (row !== undefined && method === "DELETE") rows.splice(rows.indexOf(row), 1);
    const name = query?.find(([each]) => each === "name")?.[1];
    const body = id === undefined ? rows.filter((each) => each.name === name) : (row ?? { detail: "Not found." });
    return Promise.resolve({ status: id !== undefined && row === undefined ? 404 : 200, headers: {}, body: structuredClone(body) });
  };
  const types = createProjectedTypes({ names, operations: store.nativeOperations, newId: () => "o", nowMs: () => 0 });
  const answer = async (method: "GET" | "PATCH" | "DELETE", name: string, properties?: unknown) => {
    asked.length = 0;
    const { body } = await types.answer({ catalogue, client: { send } }, { key: scope.cluster, id: "/c", location: "local" }, { method, words: ["vastViews", name], query: {}, body: { properties } });
    return [(body as { name: string } | undefined)?.name, asked.join(" ")]; // a resource, or nothing after a deletion
  };
  return { answer, kept };
}

const aRow = (id: number, name: string): Row => ({ id, name, guid: `g${id}`, tenant_id: 1 });

describe("an object of an engine", () => {
  it("is found under its id by one question to the store, and shown under the name that is kept for it", async () => {
    const { answer, kept } = open([aRow(7, "moved")]);
    await kept.put(scope, { name: "Home", nativeId: "7", guid: "g7" });
    expect(await answer("GET", "id-7")).toEqual(["Home", "list"]);
    expect(await answer("GET", "home")).toEqual(["Home", "find"]);
  });

  it("keeps that name through a change by its id, which is not written again", async () => {
    const { answer, kept } = open([aRow(7, "moved")]);
    await kept.put(scope, { name: "Home", nativeId: "7", guid: "g7" });
    expect(await answer("PATCH", "id-7", { name: "elsewhere" })).toEqual(["Home", "list"]);
    expect(await kept.list(scope)).toEqual([{ name: "Home", nativeId: "7", guid: "g7" }]);
  });

  it("that nobody has named is shown under its own name by its id, and keeps it from a change on", async () => {
    const { answer, kept } = open([aRow(7, "home")]);
    expect(await answer("GET", "id-7")).toEqual(["home", "list"]);
    expect(await answer("PATCH", "id-7", { name: "moved" })).toEqual(["home", "list put"]);
    expect(await answer("GET", "id-7")).toEqual(["home", "list"]);
    expect(await kept.list(scope)).toEqual([{ name: "home", nativeId: "7", guid: "g7" }]);
  });

  it("does not take the name of another one", async () => {
    const { answer, kept } = open([aRow(7, "moved"), aRow(8, "home")]);
    await kept.put(scope, { name: "home", nativeId: "7", guid: "g7" });
    expect(await answer("PATCH", "id-8", { name: "other" })).toEqual(["id-8", "list put"]);
    expect((await kept.list(scope)).map(({ name, nativeId }) => `${name} ${nativeId}`)).toEqual(["home 7", "id-8 8"]);
  });

  it("does not inherit the name of one that had its id before", async () => {
    const { answer, kept } = open([aRow(7, "new")]);
    await kept.put(scope, { name: "old", nativeId: "7", guid: "gone" });
    expect(await answer("GET", "id-7")).toEqual(["new", "list remove"]);
    await kept.put(scope, { name: "old", nativeId: "7", guid: "gone" });
    expect(await answer("GET", "new")).toEqual(["new", "find list remove put"]);
  });

  it("leaves no name behind when it is deleted by its id", async () => {
    const { answer, kept } = open([aRow(7, "moved"), aRow(8, "other")]);
    await kept.put(scope, { name: "Home", nativeId: "7", guid: "g7" });
    expect(await answer("DELETE", "id-7")).toEqual([undefined, "list remove"]);
    expect(await answer("DELETE", "id-8")).toEqual([undefined, "list"]);
    expect(await kept.list(scope)).toEqual([]);
  });
});
