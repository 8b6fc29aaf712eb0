// Parity as lines for people: each type with its verbs and actions, what hangs on the cluster, the totals, and what has
// no place. Pure.
import type { ArmVerb, Catalogue, CatalogueOperation, ParityTotals } from "@cynosure/projection";
import { fitTable, wrapText } from "../text-layout.ts";

/** In the order of the letters of `verbs`. */
const VERBS: readonly (readonly [Exclude<ArmVerb, "action">, string])[] = [["list", "L"], ["get", "G"], ["create", "C"], ["update", "U"], ["replace", "R"], ["delete", "D"]];

export function describeParity(catalogue: Catalogue, totals: ParityTotals, columns: number): string[] {
  const { operations, types } = catalogue;
  const onCluster = operations.filter(({ actionOn }) => actionOn === "cluster");
  const gateway = operations.filter((operation) => operation.class === "gatewayOnly");
  const rows = types.map((type) => [type.armType, VERBS.map(([verb, letter]) => (type.paths[verb] === undefined ? "-" : letter)).join(""), type.naming, String(type.fields.length), String(new Set(type.actions.map(({ on, name }) => `${on} ${name}`)).size)]);
  return [
    ...fitTable(["TYPE", "VERBS", "NAMED BY", "FIELDS", "ACTIONS"], rows, { columns, numbers: [3, 4] }),
    "",
    "Verbs: list, get, create, update, replace, delete.",
    "",
    ...wrapText(`Actions of the cluster itself (${onCluster.length}): ${[...new Set(onCluster.map(({ action }) => action ?? ""))].join(", ")}`, columns),
    "",
    ...wrapText(`At the native gateway alone (${gateway.length}): ${gateway.map(({ method, path }) => `${method} ${path}`).join(", ")}`, columns),
    "",
    ...describeTotals(catalogue, totals, columns),
  ];
}

function describeTotals(catalogue: Catalogue, totals: ParityTotals, columns: number): string[] {
  const { typed, action, keyed, transfer, gatewayOnly } = totals.classes;
  const without = catalogue.operations.filter((operation) => operation.class === "unmapped" || operation.isFallback);
  return [
    ...wrapText(`${catalogue.engine}: ${totals.operations} operations: ${typed} on types, ${action} as actions, ${keyed} by key, ${transfer} file transfers, ${gatewayOnly} at the gateway alone; ${totals.types} types, ${totals.actions} actions.`, columns),
    `Document ${catalogue.documentHash.slice(0, 16)}: ${totals.unmapped} without a place, ${totals.fallback} by the last resort.`,
    ...wrapText("Served by ARM below a cluster, as these types and actions, and by the cluster's native gateway, under the engine's own paths; the permissions are the same.", columns),
    ...without.map((operation) => `  no rule of its own: ${operation.method} ${operation.path}`),
  ];
}

/** One row an operation, with the rule that put it there. */
export function describeOperations(operations: readonly CatalogueOperation[], columns: number): string[] {
  return fitTable(
    ["OPERATION", "CLASS", "RULE", "PLACE"],
    operations.map((operation) => [`${operation.method} ${operation.path}`, operation.class, operation.rule, reachedAs(operation)]),
    { columns },
  );
}

function reachedAs({ class: kind, armType, armVerb, action, actionOn }: CatalogueOperation): string {
  if (kind === "gatewayOnly") return "native gateway";
  if (armVerb !== "action") return `${armVerb ?? ""} ${armType ?? ""}`;
  return `POST ${actionOn === "item" ? `${armType ?? ""}/{name}` : (armType ?? "cluster")}/${action ?? ""}`;
}
