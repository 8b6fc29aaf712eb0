// Where an object or a collection of a projected type is below its cluster: the words of its path. Pure.
import { SETTING_NAME, escapeChars, escapeFirst, isDotSegment } from "@cynosure/projection";
import type { NativeType } from "@cynosure/sdk";
import { CommandError, ExitCode } from "../exit-code.ts";
import { typeNamed } from "./find-type.ts";
import type { EngineParity } from "./engine-parity.ts";

/** One level of a type: `vastUsers/accessKeys` has two. */
interface Level {
  readonly word: string;
  readonly isSingleton: boolean;
}

function levelsOf(parity: EngineParity, { type }: NativeType): readonly Level[] {
  const words = type.split("/");
  return words.map((word, at) => ({ word, isSingleton: typeNamed(parity, words.slice(0, at + 1).join("/"))?.naming === "singleton" }));
}

/** How many names its objects need: one a level, none where there is only one. */
export const nameCountOf = (parity: EngineParity, type: NativeType): number => levelsOf(parity, type).filter(({ isSingleton }) => !isSingleton).length;

/** How many names its collection needs. */
export const parentCountOf = (parity: EngineParity, type: NativeType): number => levelsOf(parity, type).slice(0, -1).filter(({ isSingleton }) => !isSingleton).length;

/** `PARENT NAME`, for help; names that are made of parts say which. */
export function namePlaceholders(parity: EngineParity, type: NativeType, of: "item" | "collection"): string {
  const levels = levelsOf(parity, type);
  const own = type.keyParts !== undefined && type.keyParts.length > 1 ? type.keyParts.join(",").toUpperCase() : type.naming === "id" ? "id-N" : "NAME";
  const above = levels.slice(0, -1).filter(({ isSingleton }) => !isSingleton);
  const parents = above.map((_, at) => (above.length === 1 ? "PARENT" : `PARENT${at + 1}`));
  return [...parents, ...(of === "item" && levels.at(-1)?.isSingleton === false ? [own] : [])].join(" ");
}

/** Names as ARM has them: what no word of a URL may hold is `~` and two hex digits. What is written so already stays, and so do `,` and `=` between the parts of a key. */
export function escapedName(name: string): string {
  const text = escapeChars(name, /[^A-Za-z0-9._~,=-]/gu);
  return isDotSegment(text) ? escapeFirst(text) : text;
}

export function objectWords(parity: EngineParity, type: NativeType, names: readonly string[]): string[] {
  return wordsFor(parity, type, names, levelsOf(parity, type), "item");
}

export function collectionWords(parity: EngineParity, type: NativeType, parents: readonly string[]): string[] {
  const levels = levelsOf(parity, type);
  return [...wordsFor(parity, type, parents, levels.slice(0, -1), "collection"), levels.at(-1)?.word ?? ""];
}

function wordsFor(parity: EngineParity, type: NativeType, names: readonly string[], levels: readonly Level[], of: "item" | "collection"): string[] {
  const left = [...names];
  const wanted = levels.filter(({ isSingleton }) => !isSingleton).length;
  // What there is one of may be named all the same.
  const isNamedFully = names.length === levels.length && levels.some(({ isSingleton }, at) => isSingleton && names[at] === SETTING_NAME);
  if (names.length !== wanted && !isNamedFully) throw new CommandError(ExitCode.usage, wrongCount(parity, type, names, wanted, of));
  return levels.flatMap(({ word, isSingleton }) => [word, isSingleton && !isNamedFully ? SETTING_NAME : escapedName(left.shift() ?? "")]);
}

function wrongCount(parity: EngineParity, type: NativeType, names: readonly string[], wanted: number, of: "item" | "collection"): string {
  const what = of === "item" ? `an object of ${type.type}` : `the list of ${type.type}`;
  if (wanted === 0) return `${what} has no name: there is one; leave out ${names.join(" ")}`;
  const form = `write ${type.type} ${namePlaceholders(parity, type, of)}`;
  return names.length < wanted ? `${what} needs ${wanted === 1 ? "a name" : `${wanted} names`}; ${form}` : `${what} has ${wanted === 1 ? "one name" : `${wanted} names`}, and ${names.length} were given (${names.join(" ")}); ${form}`;
}
