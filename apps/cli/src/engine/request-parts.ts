// Query and body of one request, from what was typed: --body, then --set over it, then flags over both. Pure but for the reader
// of files, which is handed in.
import type { NativeField, NativeOperation, NativeType, NativeVerb } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { EngineParity } from "./engine-parity.ts";
import { fieldValue } from "./field-value.ts";
import { operationOf } from "./find-type.ts";
import { flagOf } from "./flag-words.ts";
import type { ParsedWords } from "./flag-words.ts";
import { isMembers, looseValue, putAt, readAssignment, readAt } from "./set-path.ts";
import type { Members } from "./set-path.ts";

export interface RequestParts {
  readonly query: readonly (readonly [string, string])[];
  /** Null when nothing is to be sent. */
  readonly body: Members | null;
}

/** Where parameters go: in the query of what only reads, else all in one object. */
export type PartsPlace = "query" | "body";

export interface PartsOptions {
  readonly operation: NativeOperation | null;
  /** Fields that may be given as flags, those of the body first. */
  readonly bodyFields: readonly NativeField[];
  readonly place: PartsPlace;
  /** What `--body` names, already read; undefined without it. */
  readonly bodyGiven: unknown;
  /** The text of a file that a secret is read from: `--password @FILE`. */
  readonly readText: (path: string) => string;
}

/** Pages are followed by their links. */
const PAGING = new Set(["page", "page_size"]);

/** Fields of a request with what the document calls query parameters, each name once. */
export function fieldsOfRequest({ bodyFields, operation }: Pick<PartsOptions, "bodyFields" | "operation">): readonly NativeField[] {
  const names = new Set(bodyFields.map(({ name }) => name));
  return [...bodyFields, ...(operation?.queryParameters ?? []).filter(({ name }) => !names.has(name) && !(operation?.verb === "list" && PAGING.has(name)))];
}

/** The operation of a type's verb, with the fields that may be given: all of the type where the document lists none for a write. */
export function fieldsOfVerb(parity: EngineParity, type: NativeType, verb: NativeVerb): Pick<PartsOptions, "operation" | "bodyFields"> {
  const operation = operationOf(parity, type, verb);
  const isWrite = verb === "create" || verb === "replace" || verb === "update";
  const listed = operation?.bodyFields ?? [];
  const fields = listed.length === 0 && isWrite ? type.fields.map((field) => ({ ...field, isRequired: false })) : listed;
  // The name says them.
  const withoutKey = (all: readonly NativeField[]): readonly NativeField[] => (verb === "list" ? all : all.filter(({ name }) => type.keyParts?.includes(name) !== true));
  return { operation: operation === null ? null : { ...operation, queryParameters: withoutKey(operation.queryParameters) }, bodyFields: withoutKey(fields) };
}

/** A file goes with it. */
export const isTransfer = (operation: NativeOperation | null): boolean => operation !== null && operation.class === "transfer" && operation.bodyKind !== undefined;

export function requestParts(words: ParsedWords, options: PartsOptions): RequestParts {
  const body = startOf(options.bodyGiven);
  const fields = fieldsOfRequest(options);
  for (const given of assignmentsOf(words.own.get("--set") ?? [], fields)) putAt(body, given.path, given.value, given.text);
  for (const [field, { flag, texts }] of words.fields) body[field.name] = fieldValue(field, flag, field.isSecret ? texts.map((text) => (text.startsWith("@") ? options.readText(text.slice(1)) : text)) : texts);
  return options.place === "query" ? { query: Object.entries(body).map(([name, value]) => [name, queryText(value)] as const), body: null } : { query: [], body: Object.keys(body).length === 0 ? null : body };
}

const queryText = (value: unknown): string => (typeof value === "string" ? value : Array.isArray(value) && value.every((each) => typeof each !== "object") ? value.join(",") : JSON.stringify(value));

function startOf(given: unknown): Members {
  if (given === undefined) return {};
  if (!isMembers(given)) throw new CommandError(ExitCode.usage, "--body must hold one JSON object");
  return structuredClone(given);
}

interface Placed {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly text: string;
}

/** The same place several times is an array of what was given. */
function assignmentsOf(texts: readonly string[], fields: readonly NativeField[]): Placed[] {
  const byPlace = new Map<string, { path: readonly (string | number)[]; values: unknown[]; text: string; isArray: boolean }>();
  for (const text of texts) {
    const { path, text: valueText } = readAssignment(text);
    const field = path.length === 1 ? fields.find(({ name }) => name === path[0]) : undefined;
    // A string that looks like a number stays one where the document says it is a string.
    const value = field?.type === "string" && !/^(?:"|null$)/.test(valueText) ? valueText : looseValue(valueText);
    const key = JSON.stringify(path);
    const known = byPlace.get(key);
    if (known === undefined) byPlace.set(key, { path, values: [value], text, isArray: field?.type === "array" });
    else known.values.push(value);
  }
  return [...byPlace.values()].map(({ path, values, text, isArray }) => ({ path, text, value: values.length > 1 ? values : isArray && !Array.isArray(values[0]) && values[0] !== null ? values : values[0] }));
}

/** Throws when something is missing that the document requires; `given` is known otherwise, as the name is. */
export function checkRequired(what: string, fields: readonly NativeField[], body: Members | null, given: readonly (string | undefined)[]): void {
  const missing = fields.filter(({ name, isRequired }) => isRequired && !given.includes(name) && readAt(body ?? {}, name) === undefined);
  if (missing.length > 0) throw new CommandError(ExitCode.usage, `${what} needs ${missing.map(({ name }) => flagOf(name)).join(", ")}; give them as flags, with --set or in --body`);
}
