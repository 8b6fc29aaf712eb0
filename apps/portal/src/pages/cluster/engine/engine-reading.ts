// What the Engine side makes of the types that an engine has: which of them can be shown, columns of objects, and the commands
// that do what this page does not. Pure.
import type { NativeType, NativeVerb } from "@cynosure/sdk";
import { isRecord, numberWords } from "../../../words/values.ts";
import { shellWord } from "../instructions.ts";

export interface EngineObject {
  readonly id: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const COLUMNS_COUNT_MAX = 5;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export const readObjects = (items: readonly unknown[]): readonly EngineObject[] => items.filter(isRecord).map(({ id, name, properties }) => ({ id: textOf(id), name: textOf(name), properties: isRecord(properties) ? properties : {} }));

/** Each once: one may be of an object and of all of them. */
export const actionNames = ({ actions }: NativeType): readonly string[] => [...new Set(actions.map(({ name }) => name))];

/** Types whose name, fields or actions hold the text. */
export function findTypes(types: readonly NativeType[], text: string): readonly NativeType[] {
  const wanted = text.trim().toLowerCase();
  const holds = (name: string): boolean => name.toLowerCase().includes(wanted);
  return types.filter(({ type, fields, actions }) => holds(type) || [...fields, ...actions].some(({ name }) => holds(name)));
}

/** What can be listed without naming something it is in. */
export const canShow = ({ type, naming, verbs }: NativeType): boolean => !type.includes("/") && (verbs.includes("list") || (naming === "singleton" && verbs.includes("get")));

const VERB_WORDS: readonly (readonly [NativeVerb, string])[] = [["list", "list"], ["get", "show"], ["create", "create"], ["update", "update"], ["replace", "replace"], ["delete", "delete"]];
export const verbWords = ({ verbs }: NativeType): string => VERB_WORDS.filter(([verb]) => verbs.includes(verb)).map(([, word]) => word).join(", ");

export const cellText = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? numberWords(value) : typeof value === "boolean" ? (value ? "Yes" : "No") : Array.isArray(value) && value.every((each) => typeof each !== "object") ? value.join(", ") : "");

/** Its id, what has to be given for one, then the rest; no secrets, and nothing that is empty everywhere or says the name again. */
export function objectColumns({ idField, fields }: NativeType, objects: readonly EngineObject[]): readonly string[] {
  const secret = new Set(fields.filter(({ isSecret }) => isSecret).map(({ name }) => name));
  const wanted = [...new Set([idField, "state", "status", "enabled", ...fields.filter(({ isRequired }) => isRequired).map(({ name }) => name), ...fields.map(({ name }) => name), ...Object.keys(objects[0]?.properties ?? {})])];
  const isTelling = (column: string): boolean => objects.some(({ properties }) => cellText(properties[column]) !== "") && !objects.every(({ name, properties }) => cellText(properties[column]) === name);
  return wanted.filter((name) => name !== "" && !secret.has(name) && !/(?:^|_)(?:guid|url|title)$/.test(name) && isTelling(name)).slice(0, COLUMNS_COUNT_MAX);
}

interface CommandOf {
  readonly cluster: string;
  readonly group: string;
  readonly type: NativeType;
}

const command = ({ cluster, group }: CommandOf, ...words: readonly string[]): string => ["npx cynosure engine", shellWord(cluster), ...words.map(shellWord), "--resource-group", shellWord(group)].join(" ");

/** For what this page does not do itself. */
export function typeCommands(of: CommandOf): readonly { readonly label: string; readonly text: string }[] {
  return [{ label: `What can be done with ${of.type.type}`, text: command(of, "help", of.type.type) }];
}

export function objectCommands(of: CommandOf, name: string): readonly { readonly label: string; readonly text: string }[] {
  const { type, naming, verbs } = of.type;
  const actions = actionNames(of.type);
  const names = naming === "singleton" ? [] : [name];
  return [
    ...(verbs.includes("update") || verbs.includes("replace") ? [{ label: "Change it", text: `${command(of, "update", type, ...names)} --set NAME=VALUE` }] : []),
    ...actions.slice(0, 1).map((action) => ({ label: `Run actions (${actions.join(", ")})`, text: command(of, "help", type, action) })),
  ];
}
