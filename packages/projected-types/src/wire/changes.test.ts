// What of a PUT and a PATCH is sent, and what is refused.
import { describe, expect, it } from "vitest";
import type { CatalogueOperation, ProjectedType } from "@cynosure/projection";
import { changesOf, readProperties, refuseCommands } from "./changes.ts";

const field = (name: string) => ({ name, type: "string" as const, isRequired: false });
const type: ProjectedType = {
  armType: "vastViews", parentType: null, naming: "name", idField: "id", nameField: "name", isTenantScoped: true, paths: {}, fields: ["id", "name", "path", "size", "password", "state"].map(field),
  createOnlyFields: ["path", "create_dir"], patchOnlyFields: [], writeOnlyFields: ["password", "create_dir"], secretFields: ["password"], commandFields: ["power_off"], key: null, actions: [],
};
const change = { bodyFields: ["name", "size", "password", "power_off"].map(field) } as unknown as CatalogueOperation; // all that is looked at
const current = { id: 7, name: "home", path: "/home", size: "1", state: "OK" };
const put = (given: Readonly<Record<string, unknown>>) => changesOf({ type, change, current, given, isPatch: false });
const patch = (given: Readonly<Record<string, unknown>>) => changesOf({ type, change, current, given, isPatch: true });

describe("changes of a native object", () => {
  it("a PUT sends what differs, passes over what is read-only or settled unseen, and lets pass what no document has", () => {
    expect(put({ ...current, state: "BUSY", create_dir: true })).toEqual({});
    expect(put({ name: "other", size: "1", colour: "red", password: "p" })).toEqual({ name: "other", colour: "red", password: "p" });
  });

  it.each([
    ["a PUT", put],
    ["a PATCH", patch],
  ])("%s of what was settled at creation is a conflict that names the property", (_, send) => {
    expect(() => send({ path: "/elsewhere" })).toThrowError(expect.objectContaining({ code: "PropertyChangeNotAllowed", target: "properties.path" }) as Error);
  });

  it("a PATCH sends what it is given, and refuses to lose an order to change what is read-only", () => {
    expect(patch({ size: "1", name: null })).toEqual({ size: "1", name: null });
    expect(() => patch({ state: "BUSY" })).toThrowError(expect.objectContaining({ code: "PropertyChangeNotAllowed", target: "properties.state" }) as Error);
  });

  it("a PUT of an order is refused, because it would be given again", () => {
    expect(() => refuseCommands(type, { power_off: true })).toThrowError(expect.objectContaining({ code: "InvalidRequestContent", target: "properties.power_off" }) as Error);
  });

  it("bodies hold properties, and nothing that would be dropped", () => {
    expect(readProperties({ properties: { a: 1, nativeId: "7" }, location: "local", id: "/x" })).toEqual({ a: 1 });
    expect(() => readProperties({ tags: { a: "b" } })).toThrowError(expect.objectContaining({ target: "tags" }) as Error);
    expect(() => readProperties([])).toThrowError(expect.objectContaining({ code: "InvalidRequestContent" }) as Error);
  });
});
