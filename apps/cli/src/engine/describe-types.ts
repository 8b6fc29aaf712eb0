// `engine CLUSTER types`: what there is, and where to read on. Pure.
import type { NativeType, NativeVerb } from "@cynosure/sdk";
import { fitTable, wrapText } from "../text-layout.ts";
import { clusterActions } from "./find-type.ts";
import type { EngineParity } from "./engine-parity.ts";

/** Commands in the order of their letters, with the verbs of the document that make them possible. */
export const COMMANDS: readonly { readonly name: string; readonly letter: string; readonly verbs: readonly NativeVerb[] }[] = [
  { name: "list", letter: "L", verbs: ["list"] },
  // What can only be listed is found in the list.
  { name: "show", letter: "S", verbs: ["get", "list"] },
  { name: "create", letter: "C", verbs: ["create"] },
  { name: "update", letter: "U", verbs: ["update", "replace"] },
  { name: "delete", letter: "D", verbs: ["delete"] },
];

export const canDo = (type: NativeType, { verbs }: (typeof COMMANDS)[number]): boolean => verbs.some((verb) => type.verbs.includes(verb));

export interface FoundTypes {
  readonly types: readonly NativeType[];
  readonly clusterActions: readonly string[];
}

/** Types whose name, fields or actions hold the text, and actions of the cluster whose name does. */
export function searchTypes(parity: EngineParity, text: string | null): FoundTypes {
  const wanted = text?.toLowerCase() ?? "";
  const holds = (name: string): boolean => name.toLowerCase().includes(wanted);
  return {
    types: parity.types.filter(({ type, fields, actions }) => holds(type) || fields.some(({ name }) => holds(name)) || actions.some(({ name }) => holds(name))),
    clusterActions: [...new Set(clusterActions(parity).map(({ action }) => action ?? ""))].filter(holds),
  };
}

export function describeTypes(parity: EngineParity, found: FoundTypes, text: string | null, columns: number): string[] {
  const rows = found.types.map((type) => [type.type, COMMANDS.map((command) => (canDo(type, command) ? command.letter : "-")).join(""), type.naming, String(type.fields.length), String(new Set(type.actions.map(({ name, on }) => `${on} ${name}`)).size)]);
  if (rows.length === 0 && found.clusterActions.length === 0) return wrapText(`Nothing of ${parity.engine} holds ${JSON.stringify(text ?? "")}; leave out --search to see all ${parity.types.length} types.`, columns);
  return [
    ...(rows.length === 0 ? [] : [...fitTable(["TYPE", "CAN", "NAMED BY", "FIELDS", "ACTIONS"], rows, { columns, numbers: [3, 4] }), "", "Can: list, show, create, update, delete.", ""]),
    ...(found.clusterActions.length === 0 ? [] : [...wrapText(`Actions of the cluster itself (${found.clusterActions.length}): ${found.clusterActions.join(", ")}`, columns), ""]),
    ...wrapText(`${parity.engine}, document ${parity.documentHash.slice(0, 16)}: ${found.types.length} of ${parity.types.length} types. Fields and actions of one: cynosure engine ${parity.clusterName} help TYPE`, columns),
  ];
}
