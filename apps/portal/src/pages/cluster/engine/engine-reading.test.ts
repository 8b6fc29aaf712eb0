// What the Engine side makes of types and objects. No browser, no network.
import type { NativeField, NativeType } from "@cynosure/sdk";
import { describe, expect, it } from "vitest";
import { actionNames, canShow, findTypes, objectColumns, objectCommands, readObjects, typeCommands, verbWords } from "./engine-reading.ts";

const field = (name: string, isRequired = false, isSecret = false): NativeField => ({ name, type: "string", isRequired, ...(isSecret ? { isSecret } : {}) });
const typeOf = (given: Pick<NativeType, "type" | "naming" | "verbs" | "idField" | "fields" | "actions">): NativeType => ({ isTenantScoped: false, createOnlyFields: [], writeOnlyFields: [], ...given });
const views = typeOf({ type: "vastViews", naming: "name", verbs: ["list", "get", "create", "update", "delete"], idField: "id", fields: [field("guid"), field("id"), field("name"), field("path", true), field("secret_key", true, true), field("protocols")], actions: [{ name: "repair", on: "item" }, { name: "repair", on: "collection" }] });
const keys = typeOf({ type: "vastUsers/accessKeys", naming: "key", verbs: ["create", "delete"], idField: "access_key", fields: [field("access_key")], actions: [] });
const settings = typeOf({ type: "vastBasicsettings", naming: "singleton", verbs: ["get"], idField: "id", fields: [], actions: [] });
const types = [views, keys, settings];

describe("types", () => {
  it("have each action once, also where it is one of objects and of all of them", () => {
    expect(types.map(actionNames)).toEqual([["repair"], [], []]);
  });

  it("are found by name, field and action in any casing", () => {
    expect(findTypes(types, " VIEWS ").map(({ type }) => type)).toEqual(["vastViews"]);
    expect(findTypes(types, "access_key").map(({ type }) => type)).toEqual(["vastUsers/accessKeys"]);
    expect(findTypes(types, "repair")).toHaveLength(1);
    expect(findTypes(types, "")).toHaveLength(3);
  });

  it("open where they can be listed without saying what they are in", () => {
    expect(types.map(canShow)).toEqual([true, false, true]);
    expect(verbWords(views)).toBe("list, show, create, update, delete");
  });
});

describe("objects", () => {
  const objects = readObjects([{ id: "/x/home", name: "home", properties: { id: 1, guid: "g", name: "home", path: "/home", secret_key: "s", protocols: ["NFS", "S3"] } }, "nonsense"]);

  it("show their id and what tells them apart, and never a secret", () => {
    expect(objects).toHaveLength(1);
    expect(objectColumns(views, objects)).toEqual(["id", "path", "protocols"]);
  });

  it("come with commands that can be pasted, whatever they are called", () => {
    const of = { cluster: "west", group: "quick start", type: views };
    expect(typeCommands(of)[0]?.text).toBe("npx cynosure engine west help vastViews --resource-group 'quick start'");
    expect(objectCommands(of, "a b").map(({ text }) => text)).toEqual(["npx cynosure engine west update vastViews 'a b' --resource-group 'quick start' --set NAME=VALUE", "npx cynosure engine west help vastViews repair --resource-group 'quick start'"]);
    expect(objectCommands({ ...of, type: settings }, "default")).toEqual([]);
  });
});
