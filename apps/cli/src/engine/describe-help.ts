// Help about a type, one of its commands or an action, made from what the cluster says of its engine. Pure.
import { fitTable, wrapText } from "../text-layout.ts";
import { COMMANDS, canDo } from "./describe-types.ts";
import type { EngineField, EngineOperation, EngineParity, EngineType } from "./engine-parity.ts";
import { operationOf } from "./find-type.ts";
import { flagOf } from "./flag-words.ts";
import { nameCountOf, namePlaceholders } from "./object-place.ts";
import { fieldsOfRequest } from "./request-parts.ts";

const NAMINGS: Readonly<Record<string, string>> = {
  name: "its own name",
  alias: "the name it was created with; the engine keeps none",
  id: "the engine's number, as id-<n>",
  singleton: "default: there is one",
  key: "the parts of its key",
};

const ARTICLES = "Values come from --body, then --set over it, then flags over both.";
const TRANSFER = "The file: --file PATH (- is standard input), or --source-uri URL for the engine to fetch.";

/** Fields of a command with how they are given. */
export const fieldsOfVerb = (parity: EngineParity, type: EngineType, verb: string): { readonly operation: EngineOperation | null; readonly bodyFields: readonly EngineField[] } => {
  const operation = operationOf(parity, type, verb) ?? (verb === "create" ? operationOf(parity, type, "replace") : null);
  const isWrite = verb === "create" || verb === "update";
  return { operation, bodyFields: isWrite && (operation?.bodyFields.length ?? 0) === 0 ? type.fields : (operation?.bodyFields ?? []) };
};

export function describeType(parity: EngineParity, type: EngineType, clusterName: string, columns: number): string[] {
  const engine = `cynosure engine ${clusterName}`;
  const commands = COMMANDS.filter((command) => canDo(type, command)).map(({ name }) => `${engine} ${name} ${usageOf(parity, type, name)}`);
  const actions = type.actions.map(({ name, on }) => `${engine} run ${[type.type, on === "item" ? namePlaceholders(parity, type, "item") : namePlaceholders(parity, type, "collection"), name].filter((word) => word !== "").join(" ")}`);
  return [
    `${type.type}, named by ${NAMINGS[type.naming] ?? type.naming}${type.isTenantScoped ? "; names are those of a tenant" : ""}`,
    "",
    ...commands.flatMap((line) => wrapText(line, columns, "  ", "      ")),
    ...[...new Set(actions)].flatMap((line) => wrapText(line, columns, "  ", "      ")),
    "",
    ...(type.fields.length === 0 ? ["The engine's document lists no fields."] : describeFields(type, type.fields, columns)),
    "",
    ...wrapText(`Flags of one command: ${engine} help ${type.type} create (or another command or action).`, columns),
  ];
}

export function describeVerb(parity: EngineParity, type: EngineType, command: (typeof COMMANDS)[number], clusterName: string, columns: number): string[] {
  const verb = command.verbs.find((each) => type.verbs.includes(each)) ?? "";
  const { operation, bodyFields } = fieldsOfVerb(parity, type, verb);
  return [
    ...wrapText(`cynosure engine ${clusterName} ${command.name} ${usageOf(parity, type, command.name)}`, columns, "", "    "),
    "",
    ...describeRequest(type, operation, bodyFields, columns),
  ];
}

export function describeAction(parity: EngineParity, type: EngineType | null, operation: EngineOperation, clusterName: string, columns: number): string[] {
  const on = operation.actionOn === "item" ? "item" : "collection";
  const place = type === null ? [] : [type.type, namePlaceholders(parity, type, on)];
  return [
    ...wrapText(`cynosure engine ${clusterName} run ${[...place, operation.action ?? ""].filter((word) => word !== "").join(" ")} [flags]`, columns, "", "    "),
    "",
    ...describeRequest(type, operation, operation.bodyFields, columns),
  ];
}

function describeRequest(type: EngineType | null, operation: EngineOperation | null, bodyFields: readonly EngineField[], columns: number): string[] {
  const fields = fieldsOfRequest({ operation, bodyFields });
  const remarks = operation === null ? [] : [`${operation.method} ${operation.path} of the engine; needs ${operation.permission}.`, ...(operation.isAsynchronous ? ["The engine goes on with it; the command waits unless --no-wait."] : []), ...(operation.danger === "none" ? [] : [`It is ${operation.danger}: ${operation.method === "GET" && !operation.hasSideEffects ? "a role of its own is needed" : "asked about first unless --yes, and a role of its own is needed"}.`]), ...(isTransfer(operation) ? [TRANSFER] : [])];
  return [
    ...(fields.length === 0 ? ["The engine's document lists no fields for it."] : describeFields(type, fields, columns)),
    "",
    ...[...remarks, ARTICLES, "Lists: give the flag several times, or commas between. Secrets: @FILE reads them from a file. What no document lists: --set NAME=VALUE."].flatMap((line) => wrapText(line, columns)),
  ];
}

export const isTransfer = (operation: EngineOperation | null): boolean => operation !== null && (operation.bodyKind === "multipart" || operation.bodyKind === "binary");

function usageOf(parity: EngineParity, type: EngineType, command: string): string {
  const names = command === "list" ? namePlaceholders(parity, type, "collection") : nameCountOf(parity, type) === 0 ? "" : namePlaceholders(parity, type, "item");
  const verb = command === "create" ? "create" : command === "update" ? "update" : "";
  const required = command === "create" ? fieldsOfVerb(parity, type, verb).bodyFields.filter(({ isRequired, name }) => isRequired && name !== type.nameField) : [];
  return [type.type, names, ...required.map((field) => `${flagOf(field.name)} ${placeholderOf(field)}`), "[flags]"].filter((word) => word !== "").join(" ");
}

const placeholderOf = ({ type }: EngineField): string => (type === "integer" || type === "number" ? "N" : type === "boolean" ? "true|false" : type === "object" ? "JSON" : "VALUE");

function describeFields(type: EngineType | null, fields: readonly EngineField[], columns: number): string[] {
  const ordered = [...fields.filter(({ isRequired }) => isRequired), ...fields.filter(({ isRequired }) => !isRequired)];
  return fitTable(["FLAG", "TYPE", "REMARKS"], ordered.map((field) => [flagOf(field.name), field.type === "array" ? `${field.itemType ?? "any"}, several` : field.type, remarksOn(type, field)]), { columns });
}

function remarksOn(type: EngineType | null, { name, enum: allowed, isRequired, isSecret }: EngineField): string {
  return [
    ...(isRequired ? ["required"] : []),
    ...(name === type?.nameField ? ["the name"] : []),
    ...(type?.createOnlyFields.includes(name) === true ? ["at creation only"] : []),
    ...(isSecret ? ["secret"] : type?.writeOnlyFields.includes(name) === true ? ["never shown"] : []),
    ...(allowed === undefined ? [] : [`one of ${allowed.join(" ")}`]),
  ].join("; ");
}
