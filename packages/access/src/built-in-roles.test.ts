// What each built-in role lets its holder do, and the page that says so.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { faultActions, isDataAction, routes } from "@cynosure/contract";
import { builtInRoles } from "./built-in-roles.ts";
import { decideAccess, takeSnapshot } from "./decide-access.ts";
import { rolesPage } from "./testkit/roles-page.ts";

const page = join(import.meta.dirname, "../../../docs/reference/roles.md");

function permissionsOf(roleName: string): readonly string[] {
  const role = builtInRoles.find((each) => each.roleName === roleName);
  const snapshot = takeSnapshot({ roles: builtInRoles, assignments: [{ id: "a", principalId: "ada", roleId: role?.roleId ?? "", scope: "/" }], denials: [] });
  const all = new Set(routes.map((route) => route.permission));
  return [...all].filter((permission) => decideAccess(snapshot, { principal: { id: "ada" }, permission, isDataAction: isDataAction(permission), scope: "/subscriptions/s" }).allowed).toSorted();
}

const every = [...new Set(routes.map((route) => route.permission))].toSorted();
/** What is asked by POST and only reads. */
const QUESTIONS = ["Cynosure.Storage/clusters/readMetrics/action", "Cynosure.Storage/clusters/getParity/action"];
const reads = every.filter((permission) => permission.endsWith("/read") || QUESTIONS.includes(permission));

describe("§15 built-in roles", () => {
  it("Owner holds every permission there is but faults upon hosts, and whoever is no owner changes no role and no principal", () => {
    const faultless = every.filter((permission) => !faultActions.includes(permission));
    expect(every.length - faultless.length).toBe(faultActions.length);
    expect(permissionsOf("Owner")).toEqual(faultless);
    const isOfOwners = (permission: string): boolean => /^(Microsoft\.Authorization|Cynosure\.Identity)\//.test(permission) && !permission.endsWith("/read");
    expect(every.filter(isOfOwners).length).toBeGreaterThan(5);
    expect(permissionsOf("Contributor")).toEqual(faultless.filter((permission) => !isOfOwners(permission)));
    for (const { roleName } of builtInRoles.filter((role) => !["Owner", "User Access Administrator"].includes(role.roleName))) expect(permissionsOf(roleName).filter(isOfOwners), roleName).toEqual([]);
  });

  it("Reader reads all and writes nothing; User Access Administrator manages roles on top of that and no principals", () => {
    expect(permissionsOf("Reader")).toEqual(reads);
    expect(permissionsOf("User Access Administrator")).toEqual(every.filter((permission) => reads.includes(permission) || permission.startsWith("Microsoft.Authorization/")));
  });

  it("Storage Cluster Operator does all there is to do with clusters but read credentials", () => {
    const held = permissionsOf("Storage Cluster Operator");
    expect(held.filter((permission) => permission.startsWith("Cynosure.Storage/"))).toEqual(every.filter((permission) => permission.startsWith("Cynosure.Storage/") && !isDataAction(permission)));
    expect(held.filter((permission) => !permission.startsWith("Cynosure.Storage/") && !permission.endsWith("/read"))).toEqual([]);
  });

  it("File System Contributor writes file systems, their snapshots and quotas and nothing else; Acceptance Reader writes nothing and sees no roles", () => {
    expect(permissionsOf("File System Contributor").filter((permission) => !permission.endsWith("/read"))).toEqual(["fileSystems", "quotas", "snapshots"].flatMap((type) => [`Cynosure.Storage/clusters/${type}/delete`, `Cynosure.Storage/clusters/${type}/write`]));
    expect(permissionsOf("Acceptance Reader").filter((permission) => !reads.includes(permission) || permission.startsWith("Microsoft.Authorization/"))).toEqual([]);
    for (const permission of ["Cynosure.Storage/clusters/plans/read", ...QUESTIONS]) expect(permissionsOf("Acceptance Reader")).toContain(permission);
  });

  it("faults upon hosts are held by Local Host Fault Operator alone, which but for them only reads", () => {
    expect(permissionsOf("Local Host Fault Operator").filter((permission) => !reads.includes(permission))).toEqual([...faultActions].toSorted());
    for (const { roleName } of builtInRoles.filter((role) => role.roleName !== "Local Host Fault Operator")) expect(permissionsOf(roleName).filter((permission) => faultActions.includes(permission)), roleName).toEqual([]);
  });

  it("an engine's internals are held by Engine Internals Operator alone, which but for them only reads", () => {
    const internal = "Cynosure.Storage/clusters/engineInternals/vastClusters/wipe/action";
    const holders = builtInRoles.filter(({ roleId }) => decideAccess(takeSnapshot({ roles: builtInRoles, assignments: [{ id: "a", principalId: "ada", roleId, scope: "/" }], denials: [] }), { principal: { id: "ada" }, permission: internal, isDataAction: isDataAction(internal), scope: "/subscriptions/s" }).allowed);
    expect(holders.map(({ roleName }) => roleName)).toEqual(["Engine Internals Operator"]);
    expect(permissionsOf("Engine Internals Operator").filter((permission) => !reads.includes(permission))).toEqual([]);
  });

  it("have GUIDs and names of their own", () => {
    expect(new Set(builtInRoles.map((role) => role.roleId)).size).toBe(builtInRoles.length);
    expect(new Set(builtInRoles.map((role) => role.roleName)).size).toBe(builtInRoles.length);
  });

  it("are described by the reference page as they are", () => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(page, rolesPage());
    expect(readFileSync(page, "utf8")).toBe(rolesPage());
  });
});
