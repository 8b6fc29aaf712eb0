// Roles as people give them: by the role's name and without making up GUIDs. Joins the commands made from the
// verb table; what is sent is theirs.
import { randomUUID } from "node:crypto";
import { Option } from "commander";
import type { Command } from "commander";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { WithContext } from "./cluster-commands.ts";
import { verbCommand } from "./resource-commands.ts";
import type { VerbContext } from "./run-verb.ts";
import { runVerb, subscriptionScope } from "./run-verb.ts";

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const NAMED_COUNT_MAX = 30;

export function extendRoleCommands(program: Command, withContext: WithContext): void {
  extend(program, "role-assignment", withContext, async (context, options) => {
    const { role, assignee, ...rest } = options;
    const roleDefinitionId = typeof role === "string" ? await findRoleId(context, role, scopeOf(context, options)) : undefined;
    const principal = typeof assignee === "string" ? await findPrincipal(context, assignee) : {};
    return { ...principal, ...rest, ...(roleDefinitionId === undefined ? {} : { roleDefinitionId }) };
  })
    .addOption(new Option("--role <role>", "Name, GUID or id of the role, instead of --role-definition-id."))
    .addOption(new Option("--assignee <id>", "Name, client id or object id of who gets it, instead of --principal-id."));
  extend(program, "role", withContext, (_context, options) => Promise.resolve(options));
}

type Rewrite = (context: VerbContext, options: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;

/** `create` of the noun, with options rewritten and a GUID made when no name is given. */
function extend(program: Command, noun: string, withContext: WithContext, rewrite: Rewrite): Command {
  const [command, verb] = verbCommand(program, noun, "create");
  return command.action((name: string | undefined) =>
    withContext(async (context) => {
      const options = command.opts<Record<string, unknown>>();
      const given = name ?? (typeof options["name"] === "string" ? options["name"] : randomUUID());
      await runVerb(context, verb, given, await rewrite(context, options));
    }),
  );
}

const scopeOf = ({ arm }: VerbContext, options: Readonly<Record<string, unknown>>): string => (typeof options["scope"] === "string" ? options["scope"] : subscriptionScope(arm));

interface ListedPrincipal {
  readonly name: string;
  readonly properties: { readonly principalId?: string; readonly clientId?: string };
}

/** A client id is what people have at hand and no object id: a role given to it would be held by nobody. */
async function findPrincipal({ arm }: VerbContext, assignee: string): Promise<Readonly<Record<string, unknown>>> {
  const listed = await arm.sendAny("ServicePrincipals_List", {}, undefined, {}).catch((error: unknown) => {
    // Whoever may not see principals can still name one by its object id, and principals of other issuers are not listed.
    if (error instanceof CommandError && error.httpStatus === 403) return { body: { value: [] } };
    throw error;
  });
  const { value } = listed.body as { readonly value: readonly ListedPrincipal[] }; // the answer's type in the contract
  const wanted = assignee.toLowerCase();
  const found = value.find(({ name, properties }) => [name, properties.clientId, properties.principalId].some((each) => each?.toLowerCase() === wanted));
  if (found?.properties.principalId !== undefined) return { principalId: found.properties.principalId };
  if (GUID.test(assignee)) return { principalId: assignee };
  throw new CommandError(ExitCode.usage, `no principal is named "${assignee}"; "cynosure service-principal list" shows those there are; others are named by their object id`);
}

interface NamedRole {
  readonly id: string;
  readonly properties: { readonly roleName: string };
}

async function findRoleId({ arm }: VerbContext, role: string, scope: string): Promise<string> {
  if (role.includes("/")) return role;
  if (GUID.test(role)) return `/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const { body } = await arm.sendAny("RoleDefinitions_List", { scope }, undefined, {});
  const roles = (body as { readonly value: readonly NamedRole[] }).value; // the answer's type in the contract
  const found = roles.find((each) => each.properties.roleName.toLowerCase() === role.toLowerCase());
  if (found !== undefined) return found.id;
  throw new CommandError(ExitCode.usage, `no role is named "${role}" at ${scope}; there are: ${roles.slice(0, NAMED_COUNT_MAX).map((each) => each.properties.roleName).join(", ")}`);
}
