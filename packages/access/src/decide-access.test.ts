// The decision against a second one that knows no index and no compiled pattern, and the rules one by one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVERYONE, decideAccess, permissionsAt, takeSnapshot } from "./decide-access.ts";
import type { AccessQuestion, AccessRecords, AssignmentRecord, DenialRecord, PermissionEntry } from "./decide-access.ts";

const SEED = Number(process.env["SEED"] ?? 20261201);

const GROUP = "/subscriptions/s1/resourceGroups/g1";
const CLUSTER = `${GROUP}/providers/Cynosure.Storage/clusters/a`;
const ROLE = "11111111-0000-4000-8000-000000000001";

const assignment = (change: Partial<AssignmentRecord> = {}): AssignmentRecord => ({ id: "assignment", principalId: "ada", roleId: ROLE, scope: GROUP, ...change });
const denial = (change: Partial<DenialRecord> = {}): DenialRecord => ({ id: "denial", scope: GROUP, permissions: [{ actions: ["*"] }], principalIds: ["ada"], excludedIds: [], doNotApplyToChildScopes: false, ...change });
const records = (permission: PermissionEntry, change: Partial<AccessRecords> = {}): AccessRecords => ({ roles: [{ roleId: ROLE, permissions: [permission] }], assignments: [assignment()], denials: [], ...change });
const ask = (change: Partial<AccessQuestion> = {}): AccessQuestion => ({ principal: { id: "ada" }, permission: "Cynosure.Storage/clusters/read", isDataAction: false, scope: CLUSTER, ...change });
const isAllowed = (from: AccessRecords, question: AccessQuestion): boolean => decideAccess(takeSnapshot(from), question).allowed;

/** As the rule is written, word by word and row by row. */
function naively({ roles, assignments, denials }: AccessRecords, { principal, permission, isDataAction, scope }: AccessQuestion): boolean {
  const me = [principal.id, ...(principal.groups ?? [])].map((id) => id.toLowerCase());
  const words = (text: string): string[] => text.toLowerCase().split("/").filter((word) => word !== "");
  const isAbove = (above: string, below: string): boolean => words(above).every((word, at) => words(below)[at] === word);
  const matches = (pattern: string): boolean => new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "i").test(permission);
  const names = (entry: PermissionEntry): boolean => {
    const yes = isDataAction ? entry.dataActions : entry.actions;
    const no = isDataAction ? entry.notDataActions : entry.notActions;
    return (yes ?? []).some(matches) && !(no ?? []).some(matches);
  };
  const isDenied = denials.some(
    (each) =>
      (each.doNotApplyToChildScopes ? isAbove(each.scope, scope) && isAbove(scope, each.scope) : isAbove(each.scope, scope)) &&
      each.principalIds.some((id) => id === EVERYONE || me.includes(id.toLowerCase())) &&
      !each.excludedIds.some((id) => me.includes(id.toLowerCase())) &&
      each.permissions.some(names),
  );
  if (isDenied) return false;
  const isMine = ({ principalId, principalType }: AssignmentRecord): boolean => {
    const id = principalId.toLowerCase();
    return (id === me[0] && principalType !== "Group") || (me.slice(1).includes(id) && (principalType ?? "Group") === "Group");
  };
  return assignments.some((each) => isMine(each) && isAbove(each.scope, scope) && roles.some((role) => role.roleId.toLowerCase() === each.roleId.toLowerCase() && role.permissions.some(names)));
}

const word = fc.constantFrom("Cynosure.Storage", "clusters", "read", "write", "fileSystems", "listCredentials", "action", "*", "cl*", "*s", "c*t*s", "**");
const pattern = fc.oneof(fc.constantFrom("*", "*/read", "Cynosure.Storage/*", "*/action"), fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("/")));
const permission = fc.constantFrom("Cynosure.Storage/clusters/read", "cynosure.storage/CLUSTERS/write", "Cynosure.Storage/clusters/fileSystems/read", "Cynosure.Storage/clusters/listCredentials/action", "Microsoft.Authorization/roleAssignments/write");
const scope = fc.constantFrom("/", "/subscriptions/s1", "/subscriptions/s10", "/Subscriptions/S1/resourcegroups/G1", GROUP, `${GROUP}0`, CLUSTER, `${CLUSTER}b`, `${CLUSTER}/fileSystems/home`, CLUSTER.toUpperCase());
const principalId = fc.constantFrom("ada", "ADA", "bob", "team", "Team2");
const list = fc.array(pattern, { maxLength: 3 });
const entry = fc.record({ actions: list, notActions: list, dataActions: list, notDataActions: list }, { requiredKeys: [] });
const entries = fc.array(entry, { minLength: 1, maxLength: 2 });
const roleId = fc.constantFrom("r1", "r2", "R2", "r3");
const anyRecords: fc.Arbitrary<AccessRecords> = fc.record({
  roles: fc.uniqueArray(fc.record({ roleId: fc.constantFrom("r1", "r2", "r3"), permissions: entries }), { maxLength: 3, selector: (role) => role.roleId }),
  assignments: fc.array(fc.record({ id: fc.constant("a"), principalId, principalType: fc.constantFrom("User", "Group", "ServicePrincipal"), roleId, scope }, { requiredKeys: ["id", "principalId", "roleId", "scope"] }), { maxLength: 5 }),
  denials: fc.array(
    fc.record({ id: fc.constant("d"), scope, permissions: entries, principalIds: fc.array(fc.oneof(principalId, fc.constant(EVERYONE)), { minLength: 1, maxLength: 2 }), excludedIds: fc.array(principalId, { maxLength: 1 }), doNotApplyToChildScopes: fc.boolean() }),
    { maxLength: 1 },
  ),
});
const anyQuestion: fc.Arbitrary<AccessQuestion> = fc.record({ principal: fc.record({ id: principalId, groups: fc.array(principalId, { maxLength: 2 }) }), permission, isDataAction: fc.boolean(), scope });

describe("§15 the decision", () => {
  it("agrees with the rule as it is written, for any rows and any question", () => {
    console.log(`seed=${SEED}`);
    let allowed = 0;
    fc.assert(
      fc.property(anyRecords, anyQuestion, (from, question) => {
        const expected = naively(from, question);
        if (expected) allowed += 1;
        expect(isAllowed(from, question)).toBe(expected);
      }),
      { seed: SEED, numRuns: 5_000 },
    );
    // Else the rows drawn would prove nothing.
    expect(allowed).toBeGreaterThan(50);
  });

  it("asks deny assignments first: no role outweighs one", () => {
    const from = records({ actions: ["*"] }, { denials: [denial({ permissions: [{ actions: ["*/write"] }] })] });
    expect(decideAccess(takeSnapshot(from), ask({ permission: "Cynosure.Storage/clusters/write" }))).toEqual({ allowed: false, reason: "denied", by: "denial" });
    expect(isAllowed(from, ask())).toBe(true);
  });

  it("lets a denial of everybody leave some out, by themselves or by a group", () => {
    const from = records({ actions: ["*"] }, { denials: [denial({ principalIds: [EVERYONE], excludedIds: ["Team"] })] });
    expect(isAllowed(from, ask())).toBe(false);
    expect(isAllowed(from, ask({ principal: { id: "ada", groups: ["team"] } }))).toBe(true);
  });

  it("ends a denial at its own scope where it says so", () => {
    const from = records({ actions: ["*"] }, { denials: [denial({ doNotApplyToChildScopes: true })] });
    expect(isAllowed(from, ask())).toBe(true);
    expect(isAllowed(from, ask({ scope: GROUP }))).toBe(false);
  });

  it("takes notActions from the actions of their own entry only, and unites entries and roles", () => {
    const split = records({}, { roles: [{ roleId: ROLE, permissions: [{ actions: ["*"], notActions: ["*/write"] }, { actions: ["Cynosure.Storage/clusters/write"] }] }] });
    expect(isAllowed(split, ask({ permission: "Cynosure.Storage/clusters/write" }))).toBe(true);
    expect(isAllowed(split, ask({ permission: "Cynosure.Storage/clusters/buckets/write" }))).toBe(false);
  });

  it("gives data actions by dataActions alone: `*` among the actions does not", () => {
    const question = ask({ permission: "Cynosure.Storage/clusters/listCredentials/action", isDataAction: true });
    expect(isAllowed(records({ actions: ["*"] }), question)).toBe(false);
    expect(isAllowed(records({ dataActions: ["*"] }), question)).toBe(true);
    expect(isAllowed(records({ dataActions: ["*"], notDataActions: ["*/listCredentials/*"] }), question)).toBe(false);
  });

  it("covers what is below a scope by words of the path: a role at cluster a says nothing about cluster ab", () => {
    const at = (scope: string): AccessRecords => records({ actions: ["*"] }, { assignments: [assignment({ scope })] });
    for (const scope of ["/", "/subscriptions/S1", GROUP, CLUSTER]) expect(isAllowed(at(scope), ask({ scope: `${CLUSTER}/fileSystems/home` })), scope).toBe(true);
    expect(isAllowed(at(CLUSTER), ask({ scope: `${CLUSTER}b` }))).toBe(false);
    expect(isAllowed(at(CLUSTER), ask({ scope: GROUP }))).toBe(false);
  });

  it("counts roles of the principal's groups, and roles that are gone as none", () => {
    const from = records({ actions: ["*/read"] }, { assignments: [assignment({ principalId: "Team" }), assignment({ principalId: "bob", roleId: "gone" })] });
    expect(isAllowed(from, ask({ principal: { id: "ada", groups: ["TEAM"] } }))).toBe(true);
    expect(isAllowed(from, ask())).toBe(false);
    expect(isAllowed(from, ask({ principal: { id: "bob" } }))).toBe(false);
  });

  it("gives a role of a principal to no group that is named like it, and the other way round", () => {
    const of = (principalType: string): AccessRecords => records({ actions: ["*"] }, { assignments: [assignment({ principalType })] });
    const asGroup = ask({ principal: { id: "eve", groups: ["ada"] } });
    expect([isAllowed(of("ServicePrincipal"), ask()), isAllowed(of("ServicePrincipal"), asGroup)]).toEqual([true, false]);
    expect([isAllowed(of("Group"), ask()), isAllowed(of("Group"), asGroup)]).toEqual([false, true]);
  });

  it("matches many stars in time that does not explode", () => {
    const from = records({ actions: [`${"*a".repeat(100)}b`] });
    expect(isAllowed(from, ask({ permission: "a".repeat(10_000) }))).toBe(false);
  });

  it("shows what a principal holds at a scope, once for each role", () => {
    const snapshot = takeSnapshot(records({ actions: ["*/read"] }, { assignments: [assignment(), assignment({ scope: CLUSTER }), assignment({ principalId: "bob" })] }));
    expect(permissionsAt(snapshot, { id: "ada" }, CLUSTER)).toEqual([{ actions: ["*/read"] }]);
    expect(permissionsAt(snapshot, { id: "ada" }, "/subscriptions/s1")).toEqual([]);
  });
});
