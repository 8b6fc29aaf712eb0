// One command about a cluster's engine, from its words. What the engine can do is asked of the cluster each time.
import { CommandError, ExitCode } from "../exit-code.ts";
import { describeAction, describeType, describeVerb } from "./describe-help.ts";
import { COMMANDS, canDo, describeTypes, searchTypes } from "./describe-types.ts";
import { COLUMNS, askParity } from "./engine-context.ts";
import type { EngineContext } from "./engine-context.ts";
import type { EngineParity } from "./engine-parity.ts";
import { actionsNamed, clusterActionNamed, findType, didYouMeanOr, typeNamed } from "./find-type.ts";
import { leadingWords, parseWords } from "./flag-words.ts";
import { invokeNative } from "./invoke-native.ts";
import { createObject, deleteObject, listObjects, showObject, updateObject } from "./object-commands.ts";
import { runAction } from "./run-action.ts";

type EngineCommand = (context: EngineContext, parity: EngineParity, words: readonly string[]) => Promise<void> | void;

const COMMANDS_BY_NAME: Readonly<Record<string, EngineCommand>> = {
  types: listTypes,
  help: showHelp,
  list: listObjects,
  show: showObject,
  create: createObject,
  update: updateObject,
  delete: deleteObject,
  run: runAction,
  invoke: invokeNative,
};

export const engineCommandNames: readonly string[] = Object.keys(COMMANDS_BY_NAME);

/** `words`: after the cluster. */
export async function runEngine(context: EngineContext, words: readonly string[], wantsHelp: boolean): Promise<void> {
  const [name, ...rest] = words;
  const known = name === undefined || !Object.hasOwn(COMMANDS_BY_NAME, name) ? undefined : COMMANDS_BY_NAME[name];
  if (name === undefined || known === undefined) {
    const all = `there are ${engineCommandNames.join(", ")}`;
    throw new CommandError(ExitCode.usage, `engine ${context.clusterName} ${name === undefined ? `needs a command; ${all}` : `has no command ${name}${didYouMeanOr(name, engineCommandNames, all)}`}`);
  }
  const parity = await askParity(context);
  if (!wantsHelp) return known(context, parity, rest);
  const [typeWord] = leadingWords(rest);
  const helpWords = name === "run" ? leadingWords(rest).filter((_, at, all) => at === 0 || at === all.length - 1) : [...(typeWord === undefined ? [] : [typeWord]), ...(COMMANDS.some((each) => each.name === name) && typeWord !== undefined ? [name] : [])];
  return showHelp(context, parity, name === "help" ? leadingWords(rest) : helpWords);
}

function listTypes({ output }: EngineContext, parity: EngineParity, words: readonly string[]): void {
  const { names, own } = parseWords(words, { own: { "--search": "value" }, fields: [], what: "types", help: '"cynosure engine --help"' });
  if (names.length > 0) throw new CommandError(ExitCode.usage, `types takes no ${names.join(" ")}; to look for it, write types --search ${names[0] ?? ""}`);
  const text = own.get("--search")?.at(-1) ?? null;
  const found = searchTypes(parity, text);
  output.result({ engine: parity.engine, documentHash: parity.documentHash, types: found.types, clusterActions: found.clusterActions }, describeTypes(parity, found, text, COLUMNS));
}

function showHelp({ output }: EngineContext, parity: EngineParity, words: readonly string[]): void {
  const [first, second, ...more] = leadingWords(words);
  if (first === undefined) {
    const found = searchTypes(parity, null);
    output.result({ types: found.types, clusterActions: found.clusterActions }, describeTypes(parity, found, null, COLUMNS));
    return;
  }
  if (more.length > 0) throw new CommandError(ExitCode.usage, `help takes a type and a command or an action of it, and not ${more.join(" ")}`);
  const own = second === undefined && typeNamed(parity, first) === null ? clusterActionNamed(parity, first) : null;
  if (own !== null) {
    output.result(own, describeAction(parity, null, own, COLUMNS));
    return;
  }
  const type = findType(parity, first);
  if (second === undefined) {
    output.result(type, describeType(parity, type, COLUMNS));
    return;
  }
  const command = COMMANDS.find(({ name }) => name === second);
  if (command !== undefined && canDo(type, command)) {
    output.result(parity.operations.filter((operation) => operation.type === type.type && operation.verb !== undefined && command.verbs.includes(operation.verb)), describeVerb(parity, type, command, COLUMNS));
    return;
  }
  const actions = actionsNamed(parity, type, second);
  if (actions.length === 0) throw new CommandError(ExitCode.usage, `${type.type} has no command and no action ${second}${didYouMeanOr(second, [...COMMANDS.map(({ name }) => name), ...type.actions.map(({ name }) => name)], `"cynosure engine ${parity.clusterName} help ${type.type}" lists both`)}`);
  // An operation may be there with a slash at its end and without.
  const shown = actions.filter(({ actionOn }, at) => actions.findIndex((each) => each.actionOn === actionOn) === at);
  output.result(shown, shown.flatMap((operation, at) => [...(at === 0 ? [] : [""]), ...describeAction(parity, type, operation, COLUMNS)]));
}
