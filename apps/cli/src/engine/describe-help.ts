// Help about a type, one of its commands or an action, made from what the cluster says of its engine. Pure.
import type { NativeField, NativeOperation, NativeType } from "@cynosure/sdk";
import { wrapText } from "../text-layout.ts";
import { dangerOf } from "./confirm-danger.ts";
import { COMMANDS, canDo } from "./describe-types.ts";
import type { EngineParity } from "./engine-parity.ts";
import { flagOf } from "./flag-words.ts";
import { namePlaceholders } from "./object-place.ts";
import { fieldsOfRequest, fieldsOfVerb, isTransfer } from "./request-parts.ts";

const NAMINGS: Readonly<Record<string, string>> = {
  name: "its own name",
  alias: "the name it was created with; the engine keeps none",
  id: "the engine's number, as id-<n>",
  singleton: "default: there is one",
  key: "the parts of its key, as part,part or name=part,name=part",
};

const REMARKS = {
  values: "Values come from --body, then --set over it, then flags over both.",
  lists: "Lists: give the flag several times, or commas between.",
  secrets: "Secrets: @FILE reads them from a file.",
  unlisted: "What no document lists: --set NAME=VALUE.",
  file: "The file: --file PATH (- is standard input), or --source-uri URL for the engine to fetch.",
};

const requiredAtCreation = (parity: EngineParity, type: NativeType): readonly NativeField[] => fieldsOfVerb(parity, type, "create").bodyFields.filter(({ isRequired }) => isRequired);

export function describeType(parity: EngineParity, type: NativeType, columns: number): string[] {
  const engine = `cynosure engine ${parity.clusterName}`;
  const commands = COMMANDS.filter((command) => canDo(type, command));
  const actions = type.actions.map(({ name, on }) => ["run", type.type, namePlaceholders(parity, type, on === "item" ? "item" : "collection"), name].filter((word) => word !== "").join(" "));
  const lines = [...commands.map(({ name }) => `${name} ${usageOf(parity, type, name)}`), ...new Set(actions)];
  // What is required is that of creating one: an answer may always hold a field that nobody has to give.
  const required = new Set(requiredAtCreation(parity, type).map(({ name }) => name));
  const example = commands.find(({ name }) => name === "create" || name === "update") ?? commands[0];
  return [
    ...wrapText(`${type.type}, named by ${NAMINGS[type.naming] ?? type.naming}${type.isTenantScoped ? "; names are those of a tenant" : ""}`, columns),
    "",
    ...lines.flatMap((line) => wrapText(`${engine} ${line}`, columns, "  ", "      ")),
    "",
    ...(type.fields.length === 0 ? ["The engine's document lists no fields."] : describeFields(type.fields.map((field) => ({ ...field, isRequired: required.has(field.name) })), type, columns)),
    "",
    ...wrapText(`Flags of one of these: ${engine} help ${type.type} ${example?.name ?? type.actions[0]?.name ?? ""}`, columns),
  ];
}

export function describeVerb(parity: EngineParity, type: NativeType, command: (typeof COMMANDS)[number], columns: number): string[] {
  const verb = command.verbs.find((each) => type.verbs.includes(each));
  const { operation, bodyFields } = verb === undefined ? { operation: null, bodyFields: [] } : fieldsOfVerb(parity, type, verb);
  const isRead = command.name === "list" || command.name === "show";
  return [
    ...wrapText(`cynosure engine ${parity.clusterName} ${command.name} ${usageOf(parity, type, command.name)}`, columns, "", "    "),
    "",
    ...describeRequest({ operation, bodyFields, type: isRead ? null : type, hasBody: !isRead, columns }),
  ];
}

export function describeAction(parity: EngineParity, type: NativeType | null, operation: NativeOperation, columns: number): string[] {
  const place = type === null ? [] : [type.type, namePlaceholders(parity, type, operation.actionOn === "item" ? "item" : "collection")];
  const required = isTransfer(operation) ? [] : fieldsOfRequest({ operation, bodyFields: operation.bodyFields }).filter(({ isRequired }) => isRequired);
  return [
    ...wrapText(`cynosure engine ${parity.clusterName} run ${[...place, operation.action ?? "", ...required.map(flagUsage), "[flags]"].filter((word) => word !== "").join(" ")}`, columns, "", "    "),
    "",
    ...describeRequest({ operation, bodyFields: operation.bodyFields, type: null, hasBody: true, columns }),
  ];
}

interface RequestHelp {
  readonly operation: NativeOperation | null;
  readonly bodyFields: readonly NativeField[];
  /** Null for reads and actions, whose parameters are no fields of an object. */
  readonly type: NativeType | null;
  readonly hasBody: boolean;
  readonly columns: number;
}

function describeRequest({ operation, bodyFields, type, hasBody, columns }: RequestHelp): string[] {
  const fields = fieldsOfRequest({ operation, bodyFields });
  const how = [...(hasBody ? [REMARKS.values] : []), ...(fields.some((field) => field.type === "array") ? [REMARKS.lists] : []), ...(fields.some(({ isSecret }) => isSecret) ? [REMARKS.secrets] : []), REMARKS.unlisted].join(" ");
  return [
    ...(fields.length === 0 ? ["The engine's document lists no fields for it."] : describeFields(fields, type, columns)),
    "",
    ...[...remarksOnOperation(operation), how].flatMap((line) => wrapText(line, columns)),
  ];
}

function remarksOnOperation(operation: NativeOperation | null): string[] {
  if (operation === null) return [];
  const { method, path, permission, isAsynchronous, danger } = operation;
  return [
    `${method} ${path} of the engine; needs ${permission}.`,
    ...(isAsynchronous ? ["The engine goes on with it; the command waits unless --no-wait."] : []),
    ...(danger === "none" ? [] : [`It is ${danger}: ${dangerOf(operation) === "none" ? "" : "asked about first unless --yes, and "}a role of its own is needed.`]),
    ...(isTransfer(operation) ? [REMARKS.file] : []),
  ];
}

function usageOf(parity: EngineParity, type: NativeType, command: string): string {
  const required = command === "create" ? requiredAtCreation(parity, type).filter(({ name }) => name !== type.nameField) : [];
  return [type.type, namePlaceholders(parity, type, command === "list" ? "collection" : "item"), ...required.map(flagUsage), "[flags]"].filter((word) => word !== "").join(" ");
}

/** A longer one has its remarks below it. */
const FLAG_WIDTH_MAX = 48;
const INDENT = "  ";
const PLACEHOLDERS: Readonly<Record<string, string>> = { integer: "N", number: "N", boolean: "true|false", object: "JSON" };

const flagUsage = ({ name, type, itemType }: NativeField): string => `${flagOf(name)} ${PLACEHOLDERS[type === "array" ? (itemType ?? "any") : type] ?? "VALUE"}`;

/** Flags are never broken: people copy them. What does not fit beside one stands below it. */
function describeFields(fields: readonly NativeField[], type: NativeType | null, columns: number): string[] {
  const ordered = [...fields.filter(({ isRequired }) => isRequired), ...fields.filter(({ isRequired }) => !isRequired)];
  const rows = ordered.map((field) => ({ flag: `${flagOf(field.name)} ${field.type === "array" ? `${field.itemType ?? "any"}[]` : field.type}`, remarks: remarksOn(type, field) }));
  const width = Math.min(FLAG_WIDTH_MAX, Math.max(...rows.map(({ flag }) => flag.length)));
  return rows.flatMap(({ flag, remarks }) => {
    const line = `${flag.padEnd(width)}  ${remarks}`.trimEnd();
    return INDENT.length + line.length <= columns && flag.length <= width ? [`${INDENT}${line}`] : [`${INDENT}${flag}`, ...(remarks === "" ? [] : wrapText(remarks, columns, "      "))];
  });
}

function remarksOn(type: NativeType | null, { name, enum: allowed, isRequired, isSecret }: NativeField): string {
  return [
    ...(isRequired ? ["required"] : []),
    ...(name === type?.nameField ? ["the name"] : []),
    ...(type?.createOnlyFields.includes(name) === true ? ["at creation only"] : []),
    ...(isSecret ? ["secret"] : type?.writeOnlyFields.includes(name) === true ? ["never shown"] : []),
    ...(allowed === undefined ? [] : [`one of ${allowed.join(" ")}`]),
  ].join("; ");
}
