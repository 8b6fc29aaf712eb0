// docs/reference/roles.md, made from the roles and limits of the code, so that the page cannot say other than it.
import { dataActions } from "@cynosure/contract";
import { ROWS_COUNT_MAX } from "../access-rows.ts";
import { builtInRoles } from "../built-in-roles.ts";
import type { BuiltInRole } from "../built-in-roles.ts";
import { EVERYONE } from "../decide-access.ts";
import { REFRESH_MS_MAX } from "../live-snapshot.ts";

const code = (words: readonly string[] = []): string => (words.length === 0 ? "–" : words.map((word) => `\`${word}\``).join("<br>"));
const tableRow = ({ roleName, roleId, description, permissions }: BuiltInRole): string =>
  `| **${roleName}**<br>\`${roleId}\` | ${description} | ${[(["actions"] as const), (["notActions"] as const), (["dataActions"] as const)].map(([list]) => code(permissions.flatMap((entry) => entry[list] ?? []))).join(" | ")} |`;

export const rolesPage = (): string => `# Roles

Who may do what where, as Azure decides it: role definitions, role assignments and deny assignments of \`Microsoft.Authorization\`, at the tenant (\`/\`),
a subscription, a resource group, a cluster, or what is in a cluster. Azure's own tools work on them unchanged. This page is made from the code
(\`UPDATE_GOLDEN=1 npx vitest run packages/access\`).

## How a request is decided

1. Deny assignments first. One that covers the scope, names the principal (or one of its groups, or everybody: \`${EVERYONE}\`), leaves it not out, and names the
   action, ends it: 403. With \`doNotApplyToChildScopes\` it covers its own scope only.
2. Then the roles of the principal and of the groups in its token, assigned at the scope or above it. One entry of one role must hold the action: among its \`actions\` and not
   among its \`notActions\`. \`*\` stands for any run of characters; case does not count. What one entry takes out another may still give.
   An assignment whose \`principalType\` says User or ServicePrincipal is not held by a group of that name, nor one for a Group by a principal; without a type it may be either.
3. Nothing found: 403 \`AuthorizationFailed\`, naming principal, action and scope.

A scope covers what is below it by words of the path: a role at \`…/clusters/a\` says nothing about \`…/clusters/ab\`. A request is about the resource it names; a list is
about what holds the listed things, so a list of all clusters of a subscription needs a right at the subscription. **Whoever has rights in one group only gets 403 there, as in Azure:
nothing is left out of a list silently.** The one list that is narrowed is \`GET /subscriptions\`: it shows the subscriptions in or above which the caller has any role.

Whoever has any role in a subscription may also show the subscription, its locations and its providers, and read the operations whose ids he was given. Everybody may ask what
he may do (\`…/providers/Microsoft.Authorization/permissions\`).

## Data actions

${dataActions.map((name) => `\`${name}\``).join(", ")}

These are given by \`dataActions\` alone: \`*\` among the \`actions\` does not hold them. Owner and Contributor hold \`listCredentials\` and those of gateway users, as Azure's Contributor holds the keys of a
storage account: whoever may change or remove a cluster and its file systems could reach the data anyway, and an owner who had to be given the keys first would give them to himself. For people who run clusters
and must not read data there is Storage Cluster Operator. Faults are held by Local Host Fault Operator alone: nobody who looks after a cluster switches one of its hosts off by mistake.

## Built-in roles

They are in the code, not in the store: no write changes them. The GUIDs are Azure's where Azure has the role.

| role | what for | actions | notActions | dataActions |
|---|---|---|---|---|
${builtInRoles.map(tableRow).join("\n")}

The service principal that an installation makes for itself (\`credentials.json\`) is Owner and Local Host Fault Operator of everything by code. That cannot be taken away, so nobody locks himself out; a deny assignment
holds for it too, except that it can always change roles and deny assignments.

## Rules of assignments and custom roles

- An assignment names a role that exists and is assignable at the scope (400), and a scope that exists (404). The same role for the same principal at the same scope is made once (409
  \`RoleAssignmentExists\`); afterwards only its description changes (409 \`RoleAssignmentUpdateNotPermitted\`).
- Nobody gives a role without \`Microsoft.Authorization/roleAssignments/write\` at that scope. Nobody writes a role without \`roleDefinitions/write\` at each of its \`assignableScopes\` (403 \`LinkedAuthorizationFailed\`).
- A custom role has a name of its own in the tenant. It is not removed, and loses no scope, while somebody holds it there (409 \`RoleDefinitionHasAssignments\`).
- Roles given at a resource group, a cluster or something in it go when that goes.
- A cluster that is given user-assigned identities needs \`Microsoft.ManagedIdentity/userAssignedIdentities/assign/action\` on each of them (403 \`LinkedAuthorizationFailed\`).
- Lists take \`$filter\`: \`atScope()\`, \`principalId eq '…'\`, \`assignedTo('…')\`, \`roleName eq '…'\`, \`type eq '…'\`, \`denyAssignmentName eq '…'\`, joined by \`and\`. Any other is refused by name. \`assignedTo\` counts groups for the caller himself only:
  the groups of others are not known here.
- There are at most ${ROWS_COUNT_MAX} custom roles, ${ROWS_COUNT_MAX} role assignments and ${ROWS_COUNT_MAX} deny assignments in an installation (409 \`QuotaExceeded\`).
- Each write leaves an audit row in its own transaction.

## When a change is in force

In the control plane that took it, with the next request; in the others as soon as the database's notice arrives, and without one after ${REFRESH_MS_MAX / 1_000} s at most. While the database
is away the last known roles stay in force. Requests ask nothing of the database for it: the decision is made in memory.

## Not there

Management groups, conditions on assignments, and groups other than those in a token. Behind Azure Resource Manager (\`--behind-arm\`) none of this is asked: Azure has decided before.

## From the command line

\`\`\`
cynosure role list
cynosure role-assignment create --role Reader --assignee OBJECT-ID [--scope ID]
cynosure role-assignment list [--scope ID]
cynosure role-assignment delete NAME [--scope ID]
cynosure role create --role-name NAME --permissions '[{"actions":["Cynosure.Storage/clusters/read"]}]' --assignable-scopes ID
\`\`\`

\`--scope\` is the id of a subscription, a resource group or a resource, or \`/\`; without it the session's subscription is meant.
`;
