// `run`: actions of an object, of a collection, or of the cluster itself.
import type { NativeOperation, NativeType } from "@cynosure/sdk";
import { describeBody } from "../commands/run-verb.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { bodyOf, readSecret } from "./body-text.ts";
import { confirmDanger, dangerOf } from "./confirm-danger.ts";
import { clusterRequest } from "./engine-context.ts";
import type { EngineContext } from "./engine-context.ts";
import type { EngineParity } from "./engine-parity.ts";
import { actionsNamed, clusterActionNamed, clusterActions, findType, didYouMeanOr, typeNamed, withoutEngine } from "./find-type.ts";
import { BODY_FLAGS, leadingWords, parseWords } from "./flag-words.ts";
import { followWrite } from "./follow-write.ts";
import { TRANSFER_FLAGS, withFile } from "./object-commands.ts";
import { collectionWords, nameCountOf, namePlaceholders, objectWords, parentCountOf } from "./object-place.ts";
import { checkRequired, fieldsOfRequest, isTransfer, requestParts } from "./request-parts.ts";

export async function runAction(context: EngineContext, parity: EngineParity, words: readonly string[]): Promise<void> {
  const { operation, place, title } = findAction(parity, leadingWords(words));
  const { bodyFields } = operation;
  const fields = fieldsOfRequest({ operation, bodyFields });
  const parsed = parseWords(words, { own: isTransfer(operation) ? { ...BODY_FLAGS, ...TRANSFER_FLAGS } : BODY_FLAGS, fields, what: title, help: `"cynosure engine ${parity.clusterName} help ${[operation.type, operation.action].filter((word) => word !== null).join(" ")}"` });
  const extra = parsed.names.slice(leadingWords(words).length);
  if (extra.length > 0) throw new CommandError(ExitCode.usage, `${title}: ${extra.join(" ")} is no flag; names and the action come before flags`);
  const { body } = requestParts(parsed, { operation, bodyFields, place: "body", bodyGiven: bodyOf(parsed.own.get("--body")?.at(-1)), readText: readSecret });
  const sent = isTransfer(operation) ? withFile(parsed, body) : body;
  checkRequired(title, isTransfer(operation) ? [] : fields, sent, []);
  await confirmDanger(context, title, dangerOf(operation));
  const answer = await followWrite(context, clusterRequest(context, "POST", place, { body: sent ?? {} }), title);
  if (answer === null) return;
  const lines = typeof answer.body === "string" ? answer.body.trimEnd().split("\n") : describeBody(answer.body);
  context.output.result(answer.body ?? null, lines.length === 0 ? [`${title}: done`] : lines);
}

export interface FoundAction {
  readonly operation: NativeOperation;
  readonly type: NativeType | null;
  readonly place: readonly string[];
  readonly title: string;
}

/** By the words in front of the flags: `views home permissionsRepair`, `views listSeamlessPeers`, `vastMetrics`. */
export function findAction(parity: EngineParity, words: readonly string[]): FoundAction {
  const [first, ...rest] = words;
  if (first === undefined) throw new CommandError(ExitCode.usage, 'run needs an action: run TYPE [NAME] ACTION, or run ACTION of the cluster; "types" lists them');
  if (rest.length === 0) {
    const own = clusterActionNamed(parity, first);
    if (own !== null) return { operation: own, type: null, place: [own.action ?? ""], title: `run ${own.action ?? ""}` };
    if (typeNamed(parity, first) === null) throw new CommandError(ExitCode.usage, `${parity.engine} has no action ${first} of the cluster${didYouMeanOr(first, clusterActions(parity).flatMap(({ action }) => [action ?? "", withoutEngine(parity.engine, action ?? "")]), "actions of a type are run as TYPE [NAME] ACTION")}`);
  }
  const type = findType(parity, first);
  const actionWord = rest.at(-1);
  if (actionWord === undefined) throw new CommandError(ExitCode.usage, `run ${type.type} needs an action; ${actionList(type)}`);
  return onType(parity, type, rest.slice(0, -1), actionWord);
}

function onType(parity: EngineParity, type: NativeType, names: readonly string[], actionWord: string): FoundAction {
  const found = actionsNamed(parity, type, actionWord);
  if (found.length === 0) throw new CommandError(ExitCode.usage, `${type.type} has no action ${actionWord}${didYouMeanOr(actionWord, type.actions.map(({ name }) => name), actionList(type))}`);
  const onItem = found.find(({ actionOn }) => actionOn === "item");
  const onCollection = found.find(({ actionOn }) => actionOn === "collection");
  const isItem = onItem !== undefined && (onCollection === undefined || names.length >= nameCountOf(parity, type));
  const operation = isItem ? onItem : onCollection;
  if (operation === undefined) throw new CommandError(ExitCode.usage, `${type.type} has no action ${actionWord} that can be run; ${actionList(type)}`);
  const action = operation.action ?? "";
  const count = isItem ? nameCountOf(parity, type) : parentCountOf(parity, type);
  if (names.length !== count) {
    const form = [type.type, namePlaceholders(parity, type, isItem ? "item" : "collection"), action].filter((word) => word !== "").join(" ");
    throw new CommandError(ExitCode.usage, `${action} is run on ${isItem ? "one object" : "the collection"}, and ${names.length === 0 ? "no name was" : `${names.length} names were`} given; write run ${form}`);
  }
  const place = [...(isItem ? objectWords(parity, type, names) : collectionWords(parity, type, names)), action];
  return { operation, type, place, title: ["run", type.type, ...names, action].join(" ") };
}

function actionList({ type, actions }: NativeType): string {
  const names = [...new Set(actions.map(({ name }) => name))];
  return names.length === 0 ? `${type} has no actions` : `it has ${names.join(", ")}`;
}
