// The CLI's verb table as data: nouns from the resource types, verbs from the operations, flags from the
// request bodies. The CLI renders and runs it; nothing of the contract is typed there by hand.
import type { ContractModel, ContractOperation } from "./contract-model.ts";
import type { ContractProperty, ContractSchema } from "./contract-schema.ts";
import { literal, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

type FlagType = "string" | "integer" | "number" | "boolean" | "string[]" | "map" | "json";

interface Flag {
  readonly flag: string;
  readonly path: readonly string[];
  readonly type: FlagType;
  readonly description: string;
  readonly required: boolean;
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

/** Nouns people say, where the last segment of the type is not one. Null = not a command. */
const nouns: Readonly<Record<string, string | null>> = {
  Operations: "provider-operation",
  OperationStatuses: "operation",
  OperationResults: null,
  ClusterOperations: "cluster-operation",
  ResourceGroups: "group",
  Sizing: "requirement",
  RoleDefinitions: "role",
  RoleAssignments: "role-assignment",
  DenyAssignments: "deny-assignment",
  Permissions: "permission",
  ServicePrincipals: "service-principal",
  NameAvailability: "name",
  AuditLog: "audit",
  AuditChain: "audit-chain",
  AuditAnchors: "audit-anchor",
};

/** Verbs people say, where the action is named otherwise; its own name goes on working. */
const verbs: Readonly<Record<string, string>> = { whatIf: "plan" };

const kebab = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();

function nounOf(operation: ContractOperation): string | null {
  const override = nouns[operation.group];
  if (override !== undefined) return override;
  return operation.group.replace(/s$/, "").toLowerCase();
}

function verbOf(operation: ContractOperation): string | null {
  switch (operation.verb) {
    case "read":
      return "show";
    case "list":
      return "list";
    case "checkExistence":
      return "exists";
    case "createOrUpdate":
      return "create";
    case "update":
      return "update";
    case "delete":
      return "delete";
    case "action":
      return verbs[operation.action ?? ""] ?? kebab(operation.action ?? "");
  }
}

const aliasOf = ({ verb, action }: ContractOperation): { alias?: string } => (verb === "action" && verbs[action ?? ""] !== undefined ? { alias: kebab(action ?? "") } : {});

function flagType(schema: ContractSchema, resolve: (name: string) => ContractSchema): { type: FlagType; enum?: readonly string[] } {
  switch (schema.kind) {
    case "reference":
      return flagType(resolve(schema.name), resolve);
    case "enum":
      return { type: "string", enum: schema.values };
    case "scalar":
      return { type: schema.type };
    case "map":
      return { type: "map" };
    case "array": {
      const items = flagType(schema.items, resolve);
      return items.type === "string" ? { ...items, type: "string[]" } : { type: "json" };
    }
    default:
      return { type: "json" };
  }
}

/** `properties.hosts.count` becomes --hosts-count; the envelope's `properties` is not said. */
const flagName = (path: readonly string[]): string => `--${(path[0] === "properties" ? path.slice(1) : path).map(kebab).join("-")}`;

function flagsOf(schema: ContractSchema, resolve: (name: string) => ContractSchema, path: readonly string[], required: boolean): Flag[] {
  const target = schema.kind === "reference" ? resolve(schema.name) : schema;
  if (target.kind !== "object") return [];
  return Object.entries(target.properties).flatMap(([name, property]: [string, ContractProperty]): Flag[] => {
    if (property.readOnly) return [];
    const own = [...path, name];
    const inner = property.schema.kind === "reference" ? resolve(property.schema.name) : property.schema;
    const isRequired = required && property.required;
    if (inner.kind === "object") return flagsOf(inner, resolve, own, isRequired);
    const fallback = property.default === undefined ? {} : { default: property.default };
    return [{ flag: flagName(own), path: own, ...flagType(property.schema, resolve), description: property.description, required: isRequired, ...fallback }];
  });
}

/** Filled from the session or from options every command has; never asked for as a positional argument. */
const sessionParameters: Readonly<Record<string, string>> = { subscriptionId: "--subscription", resourceGroupName: "--resource-group", location: "--location", scope: "--scope" };

/** Where people say it otherwise than a URL does. */
const spoken: Readonly<Record<string, string>> = { scope: "Id of a subscription, a resource group or a resource; / is the tenant." };

function parametersOf(operation: ContractOperation) {
  // The thing itself: what the path ends in, or what an action acts upon. Its group is context, unless it is the group itself.
  const ending = /\{([^}]+)\}$/.exec(operation.path)?.[1];
  const named = operation.pathParameters.map(({ name }) => name).filter((name) => sessionParameters[name] === undefined);
  const own = operation.verb === "action" ? named.at(-1) : ending;
  return operation.pathParameters.map(({ name, description }) => {
    const sessionFlag = name === own && name === "resourceGroupName" ? undefined : sessionParameters[name];
    return {
      name,
      flag: sessionFlag ?? (name === own ? "--name" : `--${kebab(name.replace(/Name$/, ""))}`),
      positional: name === own,
      fromSession: sessionFlag !== undefined,
      description: spoken[name] ?? description,
    };
  });
}

const declarations = `
import type { OperationId } from "./handlers.ts";

export interface CliParameter {
  /** Path parameter of the operation. */
  readonly name: string;
  readonly flag: string;
  /** May also be given as the first argument without a flag. */
  readonly positional: boolean;
  /** Has a default from the session: subscription, resource group, location. */
  readonly fromSession: boolean;
  readonly description: string;
}

export interface CliFlag {
  readonly flag: string;
  /** Where the value goes in the request body. */
  readonly path: readonly string[];
  readonly type: "string" | "integer" | "number" | "boolean" | "string[]" | "map" | "json";
  readonly description: string;
  readonly required: boolean;
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

export interface CliVerb {
  readonly noun: string;
  readonly verb: string;
  /** Another name of the verb. */
  readonly alias?: string;
  readonly operationId: OperationId;
  readonly summary: string;
  readonly parameters: readonly CliParameter[];
  /** Body flags; a command with flags also takes --body FILE. */
  readonly flags: readonly CliFlag[];
  readonly longRunning: boolean;
  readonly pageable: boolean;
}
`;

export function emitCliVerbs(model: ContractModel, path: string): GeneratedFile {
  const resolve = (name: string): ContractSchema => model.schemas[name] ?? { kind: "any" };
  const rows = model.operations.flatMap((operation) => {
    const noun = nounOf(operation);
    const verb = verbOf(operation);
    if (noun === null || verb === null) return [];
    const flags = operation.requestSchema === null ? [] : flagsOf({ kind: "reference", name: operation.requestSchema }, resolve, [], true);
    const parameters = parametersOf(operation);
    const twice = flags.find(({ flag }) => parameters.some((parameter) => parameter.flag === flag));
    if (twice !== undefined) throw new Error(`${operation.operationId} has ${twice.flag} in its path and in its body: name the property of the body differently`);
    return [{ noun, verb, ...aliasOf(operation), operationId: operation.operationId, summary: operation.description, parameters, flags, longRunning: operation.longRunning !== null, pageable: operation.pageable }];
  });
  return typescriptFile(path, `${declarations}\nexport const cliVerbs: readonly CliVerb[] = ${literal(rows)};\n`);
}
