// What may follow in `engine CLUSTER …`, from what the cluster said last. Pure.
import type { NativeField, NativeOperation, NativeType } from "@cynosure/sdk";
import { COMMANDS, canDo } from "../engine/describe-types.ts";
import type { EngineParity } from "../engine/engine-parity.ts";
import { actionsNamed, clusterActionNamed, clusterActions, typeNamed, withoutEngine } from "../engine/find-type.ts";
import { BODY_FLAGS, COMMON_FLAGS, flagOf } from "../engine/flag-words.ts";
import { LIST_FLAGS, TRANSFER_FLAGS } from "../engine/object-commands.ts";
import { fieldsOfRequest, fieldsOfVerb, isTransfer } from "../engine/request-parts.ts";
import { engineCommandNames } from "../engine/run-engine.ts";

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** `words`: after the cluster; the last one is being typed. Null: the cluster has not been asked yet. */
export function completeEngine(parity: EngineParity | null, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? "";
  const [command = "", ...rest] = words.slice(0, -1);
  if (words.length === 1) return engineCommandNames;
  if (parity === null) return [];
  const given = rest.filter((word) => !word.startsWith("-"));
  const request = requestOf(parity, command, given);
  const before = rest.at(-1) ?? "";
  const field = request.fields.find(({ name }) => before === flagOf(name) || before === `--${name}`);
  if (field !== undefined) return valuesOf(field);
  if (typed.startsWith("-")) return [...request.flags, ...request.fields.map(({ name }) => flagOf(name))];
  return namesAfter(parity, command, given, typed);
}

const valuesOf = ({ enum: allowed, type }: NativeField): readonly string[] => (allowed !== undefined ? allowed.map(String) : type === "boolean" ? ["true", "false"] : []);

function namesAfter(parity: EngineParity, command: string, given: readonly string[], typed: string): readonly string[] {
  const [typeWord] = given;
  if (command === "invoke") return given.length === 0 ? METHODS : [];
  if (command === "types") return [];
  if (typeWord === undefined) return firstWords(parity, command, typed);
  const type = typeOrNull(parity, typeWord);
  if (type === null) return [];
  const actions = (on?: string): string[] => [...new Set(type.actions.filter((each) => on === undefined || each.on === on).map(({ name }) => name))];
  if (command === "help") return given.length === 1 ? [...COMMANDS.filter((each) => canDo(type, each)).map(({ name }) => name), ...actions()] : [];
  // The second word may be an action of the collection, or the name of an object.
  return command === "run" ? actions(given.length === 1 ? "collection" : "item") : [];
}

/** Types, and actions of the cluster; with the engine's name in front only when that was begun. */
function firstWords(parity: EngineParity, command: string, typed: string): readonly string[] {
  const able = COMMANDS.find(({ name }) => name === command);
  const types = parity.types.filter((type) => (able === undefined ? command !== "run" || type.actions.length > 0 : canDo(type, able))).map(({ type }) => type);
  const all = command === "run" || command === "help" ? [...types, ...new Set(clusterActions(parity).map(({ action }) => action ?? ""))] : types;
  return typed !== "" && (typed.startsWith(parity.engine) || parity.engine.startsWith(typed)) ? all : all.map((name) => withoutEngine(parity.engine, name));
}

interface TypedRequest {
  readonly fields: readonly NativeField[];
  readonly flags: readonly string[];
}

function requestOf(parity: EngineParity, command: string, given: readonly string[]): TypedRequest {
  const common = Object.keys(COMMON_FLAGS).filter((flag) => flag.startsWith("--"));
  if (command === "types") return { fields: [], flags: ["--search", ...common] };
  if (command === "invoke") return { fields: [], flags: ["--query", "--body", ...common] };
  const flagsOf = (operation: NativeOperation | null, own: Readonly<Record<string, unknown>>): string[] => [...Object.keys(own), ...(isTransfer(operation) ? Object.keys(TRANSFER_FLAGS) : []), ...common];
  if (command === "run") {
    const operation = actionOf(parity, given);
    return { fields: operation === null ? [] : fieldsOfRequest({ operation, bodyFields: operation.bodyFields }), flags: flagsOf(operation, BODY_FLAGS) };
  }
  const type = given[0] === undefined ? null : typeOrNull(parity, given[0]);
  const verb = COMMANDS.find(({ name }) => name === command)?.verbs.find((each) => type?.verbs.includes(each));
  if (type === null || verb === undefined) return { fields: [], flags: common };
  const request = fieldsOfVerb(parity, type, verb);
  return { fields: fieldsOfRequest(request), flags: flagsOf(request.operation, command === "list" ? LIST_FLAGS : command === "show" ? { "--set": "value" } : BODY_FLAGS) };
}

function actionOf(parity: EngineParity, given: readonly string[]): NativeOperation | null {
  const [first, ...rest] = given;
  const last = rest.at(-1);
  try {
    if (first === undefined) return null;
    if (last === undefined) return clusterActionNamed(parity, first);
    const type = typeNamed(parity, first);
    return type === null ? null : (actionsNamed(parity, type, last)[0] ?? null);
  } catch {
    return null; // a word that means more than one
  }
}

function typeOrNull(parity: EngineParity, word: string): NativeType | null {
  try {
    return typeNamed(parity, word);
  } catch {
    return null; // a word that means more than one
  }
}
