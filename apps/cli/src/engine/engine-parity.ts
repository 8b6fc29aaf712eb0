// What a cluster says of its engine's own API, as `getParity` answers it: projected types, their fields and actions, and every
// operation. Read once here; another release may say more, so what is not known is passed over.
import { CommandError, ExitCode } from "../exit-code.ts";

/** As the engine's document says it: string, integer, number, boolean, array, object or any. */
export interface EngineField {
  readonly name: string;
  readonly type: string;
  readonly itemType?: string;
  readonly enum?: readonly (string | number)[];
  readonly isRequired: boolean;
  readonly isSecret: boolean;
}

export interface EngineType {
  /** `vastViews`, nested `vastUsers/accessKeys`. */
  readonly type: string;
  /** name, alias, id, singleton or key. */
  readonly naming: string;
  /** list, get, create, update, replace, delete. */
  readonly verbs: readonly string[];
  readonly idField: string;
  readonly nameField: string | null;
  readonly isTenantScoped: boolean;
  readonly fields: readonly EngineField[];
  readonly createOnlyFields: readonly string[];
  readonly writeOnlyFields: readonly string[];
  /** What a name is made of, in order; empty where it is not made of parts. */
  readonly keyParts: readonly string[];
  readonly actions: readonly { readonly name: string; readonly on: string }[];
}

export interface EngineOperation {
  readonly method: string;
  readonly path: string;
  /** typed, action, keyed, transfer or gatewayOnly. */
  readonly class: string;
  readonly type: string | null;
  /** A verb of its type; null for actions. */
  readonly verb: string | null;
  readonly action: string | null;
  /** item, collection or cluster. */
  readonly actionOn: string | null;
  readonly permission: string;
  readonly isAsynchronous: boolean;
  readonly hasSideEffects: boolean;
  /** none, internal or destructive. */
  readonly danger: string;
  readonly queryParameters: readonly EngineField[];
  readonly bodyKind: string | null;
  readonly bodyFields: readonly EngineField[];
}

export interface EngineParity {
  /** Who said it. */
  readonly clusterName: string;
  readonly engine: string;
  readonly documentHash: string;
  readonly types: readonly EngineType[];
  readonly operations: readonly EngineOperation[];
}

type Members = Readonly<Record<string, unknown>>;

/** Throws for what is no answer of `getParity`. */
export function readParity(answer: unknown, clusterName: string): EngineParity {
  const members = membersOf(answer);
  const { engine, documentHash, types, operations } = members;
  if (typeof engine !== "string" || typeof documentHash !== "string" || !Array.isArray(types) || !Array.isArray(operations)) {
    throw new CommandError(ExitCode.failed, `cluster ${clusterName} does not say what its engine can do in a form known here; is this command of the control plane's release?`);
  }
  return { clusterName, engine, documentHash, types: types.map(membersOf).map(readType), operations: operations.map(membersOf).map(readOperation) };
}

const membersOf = (value: unknown): Members => (typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []); // an array is one of unknowns
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const textOrNull = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const textsOf = (value: unknown): string[] => listOf(value).filter((each) => typeof each === "string");

function readField(field: Members): EngineField {
  const { itemType } = field;
  const allowed = listOf(field["enum"]).filter((each) => typeof each === "string" || typeof each === "number");
  return {
    name: textOf(field["name"]),
    type: textOrNull(field["type"]) ?? "any",
    ...(typeof itemType === "string" ? { itemType } : {}),
    ...(allowed.length === 0 ? {} : { enum: allowed }),
    isRequired: field["isRequired"] === true,
    isSecret: field["isSecret"] === true,
  };
}

const fieldsOf = (value: unknown): EngineField[] => listOf(value).map(membersOf).map(readField);

const readType = (type: Members): EngineType => ({
  type: textOf(type["type"]),
  naming: textOf(type["naming"]),
  verbs: textsOf(type["verbs"]),
  idField: textOrNull(type["idField"]) ?? "id",
  nameField: textOrNull(type["nameField"]),
  isTenantScoped: type["isTenantScoped"] === true,
  fields: fieldsOf(type["fields"]),
  createOnlyFields: textsOf(type["createOnlyFields"]),
  writeOnlyFields: textsOf(type["writeOnlyFields"]),
  keyParts: textsOf(type["keyParts"]),
  actions: listOf(type["actions"]).map(membersOf).map(({ name, on }) => ({ name: textOf(name), on: textOf(on) })),
});

const readOperation = (operation: Members): EngineOperation => ({
  method: textOf(operation["method"]),
  path: textOf(operation["path"]),
  class: textOf(operation["class"]),
  type: textOrNull(operation["type"]),
  verb: operation["verb"] === "action" ? null : textOrNull(operation["verb"]),
  action: textOrNull(operation["action"]),
  actionOn: textOrNull(operation["actionOn"]),
  permission: textOf(operation["permission"]),
  isAsynchronous: operation["isAsynchronous"] === true,
  hasSideEffects: operation["hasSideEffects"] === true,
  danger: textOrNull(operation["danger"]) ?? "none",
  queryParameters: fieldsOf(operation["queryParameters"]),
  bodyKind: textOrNull(operation["bodyKind"]),
  bodyFields: fieldsOf(operation["bodyFields"]),
});
