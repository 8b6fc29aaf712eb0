// Types and actions by what people type: in any casing, the engine's name in front left out, where only one can be meant. Pure.
import type { NativeOperation, NativeType, NativeVerb } from "@cynosure/sdk";
import { didYouMean } from "../did-you-mean.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { EngineParity } from "./engine-parity.ts";

/** `Vast-Views`, `vast_views` and `vastViews` are one word. */
const folded = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, "");

/** What a name is called when the engine's is not in front: `vastViews` is `views`. */
export const withoutEngine = (engine: string, name: string): string => (name.startsWith(engine) && name.length > engine.length ? name.charAt(engine.length).toLowerCase() + name.slice(engine.length + 1) : name);

const matches = (engine: string, name: string, word: string): boolean => folded(name) === folded(word) || folded(withoutEngine(engine, name)) === folded(word);

/** Null when no type is meant. An exact name wins over one that only casing makes equal. */
export function typeNamed({ engine, types }: EngineParity, word: string): NativeType | null {
  return only(types, (type) => type.type, word, engine, "type");
}

export function findType(parity: EngineParity, word: string): NativeType {
  const found = typeNamed(parity, word);
  if (found !== null) return found;
  throw new CommandError(ExitCode.usage, `${parity.engine} has no type ${word}${didYouMeanOr(word, typeWords(parity), `"cynosure engine ${parity.clusterName} types" lists the ${parity.types.length} it has`)}`);
}

/** Actions of a type with this name: there may be one on items and one on the collection. */
export function actionsNamed(parity: EngineParity, type: NativeType, word: string): readonly NativeOperation[] {
  const all = parity.operations.filter((operation) => operation.type === type.type && operation.action !== undefined);
  const exact = all.filter(({ action }) => action === word);
  return exact.length > 0 ? exact : all.filter(({ action }) => folded(action ?? "") === folded(word));
}

export const clusterActions = ({ operations }: EngineParity): readonly NativeOperation[] => operations.filter(({ actionOn }) => actionOn === "cluster");

export const clusterActionNamed = (parity: EngineParity, word: string): NativeOperation | null => only(clusterActions(parity), ({ action }) => action ?? "", word, parity.engine, "action of the cluster");

/** The operation of a type's verb. */
export const operationOf = ({ operations }: EngineParity, type: NativeType, verb: NativeVerb): NativeOperation | null => operations.find((operation) => operation.type === type.type && operation.verb === verb) ?? null;

/** Every word that names a type, with the engine's name and without. */
export const typeWords = ({ engine, types }: EngineParity): string[] => types.flatMap(({ type }) => [type, withoutEngine(engine, type)]);

/** How an error about a word goes on: what was probably meant, and where to look. */
export function didYouMeanOr(word: string, known: readonly string[], remedy: string): string {
  const near = didYouMean(word, known);
  return near === null ? `; ${remedy}` : `; did you mean ${near}? ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}`;
}

function only<T>(all: readonly T[], nameOf: (each: T) => string, word: string, engine: string, what: string): T | null {
  const exact = all.find((each) => nameOf(each) === word);
  if (exact !== undefined) return exact;
  const found = all.filter((each) => matches(engine, nameOf(each), word));
  // An operation may be there with a slash at its end and without.
  const names = [...new Set(found.map(nameOf))];
  if (names.length > 1) throw new CommandError(ExitCode.usage, `${word} is more than one ${what}: ${names.join(", ")}; write the one that is meant`);
  return found[0] ?? null;
}
