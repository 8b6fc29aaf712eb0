// Who may do what where (arm-rpc §15), as a function of what was granted: deny assignments first, then the union
// of the roles held by the principal and its groups, each with its scope. Knows no store and no request.
import { compilePattern } from "./permission-pattern.ts";
import type { PermissionPattern } from "./permission-pattern.ts";
import { covers, scopeKey } from "./scope.ts";

/** Stands for everybody in a deny assignment. */
export const EVERYONE = "00000000-0000-0000-0000-000000000000";

export interface PermissionEntry {
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

export interface RoleRecord {
  /** GUID. */
  readonly roleId: string;
  readonly permissions: readonly PermissionEntry[];
}

export interface AssignmentRecord {
  readonly id: string;
  readonly principalId: string;
  /** Who is meant, when it says so: groups of a token may be named as their issuer likes, also like a principal. */
  readonly principalType?: string;
  /** GUID. */
  readonly roleId: string;
  readonly scope: string;
}

export interface DenialRecord {
  readonly id: string;
  readonly scope: string;
  readonly permissions: readonly PermissionEntry[];
  readonly principalIds: readonly string[];
  readonly excludedIds: readonly string[];
  readonly doNotApplyToChildScopes: boolean;
}

export interface AccessRecords {
  readonly roles: readonly RoleRecord[];
  readonly assignments: readonly AssignmentRecord[];
  readonly denials: readonly DenialRecord[];
}

interface CompiledEntry {
  readonly actions: readonly PermissionPattern[];
  readonly notActions: readonly PermissionPattern[];
  readonly dataActions: readonly PermissionPattern[];
  readonly notDataActions: readonly PermissionPattern[];
}

interface Held {
  readonly id: string;
  readonly isForPrincipals: boolean;
  readonly isForGroups: boolean;
  readonly roleId: string;
  readonly scope: string;
}

interface CompiledDenial {
  readonly id: string;
  readonly scope: string;
  readonly entries: readonly CompiledEntry[];
  readonly excluded: ReadonlySet<string>;
  readonly isForScopeOnly: boolean;
}

/** Records made ready to be asked: by principal, with compiled patterns. */
export interface AccessSnapshot {
  readonly roles: ReadonlyMap<string, { readonly permissions: readonly PermissionEntry[]; readonly entries: readonly CompiledEntry[] }>;
  readonly heldBy: ReadonlyMap<string, readonly Held[]>;
  /** Under EVERYONE too. */
  readonly deniedTo: ReadonlyMap<string, readonly CompiledDenial[]>;
}

export interface AccessQuestion {
  readonly principal: { readonly id: string; readonly groups?: readonly string[] };
  readonly permission: string;
  readonly isDataAction: boolean;
  readonly scope: string;
}

/** `by` is the id of the assignment that decided. */
export type AccessDecision = { readonly allowed: true; readonly by: string } | { readonly allowed: false; readonly reason: "denied"; readonly by: string } | { readonly allowed: false; readonly reason: "notGranted" };

const compile = (patterns: readonly string[] = []): readonly PermissionPattern[] => patterns.map(compilePattern);
const compileEntry = (entry: PermissionEntry): CompiledEntry => ({
  actions: compile(entry.actions),
  notActions: compile(entry.notActions),
  dataActions: compile(entry.dataActions),
  notDataActions: compile(entry.notDataActions),
});

export function takeSnapshot({ roles, assignments, denials }: AccessRecords): AccessSnapshot {
  const heldBy = new Map<string, Held[]>();
  for (const { id, principalId, principalType, roleId, scope } of assignments) {
    const isGroup = principalType === "Group";
    append(heldBy, principalId, { id, isForPrincipals: !isGroup, isForGroups: isGroup || principalType === undefined, roleId: roleId.toLowerCase(), scope: scopeKey(scope) });
  }
  const deniedTo = new Map<string, CompiledDenial[]>();
  for (const { id, scope, permissions, principalIds, excludedIds, doNotApplyToChildScopes } of denials) {
    const compiled = { id, scope: scopeKey(scope), entries: permissions.map(compileEntry), excluded: new Set(excludedIds.map((each) => each.toLowerCase())), isForScopeOnly: doNotApplyToChildScopes };
    for (const principalId of principalIds) append(deniedTo, principalId, compiled);
  }
  return { roles: new Map(roles.map((role) => [role.roleId.toLowerCase(), { permissions: role.permissions, entries: role.permissions.map(compileEntry) }])), heldBy, deniedTo };
}

function append<T>(lists: Map<string, T[]>, id: string, item: T): void {
  const key = id.toLowerCase();
  const list = lists.get(key) ?? [];
  list.push(item);
  lists.set(key, list);
}

const anyOf = (patterns: readonly PermissionPattern[], permission: string): boolean => patterns.some((matches) => matches(permission));

function names(entry: CompiledEntry, permission: string, isDataAction: boolean): boolean {
  return isDataAction ? anyOf(entry.dataActions, permission) && !anyOf(entry.notDataActions, permission) : anyOf(entry.actions, permission) && !anyOf(entry.notActions, permission);
}

/** The principal first, then its groups. */
const identitiesOf = ({ id, groups = [] }: AccessQuestion["principal"]): readonly string[] => [id, ...groups].map((each) => each.toLowerCase());

export function decideAccess(snapshot: AccessSnapshot, question: AccessQuestion): AccessDecision {
  const identities = identitiesOf(question.principal);
  const scope = scopeKey(question.scope);
  const permission = question.permission.toLowerCase();
  // Most installations deny nobody anything.
  for (const identity of snapshot.deniedTo.size === 0 ? [] : [EVERYONE, ...identities]) {
    for (const denial of snapshot.deniedTo.get(identity) ?? []) {
      const applies = denial.isForScopeOnly ? denial.scope === scope : covers(denial.scope, scope);
      if (!applies || identities.some((id) => denial.excluded.has(id))) continue;
      if (denial.entries.some((entry) => names(entry, permission, question.isDataAction))) return { allowed: false, reason: "denied", by: denial.id };
    }
  }
  for (const held of heldOf(snapshot, question.principal)) {
    if (!covers(held.scope, scope)) continue;
    if (snapshot.roles.get(held.roleId)?.entries.some((entry) => names(entry, permission, question.isDataAction)) === true) return { allowed: true, by: held.id };
  }
  return { allowed: false, reason: "notGranted" };
}

function* heldOf(snapshot: AccessSnapshot, principal: AccessQuestion["principal"]): Iterable<Held> {
  for (const [at, identity] of identitiesOf(principal).entries()) {
    for (const held of snapshot.heldBy.get(identity) ?? []) if (at === 0 ? held.isForPrincipals : held.isForGroups) yield held;
  }
}

/** What the principal's roles give at a scope, one entry for each; denials are not subtracted, as in the public cloud. */
export function permissionsAt(snapshot: AccessSnapshot, principal: AccessQuestion["principal"], scope: string): readonly PermissionEntry[] {
  const key = scopeKey(scope);
  const roleIds = new Set([...heldOf(snapshot, principal)].filter((held) => covers(held.scope, key)).map((held) => held.roleId));
  return [...roleIds].flatMap((roleId) => snapshot.roles.get(roleId)?.permissions ?? []);
}

/** Whether the principal holds any role at, above or below a scope. */
export function isKnownAround(snapshot: AccessSnapshot, principal: AccessQuestion["principal"], scope: string): boolean {
  const key = scopeKey(scope);
  return [...heldOf(snapshot, principal)].some((held) => covers(held.scope, key) || covers(key, held.scope));
}
