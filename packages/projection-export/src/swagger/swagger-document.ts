// A catalogue as the OpenAPI 2 document that describes its types and actions to Azure Resource Manager. The same catalogue
// gives the same text: everything is sorted, and nothing depends on when or where.
import type { Catalogue } from "@cynosure/projection";
import { armOperationsOf, leftOut } from "../arm-operations.ts";
import type { ArmOperation } from "../arm-operations.ts";
import { NameRegister, definitionName, operationIdOf, resourceName } from "../names.ts";
import { API_VERSION } from "../provider.ts";
import { actionDefinitions } from "./action-definitions.ts";
import { ref, sortedEntries } from "./json.ts";
import type { Json } from "./json.ts";
import { clusterParameter, levelsOf, nameParameter, operationJson, pathOf } from "./operations.ts";
import { sharedDefinitions } from "./shared-definitions.ts";
import { typeDefinitions } from "./type-definitions.ts";

export function exportSwagger(catalogue: Catalogue): Json {
  const operations = armOperationsOf(catalogue);
  const types = new Map(catalogue.types.map((type) => [type.armType, type]));
  const definitions = new Map<string, Json>([...sharedDefinitions, ...catalogue.types.flatMap((type) => typeDefinitions(type, operations))]);
  const parameters = new Map<string, Json>([["clusterName", clusterParameter]]);
  const paths = new Map<string, Map<string, Json>>();
  const ids = new NameRegister();
  for (const operation of operations) {
    const levels = levelsOf(operation, types);
    for (const level of levels) if (level.parameter !== null) parameters.set(level.parameter, nameParameter(level));
    const id = ids.claim(operationIdOf(operation));
    const path = pathOf(operation, levels);
    const at = paths.get(path) ?? new Map<string, Json>();
    at.set(operation.method, operationJson(operation, levels, { id, ...schemasOf(operation, id, definitions) }));
    paths.set(path, at);
  }
  return {
    swagger: "2.0",
    info: {
      title: `Cynosure Storage: ${catalogue.engine}`,
      version: API_VERSION,
      description: `Objects and actions of the engine ${catalogue.engine} below a cluster, made by rule of the document ${catalogue.documentHash}.`,
      "x-cynosure-document-hash": catalogue.documentHash,
    },
    schemes: ["https"],
    host: "management.azure.com",
    produces: ["application/json"],
    consumes: ["application/json"],
    security: [{ azure_auth: ["user_impersonation"] }],
    securityDefinitions: {
      azure_auth: { type: "oauth2", description: "Azure Active Directory OAuth2 Flow.", flow: "implicit", authorizationUrl: "https://login.microsoftonline.com/common/oauth2/authorize", scopes: { user_impersonation: "impersonate your user account" } },
    },
    "x-cynosure-left-out": leftOut(catalogue).map(({ method, path }) => `${method} ${path}`).toSorted(),
    paths: sortedEntries([...paths].map(([path, methods]) => [path, Object.fromEntries(methods)] as const)),
    definitions: sortedEntries(definitions),
    parameters: sortedEntries(parameters),
  };
}

/** Adds the definitions of an action, and says what the operation refers to. */
function schemasOf(operation: ArmOperation, id: string, definitions: Map<string, Json>): { readonly request: string | null; readonly answer: Json | null } {
  const name = definitionName(operation.type?.armType ?? "");
  if (operation.verb === "put") return { request: resourceName(operation.type?.armType ?? ""), answer: null };
  if (operation.verb === "patch") return { request: `${name}Update`, answer: null };
  if (operation.verb !== "action") return { request: null, answer: null };
  const own = id.replace("_", "");
  const { request, answer } = actionDefinitions(own, operation);
  if (request !== null) definitions.set(`${own}Request`, request);
  if (answer !== null) definitions.set(`${own}Result`, answer);
  return { request: request === null ? null : `${own}Request`, answer: answer === null ? null : ref(`${own}Result`) };
}
