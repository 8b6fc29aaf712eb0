// What of the engines' own APIs this process tells and serves, and what stays closed where Azure Resource Manager asks its roles.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isDataAction } from "@cynosure/contract";
import type { AuthorizationRequest } from "@cynosure/http-server";
import { INVOKE_NATIVE, NO_URL_TARGETS } from "@cynosure/native-gateway";
import { buildCatalogue } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";
import { createMemoryDatabase, openMemoryStore } from "@cynosure/resource-store/testkit";
import { authorizedByArm, invokedByArm, openProjected } from "./open-projected.ts";

const clock = { now: () => 1_000, sleep: () => Promise.resolve() };
const loaded: string[] = [];
const catalogueOf = (engine: Catalogue["engine"]): Catalogue => {
  loaded.push(engine);
  return buildCatalogue(engine, JSON.parse(readFileSync(new URL(import.meta.resolve(`@cynosure/projection/documents/${engine}.json`)), "utf8")));
};
const projectedOf = (engines: Parameters<typeof openProjected>[0]["engines"]) =>
  openProjected({ store: openMemoryStore(createMemoryDatabase({ clock })), native: { open: () => Promise.resolve(null), catalogueOf, close: () => Promise.resolve() }, engines, urlTargets: NO_URL_TARGETS, clock, newId: () => "id" });
const asks = (permission: string): AuthorizationRequest => ({ principal: { id: "p", type: "User", displayName: "ada", tenantId: "t" }, permission, isDataAction: isDataAction(permission), scope: "/subscriptions/s" });

describe("what is told of engines", () => {
  it("is of those alone that this process can reach, and no document is read before somebody asks", () => {
    const projected = projectedOf(["ceph", "simulated"]);
    expect(loaded).toEqual([]);
    expect(projected.typePaths().length).toBeGreaterThan(40);
    for (const path of projected.typePaths()) expect(path).toMatch(/^clusters\/ceph/);
    expect(projected.operations().length).toBeGreaterThan(100);
    for (const { name = "" } of projected.operations()) expect(name).toMatch(/^Cynosure\.Storage\/clusters\//);
    expect(new Set(loaded)).toEqual(new Set(["ceph"]));
    expect(projectedOf(["simulated"]).typePaths()).toEqual([]);
  });

  it("holds no operation that nobody began", async () => {
    expect(await projectedOf(["ceph"]).readOperation("none")).toBeNull();
  });
});

describe("behind Azure Resource Manager", () => {
  it("an engine's internals are closed, since no path says their right", async () => {
    const internal = projectedOf(["vast"]).operations().flatMap(({ name = "" }) => (isDataAction(name) ? [name] : []));
    expect(internal.length).toBeGreaterThan(20);
    for (const permission of internal) expect([permission, await authorizedByArm(asks(permission))]).toEqual([permission, { allowed: false }]);
    for (const permission of ["Cynosure.Storage/clusters/vastViews/read", "Cynosure.Storage/clusters/listCredentials/action", INVOKE_NATIVE]) expect(await authorizedByArm(asks(permission))).toEqual({ allowed: true });
  });

  it("invokeNative leads to nothing that has a path of its own", async () => {
    expect([await invokedByArm(asks(INVOKE_NATIVE)), await invokedByArm(asks("Cynosure.Storage/clusters/vastViews/read"))]).toEqual([{ allowed: true }, { allowed: false }]);
  });
});
