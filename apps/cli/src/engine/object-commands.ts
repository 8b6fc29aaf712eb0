// list, show, create, update and delete of projected types.
import { CREATE_ACTION, DELETE_ACTION } from "@cynosure/projection";
import type { NativeOperation, NativeType, PathRequest } from "@cynosure/sdk";
import { describeBody } from "../commands/run-verb.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { bodyOf, fileMembers, readSecret } from "./body-text.ts";
import { confirmDanger, dangerOf } from "./confirm-danger.ts";
import { describeObjects, shownObject } from "./describe-objects.ts";
import { COMMANDS, canDo } from "./describe-types.ts";
import { COLUMNS, clusterRequest } from "./engine-context.ts";
import type { EngineContext } from "./engine-context.ts";
import type { EngineParity } from "./engine-parity.ts";
import { findType } from "./find-type.ts";
import { BODY_FLAGS, leadingWords, parseWords } from "./flag-words.ts";
import type { OwnFlags, ParsedWords } from "./flag-words.ts";
import { followWrite } from "./follow-write.ts";
import { collectionWords, objectWords, parentCountOf } from "./object-place.ts";
import { checkRequired, fieldsOfRequest, fieldsOfVerb, isTransfer, requestParts } from "./request-parts.ts";
import type { PartsPlace, RequestParts } from "./request-parts.ts";

/** Shown unless --top says how many. */
const LISTED_COUNT_DEFAULT = 1000;
const LISTED_COUNT_MAX = 100_000;
export const LIST_FLAGS: OwnFlags = { "--top": "value", "--set": "value" };
export const TRANSFER_FLAGS: OwnFlags = { "--file": "value", "--source-uri": "value" };

interface ReadyCommand extends RequestParts {
  readonly type: NativeType;
  readonly operation: NativeOperation | null;
  readonly names: readonly string[];
  readonly words: ParsedWords;
  /** "create vastViews home", for progress and errors. */
  readonly title: string;
}

/** What a command was given, against the document: everything wrong with it is known before anything is sent. */
function ready(parity: EngineParity, commandName: string, words: readonly string[], place: PartsPlace, own: OwnFlags): ReadyCommand {
  const [typeWord] = leadingWords(words);
  if (typeWord === undefined) throw new CommandError(ExitCode.usage, `${commandName} needs a type; "cynosure engine ${parity.clusterName} types" lists them`);
  const type = findType(parity, typeWord);
  const command = COMMANDS.find(({ name }) => name === commandName);
  const verb = command?.verbs.find((each) => type.verbs.includes(each));
  if (verb === undefined) {
    const able = COMMANDS.filter((each) => canDo(type, each)).map(({ name }) => name);
    throw new CommandError(ExitCode.usage, `the engine has no ${commandName} for ${type.type}; it has ${able.length === 0 ? "actions alone" : able.join(", ")}${type.actions.length === 0 ? "" : ` and ${new Set(type.actions.map(({ name }) => name)).size} actions`}`);
  }
  const { operation, bodyFields } = fieldsOfVerb(parity, type, verb);
  const what = `${commandName} ${type.type}`;
  const parsed = parseWords(words, { own: isTransfer(operation) ? { ...own, ...TRANSFER_FLAGS } : own, fields: fieldsOfRequest({ operation, bodyFields }), ...(commandName === "update" ? { createOnly: type.createOnlyFields } : {}), what, help: `"cynosure engine ${parity.clusterName} help ${type.type} ${commandName}"` });
  const parts = requestParts(parsed, { operation, bodyFields, place, bodyGiven: bodyOf(parsed.own.get("--body")?.at(-1)), readText: readSecret });
  const body = isTransfer(operation) ? withFile(parsed, parts.body) : parts.body;
  if (commandName === "create") checkRequired(`${what} ${parsed.names[1] ?? ""}`.trimEnd(), isTransfer(operation) ? [] : bodyFields, body, [type.nameField, type.idField]);
  return { type, operation, names: parsed.names.slice(1), words: parsed, title: [commandName, type.type, ...parsed.names.slice(1)].join(" "), query: parts.query, body };
}

/** A file joins the members that go with it. */
export function withFile(words: ParsedWords, body: RequestParts["body"]): RequestParts["body"] {
  const file = words.own.get("--file")?.at(-1);
  const sourceUri = words.own.get("--source-uri")?.at(-1);
  if (file !== undefined && sourceUri !== undefined) throw new CommandError(ExitCode.usage, "--file and --source-uri are both given; the file comes from one of them");
  if (file === undefined && sourceUri === undefined) return body;
  return { ...body, ...(file === undefined ? { sourceUri } : fileMembers(file)) };
}

export async function listObjects(context: EngineContext, parity: EngineParity, words: readonly string[]): Promise<void> {
  const command = ready(parity, "list", words, "query", LIST_FLAGS);
  const countMax = countOf(command.words.own.get("--top")?.at(-1));
  const query = countMax <= LISTED_COUNT_DEFAULT ? [["$top", String(countMax)] as const, ...command.query] : command.query;
  const value: unknown[] = [];
  let isMore = false;
  for await (const item of context.calls.list(clusterRequest(context, "GET", collectionWords(parity, command.type, command.names), { query }))) {
    isMore = value.length === countMax;
    if (isMore) break;
    value.push(item);
  }
  context.output.result({ value }, describeObjects(command.type, value.map(shownObject), COLUMNS));
  if (isMore) context.output.note(`The first ${countMax} are shown; --top N shows up to ${LISTED_COUNT_MAX}.`);
}

function countOf(text: string | undefined): number {
  if (text === undefined) return LISTED_COUNT_DEFAULT;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > LISTED_COUNT_MAX) throw new CommandError(ExitCode.usage, `--top is ${JSON.stringify(text)}; it must be a whole number from 1 to ${LISTED_COUNT_MAX}`);
  return count;
}

export async function showObject(context: EngineContext, parity: EngineParity, words: readonly string[]): Promise<void> {
  const { type, names, query } = ready(parity, "show", words, "query", { "--set": "value" });
  const body = await context.calls.read(clusterRequest(context, "GET", objectWords(parity, type, names), { query }));
  context.output.result(body ?? null, describeBody(body));
}

/** Without a name where one belongs, the engine chooses it. */
export async function createObject(context: EngineContext, parity: EngineParity, words: readonly string[]): Promise<void> {
  const command = ready(parity, "create", words, "body", BODY_FLAGS);
  const { type, names, body } = command;
  const isNamed = names.length > parentCountOf(parity, type) || type.naming === "singleton";
  const place = isNamed ? objectWords(parity, type, names) : [...collectionWords(parity, type, names), CREATE_ACTION];
  await write(context, command, clusterRequest(context, isNamed ? "PUT" : "POST", place, { body: isNamed ? { properties: body ?? {} } : (body ?? {}) }));
}

export async function updateObject(context: EngineContext, parity: EngineParity, words: readonly string[]): Promise<void> {
  const command = ready(parity, "update", words, "body", BODY_FLAGS);
  const { type, names, body } = command;
  const place = objectWords(parity, type, names);
  if (body === null) throw new CommandError(ExitCode.usage, `${command.title} changes nothing; give a flag, --set or --body`);
  await write(context, command, clusterRequest(context, "PATCH", place, { body: { properties: body } }));
}

/** What the engine's own deletion takes goes with an action: ARM's has no body. */
export async function deleteObject(context: EngineContext, parity: EngineParity, words: readonly string[]): Promise<void> {
  const command = ready(parity, "delete", words, "body", BODY_FLAGS);
  const place = objectWords(parity, command.type, command.names);
  await write(context, command, command.body === null ? clusterRequest(context, "DELETE", place) : clusterRequest(context, "POST", [...place, DELETE_ACTION], { body: command.body }));
}

async function write(context: EngineContext, { operation, title }: ReadyCommand, request: PathRequest): Promise<void> {
  await confirmDanger(context, title, dangerOf(operation));
  const answer = await followWrite(context, request, title);
  if (answer === null) return;
  const body = answer.body ?? null;
  context.output.result(body ?? { status: "Succeeded" }, body === null ? [`${title}: done`] : describeBody(body));
}
