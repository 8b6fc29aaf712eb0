// Where an object or a collection of a projected type is below its cluster: the words of its path. Pure.
import { CommandError, ExitCode } from "../exit-code.ts";
import { typeNamed } from "./find-type.ts";
import type { EngineParity, EngineType } from "./engine-parity.ts";

/** The one name of what there is one of. */
const SINGLETON_NAME = "default";

/** One level of a type: `vastUsers/accessKeys` has two. */
interface Level {
  readonly word: string;
  readonly isSingleton: boolean;
}

function levelsOf(parity: EngineParity, { type }: EngineType): readonly Level[] {
  const words = type.split("/");
  return words.map((word, at) => ({ word, isSingleton: typeNamed(parity, words.slice(0, at + 1).join("/"))?.naming === "singleton" }));
}

/** How many names its objects need: one a level, none where there is only one. */
export const nameCountOf = (parity: EngineParity, type: EngineType): number => levelsOf(parity, type).filter(({ isSingleton }) => !isSingleton).length;

/** `USER ACCESSKEY`, for help. */
export function namePlaceholders(parity: EngineParity, type: EngineType, of: "item" | "collection"): string {
  const levels = levelsOf(parity, type);
  return (of === "item" ? levels : levels.slice(0, -1)).filter(({ isSingleton }) => !isSingleton).map((_, at, all) => (at === all.length - 1 && of === "item" ? "NAME" : all.length > 2 || at > 0 ? `PARENT${at + 1}` : "PARENT")).join(" ");
}

export function objectWords(parity: EngineParity, type: EngineType, names: readonly string[]): string[] {
  return wordsFor(parity, type, names, levelsOf(parity, type), "item");
}

export function collectionWords(parity: EngineParity, type: EngineType, parents: readonly string[]): string[] {
  const levels = levelsOf(parity, type);
  return [...wordsFor(parity, type, parents, levels.slice(0, -1), "collection"), levels.at(-1)?.word ?? ""];
}

function wordsFor(parity: EngineParity, type: EngineType, names: readonly string[], levels: readonly Level[], of: "item" | "collection"): string[] {
  const left = [...names];
  const wanted = levels.filter(({ isSingleton }) => !isSingleton).length;
  // What there is one of may be named all the same.
  const isNamedFully = names.length === levels.length && levels.some(({ isSingleton }, at) => isSingleton && names[at] === SINGLETON_NAME);
  if (names.length !== wanted && !isNamedFully) throw new CommandError(ExitCode.usage, wrongCount(parity, type, names, wanted, of));
  return levels.flatMap(({ word, isSingleton }) => [word, isSingleton && !isNamedFully ? SINGLETON_NAME : (left.shift() ?? "")]);
}

function wrongCount(parity: EngineParity, type: EngineType, names: readonly string[], wanted: number, of: "item" | "collection"): string {
  const what = of === "item" ? `an object of ${type.type}` : `the list of ${type.type}`;
  if (wanted === 0) return `${what} has no name: there is one; leave out ${names.join(" ")}`;
  const form = `write ${type.type} ${namePlaceholders(parity, type, of)}`;
  return names.length < wanted ? `${what} needs ${wanted === 1 ? "a name" : `${wanted} names`}; ${form}` : `${what} has ${wanted === 1 ? "one name" : `${wanted} names`}, and ${names.length} were given (${names.join(" ")}); ${form}`;
}
