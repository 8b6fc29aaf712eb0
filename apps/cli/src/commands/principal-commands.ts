// Service principals as people make them: with the first secret, which is shown this once, and what to do with
// it. Joins the commands made from the verb table.
import { Option } from "commander";
import type { Command } from "commander";
import { cliVerbs } from "@cynosure/sdk";
import type { CliVerb, NewSecret, ServicePrincipal, ServicePrincipalListResult } from "@cynosure/sdk";
import { formatTable } from "../output.ts";
import type { WithContext } from "./cluster-commands.ts";
import { verbCommand } from "./resource-commands.ts";
import type { VerbContext } from "./run-verb.ts";
import { requestOf } from "./verb-arguments.ts";

const NOUN = "service-principal";

export function extendPrincipalCommands(program: Command, withContext: WithContext): void {
  const [create, createVerb] = verbCommand(program, NOUN, "create");
  create
    .description("Creates a principal with its first secret, or changes it to what is given.")
    .addOption(new Option("--no-secret", "Make no secret."))
    .addOption(new Option("--lifetime-days <days>", "Days until the secret ends. Default: 180."))
    .action((name: string | undefined) => withContext((context) => createPrincipal(context, createVerb, name, create.opts<Record<string, unknown>>())));
  const [list, listVerb] = verbCommand(program, NOUN, "list");
  list.action(() => withContext(async ({ arm, output }) => {
    const body = (await arm.sendAny(listVerb.operationId, {}, undefined, {})).body as ServicePrincipalListResult; // the answer's type in the contract
    const rows = body.value.map(({ name = "", properties }) => [name, properties.kind ?? "", properties.clientId ?? "", properties.displayName ?? ""]);
    output.result(body, rows.length === 0 ? ["none"] : formatTable(["name", "kind", "clientId", "displayName"], rows));
  }));
}

async function createPrincipal({ arm, output }: VerbContext, verb: CliVerb, name: string | undefined, options: Readonly<Record<string, unknown>>): Promise<void> {
  const [secretVerb] = cliVerbs.filter((each) => each.noun === NOUN && each.verb === "new-secret");
  if (secretVerb === undefined) throw new Error(`the contract has no ${NOUN} new-secret`);
  const request = requestOf(verb, name, options, {}, { properties: {} });
  const secretRequest = requestOf(secretVerb, name, options, {}, {});
  const { properties, name: stored = "" } = (await arm.sendAny(verb.operationId, request.parameters, request.body, {})).body as ServicePrincipal; // the answer's type in the contract
  const shown = { name: stored, displayName: properties.displayName, kind: properties.kind, principalId: properties.principalId };
  const hasSecret = (properties.secretsExpireOn ?? []).length > 0;
  if (options["secret"] === false || hasSecret) {
    output.result({ ...shown, clientId: properties.clientId }, table({ ...shown, clientId: properties.clientId }));
    if (hasSecret) output.note(`\nIt has a secret already. Make another with: cynosure ${NOUN} new-secret ${stored}`);
    return;
  }
  const secret = (await arm.sendAny(secretVerb.operationId, secretRequest.parameters, secretRequest.body, {})).body as NewSecret; // as above
  output.result({ ...shown, ...secret }, table({ ...shown, ...secret }));
  output.note("\nThe secret is shown this once: keep it where only its owner can read it.");
  output.note(properties.kind === "User" ? "The person signs in with: cynosure login --device-code" : "Sign in with: cynosure login --client-id ID (secret in CYNOSURE_CLIENT_SECRET)");
}

function table(members: Readonly<Record<string, string | undefined>>): string[] {
  const width = Math.max(...Object.keys(members).map((key) => key.length)) + 2;
  return Object.entries(members).map(([key, value]) => `${`${key}:`.padEnd(width)}${value ?? ""}`);
}
