// The route table as data: what http-server mounts, what roles check, what the operations list is made of.
import type { ContractModel } from "./contract-model.ts";
import { literal, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

const declarations = `
import type { OperationId } from "./handlers.ts";

export interface RouteParameter {
  readonly name: string;
  readonly description: string;
  readonly pattern?: string;
  readonly lengthMin?: number;
  readonly lengthMax?: number;
}

export interface Route {
  readonly operationId: OperationId;
  readonly description: string;
  readonly method: "GET" | "HEAD" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** Segments in braces are path parameters; literal segments match without regard to case. */
  readonly path: string;
  readonly namespace: string;
  readonly resourceType: string;
  readonly verb: "read" | "list" | "checkExistence" | "createOrUpdate" | "update" | "delete" | "action";
  /** Last path segment of an action. */
  readonly action: string | null;
  /** What a role must allow. */
  readonly permission: string;
  readonly apiVersions: readonly string[];
  readonly pathParameters: readonly RouteParameter[];
  readonly longRunning: { readonly finalStateVia: "azure-async-operation" | "location" } | null;
  readonly pageable: boolean;
  readonly requestSchema: string | null;
  /** Status code to type name; null = no body. */
  readonly responseSchemas: Readonly<Record<string, string | null>>;
}
`;

export function emitRoutes(model: ContractModel, path: string): GeneratedFile {
  const routes = model.operations.map(({ group: _group, ...route }) => route);
  return typescriptFile(path, `${declarations}\nexport const routes: readonly Route[] = ${literal(routes)};\n`);
}
