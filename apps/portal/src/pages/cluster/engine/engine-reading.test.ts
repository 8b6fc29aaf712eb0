// What the Engine side reads out of answers. No browser, no network.
import { describe, expect, it } from "vitest";
import { canShow, findTypes, objectColumns, objectCommands, readEngineParity, readObjects, typeCommands, verbWords } from "./engine-reading.ts";

const field = (name: string, isRequired = false, isSecret = false) => ({ name, type: "string", isRequired, ...(isSecret ? { isSecret } : {}) });
const parity = readEngineParity({
  engine: "vast",
  documentHash: "abc",
  types: [
    { type: "vastViews", naming: "name", verbs: ["list", "get", "create", "update", "delete"], idField: "id", fields: [field("guid"), field("id"), field("name"), field("path", true), field("secret_key", true, true), field("protocols")], actions: [{ name: "repair", on: "item" }, { name: "repair", on: "collection" }] },
    { type: "vastUsers/accessKeys", naming: "key", verbs: ["create", "delete"], idField: "access_key", fields: [field("access_key")], actions: [] },
    { type: "vastBasicsettings", naming: "singleton", verbs: ["get"], idField: "id", fields: [], actions: [] },
    { broken: true },
  ],
});
const [views, keys, settings] = parity.types;

describe("types", () => {
  it("are those that the answer names, whatever else is in it", () => {
    expect(parity.types.map(({ type }) => type)).toEqual(["vastViews", "vastUsers/accessKeys", "vastBasicsettings"]);
    expect(readEngineParity("nonsense")).toEqual({ engine: "", documentHash: "", types: [] });
  });

  it("are found by name, field and action in any casing", () => {
    expect(findTypes(parity.types, " VIEWS ").map(({ type }) => type)).toEqual(["vastViews"]);
    expect(findTypes(parity.types, "access_key").map(({ type }) => type)).toEqual(["vastUsers/accessKeys"]);
    expect(findTypes(parity.types, "repair")).toHaveLength(1);
    expect(findTypes(parity.types, "")).toHaveLength(3);
  });

  it("open where they can be listed without saying what they are in", () => {
    expect([views, keys, settings].map((type) => type !== undefined && canShow(type))).toEqual([true, false, true]);
    expect(views === undefined ? "" : verbWords(views)).toBe("list, show, create, update, delete");
  });
});

describe("objects", () => {
  const objects = readObjects([{ id: "/x/home", name: "home", properties: { id: 1, guid: "g", name: "home", path: "/home", secret_key: "s", protocols: ["NFS", "S3"] } }, "nonsense"]);

  it("show their id and what tells them apart, and never a secret", () => {
    expect(objects).toHaveLength(1);
    expect(views === undefined ? [] : objectColumns(views, objects)).toEqual(["id", "path", "protocols"]);
  });

  it("come with commands that can be pasted, whatever they are called", () => {
    if (views === undefined || settings === undefined) throw new Error("the types above are read");
    const of = { cluster: "west", group: "quick start", type: views };
    expect(typeCommands(of)[0]?.text).toBe("npx cynosure engine west help vastViews --resource-group 'quick start'");
    expect(objectCommands(of, "a b").map(({ text }) => text)).toEqual(["npx cynosure engine west update vastViews 'a b' --resource-group 'quick start' --set NAME=VALUE", "npx cynosure engine west help vastViews repair --resource-group 'quick start'"]);
    expect(objectCommands({ ...of, type: settings }, "default")).toEqual([]);
  });
});
