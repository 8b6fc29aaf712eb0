// The shape of all paths of a document: which are collections, which are items, and how a path's words become names.
// A key is a path without its slashes at the ends and with `{}` for every parameter: `views/{}/legal_hold`.
import type { ApiDocument } from "../document/api-document.ts";

export interface PathWords {
  readonly words: readonly string[];
  readonly parameters: readonly string[];
  readonly key: string;
}

/** `basePath`: what stands before every path of this engine and is no part of a name, `/api`. */
export function readPath(path: string, basePath: string): PathWords {
  const below = basePath !== "" && (path === basePath || path.startsWith(`${basePath}/`)) ? path.slice(basePath.length) : path;
  const all = below.split("/").filter((word) => word !== "");
  const parameters = all.filter(isParameter).map((word) => word.slice(1, -1));
  const words = all.map((word) => (isParameter(word) ? "{}" : word));
  return { words, parameters, key: words.join("/") };
}

export const isParameter = (word: string): boolean => /^\{[^{}]*\}$/.test(word);

export interface PathShape {
  /** Methods by key. */
  readonly methods: ReadonlyMap<string, ReadonlySet<string>>;
  /** Keys that something with a parameter follows directly. */
  readonly collections: ReadonlySet<string>;
}

export function shapeOf(document: ApiDocument, basePath: string): PathShape {
  const methods = new Map<string, Set<string>>();
  const collections = new Set<string>();
  for (const { method, path } of document.operations) {
    const { words, key } = readPath(path, basePath);
    const at = methods.get(key) ?? new Set<string>();
    at.add(method);
    methods.set(key, at);
    words.forEach((word, index) => {
      if (word === "{}" && index > 0) collections.add(words.slice(0, index).join("/"));
    });
  }
  return { methods, collections };
}

const parts = (text: string): readonly string[] => text.split(/[^A-Za-z0-9]+/).filter((part) => part !== "");
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const pascal = (words: readonly string[]): string => words.flatMap(parts).map(capital).join("");

export function camel(words: readonly string[]): string {
  const text = pascal(words);
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
