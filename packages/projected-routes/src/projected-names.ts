// What roles, tools and people can name of the engines that are served: types and permissions, as plain data for those rooms
// that list what there is.
import { NAMESPACE } from "@cynosure/arm-store";
import { isDataAction } from "@cynosure/contract";
import type { Operation } from "@cynosure/contract";
import type { Catalogue, CatalogueOperation } from "@cynosure/projection";

/** Below the namespace: `clusters/vastViews`. */
export const projectedTypePaths = (catalogues: readonly Catalogue[]): readonly string[] => catalogues.flatMap(({ types }) => types.map(({ armType }) => `clusters/${armType}`));

const VERBS: Readonly<Record<string, string>> = { read: "Get or List", write: "Create or Update", delete: "Delete" };

/** Each permission once, with the operations of the engine it allows. */
export function projectedOperations(catalogues: readonly Catalogue[]): readonly Operation[] {
  const byPermission = new Map<string, CatalogueOperation[]>();
  for (const operation of catalogues.flatMap(({ operations }) => operations)) {
    if (operation.class !== "gatewayOnly") byPermission.set(operation.permission, [...(byPermission.get(operation.permission) ?? []), operation]);
  }
  return [...byPermission].map(([name, operations]) => describe(name, operations));
}

function describe(name: string, operations: readonly CatalogueOperation[]): Operation {
  const words = name.slice(`${NAMESPACE}/clusters/`.length).split("/");
  const isAction = words.at(-1) === "action";
  const does = words.at(isAction ? -2 : -1) ?? "";
  const resource = operations[0]?.armType ?? "clusters";
  return {
    name,
    isDataAction: isDataAction(name),
    display: { provider: "Cynosure Storage", resource, operation: `${isAction ? does : (VERBS[does] ?? does)} ${resource}`, description: `Of the engine's own API: ${operations.map(({ method, path }) => `${method} ${path}`).join(", ")}.` },
    origin: "user,system",
  };
}
