// The list of operations a role can allow (`GET /providers/Cynosure.Storage/operations`): one entry per
// permission of the route table, so that the list and the routes cannot disagree.
import type { ContractModel, ContractOperation } from "./contract-model.ts";
import { isDataAction } from "../../packages/contract/src/data-actions.ts";
import { literal, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

const providerName = "Cynosure Storage";

const titleCase = (name: string): string => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
const singular = (title: string): string => (/uses$/.test(title) ? title.replace(/es$/, "") : title.replace(/s$/, ""));

function operationTitle(operation: ContractOperation, resource: string): string {
  switch (operation.verb) {
    case "createOrUpdate":
    case "update":
      return `Create or Update ${singular(resource)}`;
    case "delete":
      return `Delete ${singular(resource)}`;
    case "action":
      return titleCase(operation.action ?? "");
    default:
      return `Read ${singular(resource)}`;
  }
}

interface ProviderOperation {
  readonly name: string;
  readonly isDataAction: boolean;
  readonly display: { readonly provider: string; readonly resource: string; readonly operation: string; readonly description: string };
  readonly origin: string;
}

function entry(name: string, resource: string, operation: string, description: string): ProviderOperation {
  return { name, isDataAction: isDataAction(name), display: { provider: providerName, resource, operation, description }, origin: "user,system" };
}

/** The last word of the type; with its parent's before it where the provider itself has a type of that name. */
function resourceTitle(resourceType: string, types: ReadonlySet<string>): string {
  const [namespace = "", ...names] = resourceType.split("/");
  const [last = "", parent] = names.toReversed();
  if (last === "") return "Provider";
  return parent !== undefined && types.has(`${namespace}/${last}`) ? `${singular(titleCase(parent))} ${titleCase(last)}` : titleCase(last);
}

export function emitProviderOperations(model: ContractModel, path: string): GeneratedFile {
  const namespace = "Cynosure.Storage";
  const entries = new Map<string, ProviderOperation>();
  const own = model.operations.filter((candidate) => candidate.namespace === namespace);
  const types = new Set(own.map(({ resourceType }) => resourceType));
  for (const operation of own) {
    if (entries.has(operation.permission)) continue;
    const resource = resourceTitle(operation.resourceType, types);
    entries.set(operation.permission, entry(operation.permission, resource, operationTitle(operation, resource), operation.description));
  }
  for (const action of ["register", "unregister"]) {
    const name = `${namespace}/${action}/action`;
    entries.set(name, entry(name, "Subscription", `${titleCase(action)} Subscription`, `${titleCase(action)}s a subscription with the provider.`));
  }
  const sorted = [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return typescriptFile(path, `\nimport type { Operation } from "./types.ts";\n\n/** What a role can allow. */\nexport const providerOperations: readonly Operation[] = ${literal(sorted)};\n`);
}
