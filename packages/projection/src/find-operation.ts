// Which operation of a catalogue a native request is: by method and path, with its last slash or without. Words that
// stand in the document win over parameters.
import type { Catalogue, CatalogueOperation } from "./catalogue.ts";
import { isParameter } from "./rules/paths.ts";

export interface FoundOperation {
  readonly operation: CatalogueOperation;
  /** Values as they were given, by the document's names. */
  readonly params: Readonly<Record<string, string>>;
}

interface Node {
  readonly words: Map<string, Node>;
  parameter: Node | null;
  readonly operations: Map<string, CatalogueOperation>;
}

const newNode = (): Node => ({ words: new Map(), parameter: null, operations: new Map() });

const indexes = new WeakMap<Catalogue, Node>();

function indexOf(catalogue: Catalogue): Node {
  const known = indexes.get(catalogue);
  if (known !== undefined) return known;
  const root = newNode();
  for (const operation of catalogue.operations) {
    let node = root;
    for (const word of wordsOf(operation.path)) {
      const next = isParameter(word) ? (node.parameter ?? newNode()) : (node.words.get(word) ?? newNode());
      if (isParameter(word)) node.parameter = next;
      else node.words.set(word, next);
      node = next;
    }
    const before = node.operations.get(operation.method);
    if (before === undefined || operation.path.endsWith("/")) node.operations.set(operation.method, operation);
  }
  indexes.set(catalogue, root);
  return root;
}

const wordsOf = (path: string): readonly string[] => path.split("/").filter((word) => word !== "");

/** `words`: the path below the API's base, decoded once, without empty words. */
export function findOperation(catalogue: Catalogue, method: string, words: readonly string[]): FoundOperation | null {
  const found = walk(indexOf(catalogue), method, words, []);
  if (found === null) return null;
  return { operation: found.operation, params: Object.fromEntries(found.operation.pathParameters.map((name, at) => [name, found.values[at] ?? ""])) };
}

function walk(node: Node, method: string, words: readonly string[], values: readonly string[]): { readonly operation: CatalogueOperation; readonly values: readonly string[] } | null {
  const [word, ...rest] = words;
  if (word === undefined) {
    const operation = node.operations.get(method);
    return operation === undefined ? null : { operation, values };
  }
  const fixed = node.words.get(word);
  const byWord = fixed === undefined ? null : walk(fixed, method, rest, values);
  if (byWord !== null || node.parameter === null) return byWord;
  return walk(node.parameter, method, rest, [...values, word]);
}
