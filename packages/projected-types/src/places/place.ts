// What the words below a cluster name: a collection, one object or an action of the catalogue. Pairs of type and name, and at
// the end of a POST the action; words are found in any casing.
import { CREATE_ACTION, DELETE_ACTION, REPLACE_ACTION } from "@cynosure/projection";
import type { Catalogue, CatalogueOperation, ProjectedType } from "@cynosure/projection";
import type { ProjectedMethod } from "../port.ts";

export interface NamedParent {
  readonly armType: string;
  readonly name: string;
}

export type Place =
  | { readonly kind: "collection"; readonly type: ProjectedType; readonly parents: readonly NamedParent[] }
  | { readonly kind: "item"; readonly type: ProjectedType; readonly parents: readonly NamedParent[]; readonly name: string }
  /** `type` is null for actions of the cluster itself; `name` for all but those of one object. */
  | { readonly kind: "action"; readonly type: ProjectedType | null; readonly parents: readonly NamedParent[]; readonly name: string | null; readonly operation: CatalogueOperation };

export interface UnknownPlace {
  readonly kind: "unknown";
  readonly what: "type" | "method" | "action";
  /** As it was asked for. */
  readonly armType: string;
  readonly word: string;
}

interface Index {
  readonly types: ReadonlyMap<string, ProjectedType>;
  readonly actions: ReadonlyMap<string, CatalogueOperation>;
  readonly operations: ReadonlyMap<string, CatalogueOperation>;
}

const indexes = new WeakMap<Catalogue, Index>();

const actionKey = (armType: string | null, on: string, action: string): string => `${(armType ?? "").toLowerCase()} ${on} ${action.toLowerCase()}`;

function indexOf(catalogue: Catalogue): Index {
  const known = indexes.get(catalogue);
  if (known !== undefined) return known;
  const actions = new Map<string, CatalogueOperation>();
  const put = (key: string, operation: CatalogueOperation): void => {
    // Of a path written twice the one with its last slash is taken.
    if (!actions.has(key) || operation.path.endsWith("/")) actions.set(key, operation);
  };
  for (const operation of catalogue.operations) if (operation.action !== null && operation.actionOn !== null) put(actionKey(operation.armType, operation.actionOn, operation.action), operation);
  const operations = new Map(catalogue.operations.map((operation) => [`${operation.method} ${operation.path}`, operation]));
  for (const { armType, paths } of catalogue.types) {
    const [create, remove, replace] = [paths.create, paths.delete, paths.update === undefined ? undefined : paths.replace].map((path) => (path === undefined ? undefined : operations.get(`${path.method} ${path.path}`)));
    if (create !== undefined) put(actionKey(armType, "collection", CREATE_ACTION), create);
    if (remove !== undefined) put(actionKey(armType, "item", DELETE_ACTION), remove);
    if (replace !== undefined) put(actionKey(armType, "item", REPLACE_ACTION), replace);
  }
  const index: Index = { types: new Map(catalogue.types.map((type) => [type.armType.toLowerCase(), type])), actions, operations };
  indexes.set(catalogue, index);
  return index;
}

export const findType = (catalogue: Catalogue, armType: string): ProjectedType | undefined => indexOf(catalogue).types.get(armType.toLowerCase());

/** The operation behind one verb of a type. */
export function operationOf(catalogue: Catalogue, type: ProjectedType, verb: keyof ProjectedType["paths"]): CatalogueOperation | undefined {
  const path = type.paths[verb];
  return path === undefined ? undefined : indexOf(catalogue).operations.get(`${path.method} ${path.path}`);
}

/** Types at even places, names between them. */
export const typeOfWords = (words: readonly string[]): string => words.filter((_, at) => at % 2 === 0).join("/");

export function placeOf(catalogue: Catalogue, method: ProjectedMethod, words: readonly string[]): Place | UnknownPlace {
  const isAction = method === "POST";
  const pairs = isAction ? words.slice(0, -1) : words;
  const last = words.at(-1) ?? "";
  const armType = typeOfWords(pairs);
  const isItem = pairs.length > 0 && pairs.length % 2 === 0;
  const unknown = (what: UnknownPlace["what"], word: string): UnknownPlace => ({ kind: "unknown", what, armType, word });
  const type = pairs.length === 0 ? null : findType(catalogue, armType);
  if (type === undefined) return unknown("type", armType);
  const parents = parentsOf(catalogue, pairs);
  const name = isItem ? (pairs.at(-1) ?? "") : null;
  if (isAction) {
    const operation = indexOf(catalogue).actions.get(actionKey(type?.armType ?? null, pairs.length === 0 ? "cluster" : isItem ? "item" : "collection", last));
    return operation === undefined ? unknown("action", last) : { kind: "action", type, parents, name, operation };
  }
  if (type === null) return unknown("type", last);
  if (name !== null) return { kind: "item", type, parents, name };
  return method === "GET" ? { kind: "collection", type, parents } : unknown("method", method);
}

/** All pairs but the last one, or but the collection at the end. */
function parentsOf(catalogue: Catalogue, pairs: readonly string[]): readonly NamedParent[] {
  const count = Math.ceil(pairs.length / 2) - 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => {
    const asked = typeOfWords(pairs.slice(0, 2 * at + 2));
    return { armType: findType(catalogue, asked)?.armType ?? asked, name: pairs[2 * at + 1] ?? "" };
  });
}
